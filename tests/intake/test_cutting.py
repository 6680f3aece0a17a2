"""The book as of a day: what is gone, what is not yet, and that nothing is shifted. On both databases."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.demo import BOOK
from core.intake.actions import preview
from core.intake.columns import (
    ALLOCATIONS,
    CONTRACTS,
    DOCUMENTS,
    DUE_ITEMS,
    INDEX_RATES,
    INVOICES,
    PAPERS,
    PAYMENTS,
    PLAN_ROWS,
)
from tests.intake.books import SYSTEM, Tables, opened, small, staged, write

Rows = dict[str, list[dict[str, Any]]]


def as_of(folder: Path, day: date, tables: Tables | None = None) -> Rows:
    return staged(opened(write(folder, tables or small())), day)


def sizes(rows: Rows) -> dict[str, int]:
    return {file.removesuffix(".csv"): len(found) for file, found in rows.items()}


def test_before_the_first_contract_there_are_only_customers_and_old_rates(database: str, tmp_path: Path) -> None:
    kept = sizes(as_of(tmp_path, date(2024, 1, 9)))
    assert {name: rows for name, rows in kept.items() if rows} == {"customers": 2}


def test_a_day_in_the_middle(database: str, tmp_path: Path) -> None:
    assert sizes(as_of(tmp_path, date(2024, 2, 10))) == {
        "customers": 2,
        "contracts": 1,
        "assets": 1,
        "plan_rows": 4,
        "invoices": 2,
        "due_items": 4,
        "payments": 3,
        "allocations": 3,
        "documents": 1,
        "papers": 1,
        "index_rates": 1,
    }


@pytest.mark.parametrize(
    ("day", "name", "rows"),
    [
        (date(2024, 2, 20), "contracts", 2),
        (date(2024, 2, 19), "contracts", 1),
        (date(2024, 2, 14), "invoices", 3),
        (date(2024, 2, 13), "invoices", 2),
        (date(2024, 2, 8), "payments", 3),
        (date(2024, 2, 7), "payments", 2),
        (date(2024, 2, 12), "papers", 2),
        (date(2024, 2, 11), "papers", 1),
        (date(2024, 2, 29), "index_rates", 2),
        (date(2024, 2, 28), "index_rates", 1),
    ],
)
def test_what_happens_on_the_day_itself_is_there(
    database: str, tmp_path: Path, day: date, name: str, rows: int
) -> None:
    assert sizes(as_of(tmp_path, day))[name] == rows


def test_a_paper_goes_with_its_contract(database: str, tmp_path: Path) -> None:
    tables = small()
    tables["papers"][0] |= {"issued_on": "2024-01-05"}
    assert as_of(tmp_path, date(2024, 1, 9), tables)[PAPERS] == []
    assert len(as_of(tmp_path, date(2024, 1, 10), tables)[PAPERS]) == 1


def test_an_item_whose_invoice_is_gone_is_not_invoiced_yet(database: str, tmp_path: Path) -> None:
    items = as_of(tmp_path, date(2024, 2, 13))[DUE_ITEMS]
    assert [row["invoice"] for row in items if (row["kind"], row["number"]) == ("CANONE", 2)] == [None]
    assert "INDICIZZAZIONE" not in {row["kind"] for row in items}


@pytest.mark.parametrize(("day", "there"), [(date(2024, 3, 30), False), (date(2024, 3, 31), True)])
def test_an_index_row_and_its_last_rate_come_with_the_end_of_the_quarter(
    database: str, tmp_path: Path, day: date, there: bool
) -> None:
    cut = as_of(tmp_path, day)
    assert ("INDICIZZAZIONE" in {row["kind"] for row in cut[PLAN_ROWS]}) is there
    assert (date(2024, 3, 1) in {row["month"] for row in cut[INDEX_RATES]}) is there


def test_money_for_an_item_not_yet_invoiced_stays_unapplied(database: str, tmp_path: Path) -> None:
    tables = small()
    tables["payments"][0]["paid_on"] = "2024-01-10"
    tables["invoices"][0]["issued_on"] = "2024-01-12"
    cut = as_of(tmp_path, date(2024, 1, 11), tables)
    assert [row["reference"] for row in cut[PAYMENTS]] == ["S1"]
    assert (cut[ALLOCATIONS], cut[INVOICES], cut[DOCUMENTS]) == ([], [], [])


@pytest.mark.parametrize(("day", "ended_on"), [(date(2024, 12, 30), None), (date(2024, 12, 31), date(2024, 12, 31))])
def test_a_termination_is_known_from_its_day(database: str, tmp_path: Path, day: date, ended_on: date | None) -> None:
    ends = {row["number"]: row["terminated_on"] for row in as_of(tmp_path, day)[CONTRACTS]}
    assert ends["200"] == ended_on


def test_at_the_end_of_the_story_everything_is_there(database: str, tmp_path: Path) -> None:
    assert sizes(as_of(tmp_path, date(2050, 1, 1))) == {name: len(rows) for name, rows in small().items()}


@pytest.mark.parametrize("day", [date(2016, 7, 31), date(2021, 10, 1), date(2024, 4, 5), date(2026, 11, 20)])
def test_the_demo_book_is_sound_as_of_any_day(database: str, day: date) -> None:
    assert preview(SYSTEM, opened(BOOK), as_of=day).faults == []
