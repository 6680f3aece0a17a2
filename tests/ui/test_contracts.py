"""The selector of a contract: all of them, or a search when they are many."""

from datetime import date

import pytest

from core.book.frames import Lease
from core.tabular import frame
from core.ui import contracts
from core.ui.guard import View
from tests.ui.conftest import plain_view


@pytest.fixture
def view() -> View:
    return plain_view()


def many(count: int) -> dict[str, str]:
    return {str(number): f"{number} – Beni mobili – Attivo" for number in range(1000, 1000 + count)}


def test_a_search_gives_a_short_list() -> None:
    assert len(contracts._hits(many(150), "")) == contracts.MOST_HITS
    assert contracts._hits(many(150), " 1149 ") == ["1149"]
    assert contracts._hits(many(150), "nothing") == []


@pytest.mark.parametrize(("assets", "text"), [([1], "1 contract (1 asset)"), ([3, 4], "2 contracts (7 assets)")])
def test_contracts_and_assets_are_counted_in_the_right_number(view: View, assets: list[int], text: str) -> None:
    day = date(2024, 1, 10)
    leases = [("1", "Beni mobili", "active", count, 100, day, day) for count in assets]
    assert contracts.counted(view, frame(leases, Lease)) == text
