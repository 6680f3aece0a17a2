"""Rents, advances and redemptions are named by their number: their dates may move until they are invoiced."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from core.analysis.frames import findings
from core.billing.tables import DueItem
from core.book.tables import PlanRow
from tests.intake.books import SYSTEM, Tables, imported, judged, small
from tests.intake.held import refused, rows, sizes

ITEM = select(DueItem.id, DueItem.plan_row_id)
TODAY = date(2024, 4, 5)


def moved(**cells: str) -> Tables:
    """The small book with the redemption, not invoiced, on another day in plan and ledger."""
    tables = small()
    tables["plan_rows"][4] |= {"due_on": "2024-07-31", "accrues_to": "2024-07-31"}
    tables["due_items"][3] |= {"due_on": "2024-07-31", "plan_due_on": ""} | cells
    return tables


@pytest.mark.parametrize("plan_due_on", ["", "2024-07-31"])
def test_an_item_whose_date_moves_stays_one_item_with_its_plan_row(
    database: str, tmp_path: Path, plan_due_on: str
) -> None:
    imported(tmp_path, small())
    before, held = rows(ITEM.where(DueItem.kind == "RISCATTO")), sizes()
    counts = imported(tmp_path, moved(plan_due_on=plan_due_on))
    for file in ("plan_rows.csv", "due_items.csv"):
        assert counts[file] == {"new": 0, "changed": 1, "same": 4}
    assert sizes() == held | {"import_batch": 2, "audit": held["audit"] + 1}
    assert rows(ITEM.where(DueItem.kind == "RISCATTO")) == before
    days = select(DueItem.due_on, DueItem.plan_due_on, PlanRow.due_on)
    days = days.join(PlanRow, PlanRow.id == DueItem.plan_row_id).where(DueItem.kind == "RISCATTO")
    assert rows(days) == [(date(2024, 7, 31),) * 3]
    assert findings(SYSTEM, TODAY) == []
    assert imported(tmp_path, moved(plan_due_on=plan_due_on))["due_items.csv"]["changed"] == 0


def test_a_plan_row_does_not_move_without_its_item(database: str, tmp_path: Path) -> None:
    imported(tmp_path / "first", small())
    plan = [moved()["plan_rows"][4]]
    reason = "was imported as 2024-06-30: its due item has to move with it, in due_items.csv"
    assert refused(tmp_path / "second", {"plan_rows": plan}) == [("plan_rows.csv", 2, "due_on", reason)]
    counts = imported(tmp_path / "third", {"plan_rows": plan, "due_items": [moved()["due_items"][3]]})
    assert counts["plan_rows.csv"]["changed"] == 1


@pytest.mark.parametrize(
    ("table", "file", "column"),
    [("plan_rows", "plan_rows.csv", "due_on"), ("due_items", "due_items.csv", "plan_due_on")],
)
def test_plan_and_ledger_do_not_part(database: str, tmp_path: Path, table: str, file: str, column: str) -> None:
    imported(tmp_path, small())
    tables = small()
    tables[table] = moved(plan_due_on="2024-07-31")[table]
    assert [fault[:1] + fault[2:3] for fault in refused(tmp_path, tables)] == [(file, column)]


def test_every_date_of_a_plan_may_move_at_once(database: str, tmp_path: Path) -> None:
    tables = small()
    del tables["payments"], tables["allocations"], tables["documents"], tables["invoices"]
    tables["due_items"] = [row | {"invoice": ""} for row in tables["due_items"][:4]]
    imported(tmp_path / "first", tables)
    days = ("2024-01-31", "2024-02-29", "2024-03-31", "2024-07-31")
    plan = [row for row in tables["plan_rows"] if row["kind"] != "INDICIZZAZIONE"]
    for row, item, day in zip(plan, tables["due_items"], days, strict=True):
        row |= {"due_on": day, "accrues_from": day, "accrues_to": day}
        item |= {"due_on": day}
    counts = imported(tmp_path / "second", tables)
    assert [counts[file]["new"] for file in ("plan_rows.csv", "due_items.csv")] == [0, 0]
    dated = select(DueItem.due_on).order_by(DueItem.due_on)
    assert rows(dated) == [(date.fromisoformat(day),) for day in days]


def test_an_item_finds_its_plan_row_by_number_whatever_its_day(database: str, tmp_path: Path) -> None:
    tables = small()
    tables["due_items"][3]["due_on"] = "2024-07-01"
    imported(tmp_path, tables)
    assert rows(select(DueItem.id).where(DueItem.plan_row_id.is_(None))) == []


def test_dates_of_an_invoiced_item_and_of_its_plan_row_are_final(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    tables = small()
    tables["plan_rows"][2]["due_on"] = "2024-03-15"
    tables["due_items"][2]["due_on"] = "2024-03-15"
    tables["allocations"] = []
    reason = "was imported as 2024-02-29: an invoiced due item is never changed"
    assert refused(tmp_path, tables) == [
        ("due_items.csv", 4, "due_on", reason),
        ("due_items.csv", 4, "plan_due_on", reason),
        ("plan_rows.csv", 4, "due_on", "was imported as 2024-02-29: its due item is on invoice 3/2024"),
    ]


@pytest.mark.parametrize(
    ("table", "row", "column"), [("plan_rows", 4, "due_on"), ("due_items", 3, "due_on"), ("due_items", 2, "due_on")]
)
def test_a_number_stands_for_one_row_only(database: str, tmp_path: Path, table: str, row: int, column: str) -> None:
    tables = small()
    tables[table].append(tables[table][row] | {column: "2024-08-31", "invoice": ""})
    if table == "plan_rows":
        del tables[table][-1]["invoice"]
    faults = judged(tmp_path, tables)
    assert (f"{table}.csv", 7, "number", f"is already in row {row + 2}") in faults


def test_an_index_row_is_named_by_its_day_too(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    tables = small()
    tables["plan_rows"][3] |= {"due_on": "2024-06-30"}
    assert imported(tmp_path, {"plan_rows": tables["plan_rows"]})["plan_rows.csv"]["new"] == 1


def test_an_allocation_gives_the_day_of_its_item(database: str, tmp_path: Path) -> None:
    tables = small()
    tables["allocations"][0]["plan_due_on"] = "2024-01-16"
    assert judged(tmp_path, tables) == [
        ("allocations.csv", 2, "plan_due_on", "is not the plan_due_on of the due item, 2024-01-15")
    ]


def test_assets_may_be_called_like_a_kind_of_rent(database: str, tmp_path: Path) -> None:
    tables = small()
    tables["assets"] = [tables["assets"][0] | {"kind": "CANONE", "code": code} for code in ("T1", "T2")]
    assert judged(tmp_path, tables) == []
