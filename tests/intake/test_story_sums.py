"""The demo book adds up: names, identifiers, plans, invoices and money, on every date."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests.intake.demobook import DEMO, Told
from tests.intake.sums import RULES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_demo_book_keeps_to_it(rule: Callable[[Told], None]) -> None:
    rule(DEMO)


def test_one_payment_is_more_than_what_it_pays() -> None:
    assert DEMO.unapplied() == [("10096", 50_00)]


def test_debits_come_back_for_both_reasons() -> None:
    assert {row["reason"] for row in DEMO.sheet("payments")} == {"", "AM04", "MS03"}


def test_one_early_termination_is_settled_outside_the_plan() -> None:
    settled = [row for row in DEMO.sheet("due_items") if row["causale"] == "Estinzione anticipata"]
    assert [row["contract"] for row in settled] == ["87990"]
    assert sum(not row["invoice"] for row in DEMO.sheet("due_items")) == 32


def test_some_invoices_carry_the_items_of_three_contracts() -> None:
    carried = Counter(row["invoice"] for row in DEMO.sheet("due_items") if row["invoice"])
    assert set(carried.values()) == {1, 3}


def test_the_book_has_one_series_of_invoices_in_order_of_issue() -> None:
    assert list(DEMO.issued.values()) == sorted(DEMO.issued.values())
    assert all(number.count("/") == 1 for number in DEMO.issued)


def test_index_rates_are_the_reference_means_rounded_once() -> None:
    rates = {row["month"]: row["percent"] for row in DEMO.sheet("index_rates")}
    assert (len(rates), rates["2022-05"], rates["2022-12"], rates["2026-09"]) == (129, "-0,386", "2,063", "2,635")
    assert len(rates) == len(DEMO.sheet("index_rates"))
