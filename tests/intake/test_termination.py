"""A lease ended early: what is not invoiced of its plan after that day is no longer owed. On both databases."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from core.access import Access, Grant, Role
from core.analysis.frames import findings
from core.billing.frames import Filters, Item, overview, schedule
from core.identity.tables import Customer
from core.intake.blocks import Source
from core.intake.columns import DUE_ITEMS
from core.tabular import each
from tests.intake.books import SYSTEM, Tables, imported, judged, opened, small, staged, write
from tests.intake.held import rows

SETTLED, REDEMPTION = ("RISCATTO", 2), ("RISCATTO", 3)
TODAY = date(2024, 6, 1)


def ended(on: str = "2024-05-31") -> Tables:
    """The small book, its contract 100 ended before the redemption, and settled by an item without a plan row."""
    tables = small()
    tables["contracts"][0]["terminated_on"] = on
    settlement = tables["due_items"][3] | {"number": "2", "due_on": on, "causale": "Estinzione anticipata"}
    tables["due_items"].append(settlement)
    return tables


def owed(on: date) -> set[tuple[str, int]]:
    """Kind and number of what the customer's schedule shows on a day."""
    customer_id = rows(select(Customer.id).where(Customer.code == "A1"))[0][0]
    anna = Access(Role.CUSTOMER, customer_id, None, frozenset(Grant), actor="A1")
    page = schedule(anna, on, Filters(contract="100"), size=100)
    assert overview(anna, on, Filters(contract="100")).items == page.total_rows
    return {(row.kind, row.number) for row in each(page.rows, Item)}


def test_what_the_plan_has_after_an_early_end_is_owed_until_that_day(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    imported(tmp_path, {"contracts": ended()["contracts"]})
    assert REDEMPTION in owed(date(2024, 5, 30))
    assert REDEMPTION not in owed(date(2024, 5, 31))
    assert findings(SYSTEM, TODAY) == []


def test_an_early_end_moved_or_taken_back_brings_the_items_back(database: str, tmp_path: Path) -> None:
    imported(tmp_path, ended())
    assert REDEMPTION not in owed(TODAY)
    imported(tmp_path, {"contracts": ended("2024-06-30")["contracts"]})
    assert REDEMPTION in owed(date(2024, 7, 1))
    imported(tmp_path, ended())
    imported(tmp_path, {"contracts": small()["contracts"]})
    assert REDEMPTION in owed(TODAY)


def test_a_settlement_outside_the_plan_stays_owed(database: str, tmp_path: Path) -> None:
    imported(tmp_path, ended())
    assert SETTLED in owed(TODAY)


def test_an_invoiced_item_after_the_end_stays_owed(database: str, tmp_path: Path) -> None:
    tables = small()
    tables["contracts"][0]["terminated_on"] = "2024-02-10"
    imported(tmp_path, tables)
    assert ("CANONE", 2) in owed(TODAY)


def test_an_end_before_the_start_is_refused(database: str, tmp_path: Path) -> None:
    assert [fault[:3] for fault in judged(tmp_path, ended("2014-05-31"))] == [("contracts.csv", 2, "terminated_on")]


@pytest.mark.parametrize(("day", "there"), [(date(2024, 5, 30), False), (date(2024, 5, 31), True)])
def test_a_settlement_is_known_from_the_end_or_from_its_invoice(
    database: str, tmp_path: Path, day: date, there: bool
) -> None:
    assert (SETTLED in redemptions(opened(write(tmp_path, ended())), day)) is there
    tables = ended()
    tables["invoices"].append({"number": "5/2024", "customer": "A1", "contract": "100", "issued_on": "2024-05-20"})
    tables["due_items"][-1]["invoice"] = "5/2024"
    assert SETTLED in redemptions(opened(write(tmp_path / "invoiced", tables)), day)


def redemptions(book: Source, day: date) -> set[tuple[str, int]]:
    return {(row["kind"], row["number"]) for row in staged(book, day)[DUE_ITEMS]}
