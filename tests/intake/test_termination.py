"""A lease ended early: what is not invoiced of its plan after that day is no longer owed. On both databases."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from core.analysis.frames import findings
from core.billing.tables import DueItem
from core.intake.actions import preview
from core.intake.columns import DUE_ITEMS
from core.intake.rules.book import Book
from core.intake.rules.cutting import as_of
from tests.intake.books import SYSTEM, Tables, imported, judged, parsed, small, write
from tests.intake.held import rows, sizes

NAMES = select(DueItem.kind, DueItem.number).order_by(DueItem.due_on)
SETTLED = ("RISCATTO", 2)
TODAY = date(2024, 6, 1)


def ended(on: str = "2024-05-31") -> Tables:
    """The small book, its contract 100 ended before the redemption, and settled by an item without a plan row."""
    tables = small()
    tables["contracts"][0]["terminated_on"] = on
    settlement = tables["due_items"][3] | {"number": "2", "due_on": on, "causale": "Estinzione anticipata"}
    tables["due_items"].append(settlement)
    return tables


def lapsed_and_rest() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    names = rows(NAMES)
    return [name for name in names if name == ("RISCATTO", 3)], [name for name in names if name != ("RISCATTO", 3)]


def test_an_early_end_takes_later_items_of_the_plan_away_unless_invoiced(database: str, tmp_path: Path) -> None:
    imported(tmp_path / "before", small())
    assert len(lapsed_and_rest()[0]) == 1
    tables: Tables = {"contracts": ended()["contracts"]}
    assert preview(SYSTEM, parsed(write(tmp_path / "end", tables))).counts["contracts.csv"]["changed"] == 1
    assert len(lapsed_and_rest()[0]) == 1
    counts = imported(tmp_path / "end", tables)
    assert counts["due_items.csv"] == {"lapsed": 1}
    assert lapsed_and_rest() == ([], [("ANTICIPO", 0), ("CANONE", 1), ("CANONE", 2), ("INDICIZZAZIONE", 0)])
    assert findings(SYSTEM, TODAY) == []


def test_a_file_that_still_lists_them_is_taken_without_them(database: str, tmp_path: Path) -> None:
    counts = imported(tmp_path, ended())
    assert counts["due_items.csv"] == {"new": 5, "changed": 0, "same": 0, "lapsed": 1}
    assert lapsed_and_rest()[0] == []
    before = sizes()
    again = imported(tmp_path, ended())
    assert again["due_items.csv"] == {"new": 0, "changed": 0, "same": 5, "lapsed": 1}
    assert sizes() == before | {"import_batch": 2, "audit": before["audit"] + 1}


def test_a_settlement_outside_the_plan_stays_and_so_does_what_is_due_on_the_day(database: str, tmp_path: Path) -> None:
    imported(tmp_path / "settled", ended())
    assert SETTLED in rows(NAMES)
    imported(tmp_path / "later", ended("2024-06-30"))
    assert ("RISCATTO", 3) in rows(NAMES)


def test_an_early_end_taken_back_brings_the_items_back(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    imported(tmp_path, ended())
    imported(tmp_path, small())
    assert len(lapsed_and_rest()[0]) == 1


def test_an_invoiced_item_after_the_end_stays(database: str, tmp_path: Path) -> None:
    tables = small()
    tables["contracts"][0]["terminated_on"] = "2024-02-10"
    imported(tmp_path, tables)
    assert ("CANONE", 2) in rows(NAMES)


def test_a_lapsed_item_with_a_fault_is_still_refused(tmp_path: Path) -> None:
    tables = ended()
    tables["due_items"][3]["gross"] = "1,00"
    assert judged(tmp_path, tables) == [("due_items.csv", 5, "gross", "must be net + fees + vat, 12.20")]


@pytest.mark.parametrize(("day", "there"), [(date(2024, 5, 30), False), (date(2024, 5, 31), True)])
def test_a_settlement_is_known_from_the_end_or_from_its_invoice(tmp_path: Path, day: date, there: bool) -> None:
    book = parsed(write(tmp_path, ended()))
    assert (SETTLED in redemptions(as_of(book, day))) is there
    tables = ended()
    tables["invoices"].append({"number": "5/2024", "customer": "A1", "contract": "100", "issued_on": "2024-05-20"})
    tables["due_items"][-1]["invoice"] = "5/2024"
    book = parsed(write(tmp_path / "invoiced", tables))
    assert SETTLED in redemptions(as_of(book, day))


def redemptions(book: Book) -> set[tuple[str, int]]:
    return {(row.values["kind"], row.values["number"]) for row in book.of(DUE_ITEMS)}
