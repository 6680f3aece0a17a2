"""Pages of the schedule: search, orders, filters, and figures that agree with the rows. On both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from core import db
from core.billing.frames import (
    VIEWS,
    Filters,
    Item,
    ledger,
    ledger_rows,
    overview,
    schedule,
    situation,
)
from core.tabular import each
from tests.billing.conftest import GROSS, TODAY
from tests.people import Person


@pytest.fixture
def many(anna: Person) -> Person:
    contract_id = anna.contract("84963")
    for number in range(1, 61):
        due_on = date(2022, 1, 1) + timedelta(days=30 * number)
        invoice = anna.invoice(contract_id, f"{number}/2022", due_on - timedelta(days=15)) if due_on < TODAY else None
        item = anna.item(contract_id, number, due_on, 10_000 + number, invoice_id=invoice)
        if invoice and number % 3:
            anna.payment(due_on, 5_000, f"P{number}", [(item, 5_000)])
    return anna


def test_pages_hold_25_rows_newest_first_and_the_last_page_what_is_left(many: Person) -> None:
    first, last = (schedule(many.access, TODAY, Filters(), page) for page in (1, 3))
    assert (len(first.rows), len(last.rows), first.total_rows) == (25, 10, 60)
    days = [row.due_on for row in each(first.rows, Item)]
    assert days == sorted(days, reverse=True)
    assert [row.number for row in each(last.rows, Item)] == list(range(10, 0, -1))


def test_a_page_past_the_end_is_the_last_one(many: Person) -> None:
    page = schedule(many.access, TODAY, Filters(), 99)
    assert (page.number, len(page.rows), page.total_rows) == (3, 10, 60)


@pytest.mark.parametrize(
    ("query", "numbers"), [("59/2022", []), ("7/2022", [27, 17, 7]), ("%", []), ("_/", []), ("7/2022'--", [])]
)
def test_search_finds_parts_of_invoice_numbers_literally(many: Person, query: str, numbers: list[int]) -> None:
    rows = each(schedule(many.access, TODAY, Filters(query=query)).rows, Item)
    assert [row.number for row in rows] == numbers


@pytest.mark.parametrize("sort", ["-due_on", "due_on", "-gross", "gross", "-balance", "contract"])
def test_every_order_is_total_so_that_pages_never_repeat_a_row(many: Person, sort: str) -> None:
    pages = [each(schedule(many.access, TODAY, Filters(sort=sort), page).rows, Item) for page in (1, 2, 3)]
    ids = [row.item_id for page in pages for row in page]
    assert len(set(ids)) == 60


def test_screen_file_and_sql_agree_on_the_overdue_total(many: Person) -> None:
    for state in (None, "overdue", "paid", "upcoming"):
        filters = Filters(state=state)
        page = schedule(many.access, TODAY, filters)
        with ledger(many.access, TODAY, filters) as (totals, found):
            rows = list(found)
        assert page.overdue_cents == sum(row["overdue_cents"] for row in rows)
        assert page.total_rows == len(rows) == ledger_rows(many.access, TODAY, filters)
        for amount in ("gross_cents", "paid_cents", "balance_cents", "overdue_cents"):
            assert sum(row[amount] for row in rows) == getattr(totals, amount)
    plain = text(
        "select sum(gross_cents - paid_cents) from due_item where invoice_id is not null and due_on < :today"
    ).bindparams(today=TODAY)
    with db.reading(many.access) as connection:
        assert schedule(many.access, TODAY, Filters()).overdue_cents == connection.execute(plain).scalar()


def test_the_file_is_oldest_first_unless_another_order_was_chosen(many: Person) -> None:
    for sort, first in (("-due_on", 1), ("-gross", 60)):
        with ledger(many.access, TODAY, Filters(sort=sort)) as (_, rows):
            assert next(rows)["number"] == first


def test_overview_counts_and_sums_the_chosen_contract(many: Person) -> None:
    other = many.contract("84964", signed_on=date(2024, 3, 1))
    many.item(other, 1, date(2024, 4, 10), 10_000)
    one, whole = overview(many.access, TODAY, Filters(contract="84964")), overview(many.access, TODAY, Filters())
    assert (one.items, one.balance_cents, one.next_due_on) == (1, GROSS, date(2024, 4, 10))
    assert (one.next_payment_cents, one.overdue_since) == (GROSS, None)
    assert whole.items == 61


def test_rows_are_counted_by_state_whatever_state_is_asked_for(many: Person) -> None:
    whole, late = schedule(many.access, TODAY, Filters()), schedule(many.access, TODAY, Filters(state="overdue"))
    assert whole.counts == late.counts == {"all": 60, "overdue": 27, "upcoming": 33, "paid": 0}
    assert (late.total_rows, late.overdue_cents) == (27, whole.overdue_cents)
    assert schedule(many.access, TODAY, Filters(query="7/2022")).counts["all"] == 3


@pytest.fixture
def mixed(anna: Person) -> Person:
    """Active, ended and terminated contracts, each with an advance, arrears, a credit note and items to come."""
    contracts = (
        anna.contract("1"),
        anna.contract("2", ends_on=date(2024, 4, 4)),
        anna.contract("3", terminated_on=date(2024, 3, 1)),
    )
    for number, contract_id in enumerate(contracts, start=1):
        invoice = anna.invoice(contract_id, f"{number}/2024", date(2024, 1, 1))
        advance = anna.item(contract_id, 0, date(2024, 1, 15), 50_000, kind="ANTICIPO", invoice_id=invoice)
        anna.payment(date(2024, 1, 15), 61_000, f"A{number}", [(advance, 61_000)], method="BONIFICO")
        anna.item(contract_id, 1, date(2024, 2, 15), 10_000 * number, invoice_id=invoice)
        anna.item(contract_id, 0, date(2024, 2, 20), -1_000, kind="NOTA_CREDITO", invoice_id=invoice)
        anna.item(contract_id, 2, date(2024, 4, 20 + (number == 1)), 7_000)
        anna.item(contract_id, 3, date(2024, 5, 20), 7_000)
    return anna


def test_each_figure_of_the_home_page_is_the_sum_of_its_view(mixed: Person) -> None:
    figures = situation(mixed.access, TODAY)
    views = {view: schedule(mixed.access, TODAY, Filters(view=view)) for view in VIEWS}
    assert views["arrears"].overdue_cents == figures.overdue_cents == 12_200 - 1_220
    assert views["closed_arrears"].overdue_cents == figures.closed_overdue_cents == 24_400 + 36_600 - 2 * 1_220
    assert sum(row.balance_cents for row in each(views["next"].rows, Item)) == figures.next_payment_cents == 8_540
    assert {row.due_on for row in each(views["next"].rows, Item)} == {figures.next_due_on} == {date(2024, 4, 21)}
    assert [row.gross_cents for row in each(views["advances"].rows, Item)] == [61_000]
    assert figures.advances_cents == 50_000
    assert all(page.counts["all"] == page.total_rows == len(page.rows) for page in views.values())


def test_both_pages_name_the_same_next_payment(mixed: Person) -> None:
    home, page = situation(mixed.access, TODAY), overview(mixed.access, TODAY, Filters())
    assert (home.next_due_on, home.next_payment_cents) == (page.next_due_on, page.next_payment_cents)


@pytest.mark.parametrize(
    ("address", "filters"),
    [
        ({}, Filters()),
        ({"contract": "LS 100_A", "state": "paid", "q": "7/2024", "view": "next", "sort": "gross"}, None),
        ({"contract": "x" * 13, "state": "unpaid", "q": "x" * 41, "view": "all", "sort": "id; drop"}, Filters()),
        ({"contract": "8\x00", "q": "\x00", "state": "", "sort": ""}, Filters()),
    ],
)
def test_what_cannot_be_a_filter_counts_as_absent(address: dict[str, str], filters: Filters | None) -> None:
    assert Filters.of(address) == (filters or Filters("LS 100_A", "paid", "7/2024", "next", "gross"))
