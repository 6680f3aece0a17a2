"""The book as of a day: what is gone, what is not yet, and that nothing is shifted."""

from datetime import date
from pathlib import Path

import pytest

from core.demo import BOOK
from core.intake.columns import ALLOCATIONS, CONTRACTS, DOCUMENTS, DUE_ITEMS, INDEX_RATES, INVOICES, PAYMENTS, PLAN_ROWS
from core.intake.rules.book import Book, key_of
from core.intake.rules.cutting import as_of
from core.intake.rules.judging import judge
from core.intake.rules.standing import Stored
from tests.intake.books import parsed, small, write


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return parsed(write(tmp_path, small()))


def kept(book: Book, day: date) -> dict[str, int]:
    return {file.removesuffix(".csv"): len(rows) for file, rows in as_of(book, day).rows.items()}


def test_before_the_first_contract_there_are_only_customers_and_old_rates(book: Book) -> None:
    assert {name: rows for name, rows in kept(book, date(2024, 1, 9)).items() if rows} == {"customers": 2}


def test_a_day_in_the_middle(book: Book) -> None:
    assert kept(book, date(2024, 2, 10)) == {
        "customers": 2,
        "contracts": 1,
        "assets": 1,
        "plan_rows": 4,
        "invoices": 2,
        "due_items": 4,
        "payments": 3,
        "allocations": 3,
        "documents": 1,
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
        (date(2024, 2, 29), "index_rates", 2),
        (date(2024, 2, 28), "index_rates", 1),
    ],
)
def test_what_happens_on_the_day_itself_is_there(book: Book, day: date, name: str, rows: int) -> None:
    assert kept(book, day)[name] == rows


def test_an_item_whose_invoice_is_gone_is_not_invoiced_yet(book: Book) -> None:
    items = {key_of(DUE_ITEMS, row): row.values["invoice"] for row in as_of(book, date(2024, 2, 13)).of(DUE_ITEMS)}
    assert items["100", "CANONE", 2] is None
    assert ("100", "INDICIZZAZIONE", 0, date(2024, 3, 31)) not in items


@pytest.mark.parametrize(("day", "there"), [(date(2024, 3, 30), False), (date(2024, 3, 31), True)])
def test_an_index_row_and_its_last_rate_come_with_the_end_of_the_quarter(book: Book, day: date, there: bool) -> None:
    cut = as_of(book, day)
    assert ("INDICIZZAZIONE" in {row.values["kind"] for row in cut.of(PLAN_ROWS)}) is there
    assert (date(2024, 3, 1) in {row.values["month"] for row in cut.of(INDEX_RATES)}) is there


def test_money_for_an_item_not_yet_invoiced_stays_unapplied(tmp_path: Path) -> None:
    tables = small()
    tables["payments"][0]["paid_on"] = "2024-01-10"
    tables["invoices"][0]["issued_on"] = "2024-01-12"
    cut = as_of(parsed(write(tmp_path, tables)), date(2024, 1, 11))
    assert [row.values["reference"] for row in cut.of(PAYMENTS)] == ["S1"]
    assert (cut.of(ALLOCATIONS), cut.of(INVOICES), cut.of(DOCUMENTS)) == ([], [], [])


@pytest.mark.parametrize(("day", "ended_on"), [(date(2024, 12, 30), None), (date(2024, 12, 31), date(2024, 12, 31))])
def test_a_termination_is_known_from_its_day(book: Book, day: date, ended_on: date | None) -> None:
    contracts = {row.values["number"]: row.values for row in as_of(book, day).of(CONTRACTS)}
    assert contracts["200"]["terminated_on"] == ended_on


def test_the_book_itself_is_left_as_it_is(book: Book) -> None:
    before = {file: [dict(row.values) for row in rows] for file, rows in book.rows.items()}
    as_of(book, date(2024, 2, 1))
    assert {file: [row.values for row in rows] for file, rows in book.rows.items()} == before


def test_at_the_end_of_the_story_everything_is_there(book: Book) -> None:
    assert as_of(book, date(2050, 1, 1)).rows == book.rows


@pytest.mark.parametrize("year", range(2016, 2032))
def test_the_demo_book_is_sound_as_of_any_day(year: int) -> None:
    book = parsed_demo()
    for day in (date(year, 1, 1), date(year, 4, 5), date(year, 7, 31), date(year, 11, 20)):
        assert judge(as_of(book, day), Stored()).faults == []


def parsed_demo() -> Book:
    return parsed(BOOK)
