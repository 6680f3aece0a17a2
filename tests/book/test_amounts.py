"""VAT on net amounts, as the golden ledger has it."""

import pytest

from core.book import rules


@pytest.mark.parametrize(("net", "vat"), [(42_140, 9_271), (58_740, 12_923), (189_867, 41_771), (-25, -6), (0, 0)])
def test_vat_of_the_manuals_amounts(net: int, vat: int) -> None:
    assert rules.vat_cents(net, 2200) == vat


def test_most_gross_amounts_cannot_be_taken_apart() -> None:
    reached = {net + rules.vat_cents(net, 2200) for net in range(100_000)}
    assert len(set(range(1, 100_001)) - reached) == 18_033
