"""The schedule: states, balances, chips, filters, orders and pages, on both databases."""

import importlib
from dataclasses import fields
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from core import db
from core.access import Access, Grant, Role
from core.audit import AuditLine
from core.billing.frames import (
    VIEWS,
    Choice,
    Filters,
    Item,
    Upcoming,
    ledger,
    ledger_rows,
    overview,
    schedule,
    situation,
)
from core.book import frames as book
from core.book.frames import Lease
from core.db import Rows
from core.kit.errors import NotFound
from core.tabular import each
from tests.people import Person

# The package's names are its functions; these are the modules behind them.
schedules, overviews, situations = (
    importlib.import_module(f"core.billing.frames.{name}") for name in ("schedule", "overview", "situation")
)
TODAY = date(2024, 4, 5)
GROSS = 12_200


@pytest.fixture
def anna(database: str) -> Person:
    return Person("10093", "Anna")


@pytest.fixture
def carla(database: str) -> Person:
    return Person("10094", "Carla")


def only(person: Person, **filters: str) -> Item:
    (row,) = each(schedule(person.access, TODAY, Filters(**filters)).rows, Item)
    return row


def invoiced(person: Person, due_on: date, net_cents: int = 10_000, **changes: str) -> tuple[int, int]:
    contract_id = person.contract("84963")
    invoice_id = person.invoice(contract_id, "7/2024", due_on - timedelta(days=15))
    return contract_id, person.item(contract_id, 1, due_on, net_cents, invoice_id=invoice_id, **changes)


def test_paid_is_the_importo_when_all_of_it_came(anna: Person) -> None:
    """X01: the workbook of the manual is right, its screen is not."""
    _, item_id = invoiced(anna, date(2024, 3, 1))
    anna.payment(date(2024, 3, 1), GROSS, "A", [(item_id, GROSS)])
    row = only(anna)
    assert (row.gross_cents, row.paid_cents, row.balance_cents, row.overdue_cents) == (GROSS, GROSS, 0, 0)
    assert (row.state, row.chip) == ("paid", "")


def test_due_today_is_not_overdue_and_due_yesterday_is(anna: Person) -> None:
    contract_id, _ = invoiced(anna, TODAY)
    assert only(anna).state == "upcoming"
    late = anna.invoice(contract_id, "8/2024", date(2024, 3, 20))
    anna.item(contract_id, 2, TODAY - timedelta(days=1), 10_000, invoice_id=late)
    assert only(anna, state="overdue").overdue_cents == GROSS


def test_an_item_without_invoice_is_never_overdue_and_has_no_document(anna: Person) -> None:
    anna.item(anna.contract("84963"), 1, date(2024, 1, 1), 10_000)
    row = only(anna)
    assert (row.state, row.overdue_cents) == ("upcoming", 0)
    assert (row.invoice, row.document_id) == (None, None)


def test_a_part_payment_keeps_the_state_and_adds_a_chip(anna: Person) -> None:
    _, item_id = invoiced(anna, date(2024, 3, 1))
    anna.payment(date(2024, 3, 1), 5_000, "A", [(item_id, 5_000)])
    row = only(anna)
    assert (row.state, row.chip, row.overdue_cents) == ("overdue", "partial", GROSS - 5_000)


def test_a_returned_debit_falls_back_to_overdue_with_its_reason(anna: Person) -> None:
    _, item_id = invoiced(anna, date(2024, 3, 1))
    paid = anna.payment(date(2024, 3, 1), GROSS, "A", [(item_id, GROSS)])
    anna.payment(date(2024, 3, 11), -GROSS, "A-R", [(item_id, -GROSS)], reverses_id=paid, reason="AM04")
    row = only(anna)
    assert (row.state, row.chip, row.returned) == ("overdue", "returned", "AM04")
    anna.payment(date(2024, 3, 20), GROSS, "B", [(item_id, GROSS)], method="BONIFICO")
    assert (only(anna).state, only(anna).chip) == ("paid", "")


def test_a_fresh_direct_debit_is_provisional_for_some_days(anna: Person) -> None:
    _, item_id = invoiced(anna, date(2024, 4, 1))
    anna.payment(date(2024, 4, 1), GROSS, "A", [(item_id, GROSS)])
    assert only(anna).provisional
    later = each(schedule(anna.access, TODAY + timedelta(days=30), Filters()).rows, Item)
    assert not any(row.provisional for row in later)


def test_a_credit_note_counts_as_paid_and_shows_its_negative_balance(anna: Person) -> None:
    invoiced(anna, date(2024, 3, 1), -10_000, kind="NOTA_CREDITO")
    row = only(anna)
    assert (row.state, row.balance_cents, row.overdue_cents, row.chip) == ("paid", -GROSS, -GROSS, "")


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        (schedules._page_of(Filters()), Item),
        (overviews._CHOICES, Choice),
        (situations._UPCOMING, Upcoming),
        (book._CONTRACTS, Lease),
    ],
)
def test_the_columns_of_a_statement_are_the_fields_of_its_rows_in_order(statement: Rows, row: type) -> None:
    assert [column.name for column in statement.selected_columns] == [field.name for field in fields(row)]


def test_another_customers_contract_is_not_found_and_leaves_an_audit_line(anna: Person, carla: Person) -> None:
    carla.item(carla.contract("99001"), 1, TODAY, 10_000)
    for call in (schedule, overview):
        with pytest.raises(NotFound):
            call(anna.access, TODAY, Filters(contract="99001"))
    with db.reading(anna.access) as connection:
        lines = connection.execute(select(AuditLine.action, AuditLine.entity, AuditLine.entity_id)).all()
    assert lines == [("denied", "contract", "99001")] * 2


def test_without_the_grant_to_see_invoices_nothing_is_found(anna: Person) -> None:
    blind = Access(Role.SUB_USER, anna.customer_id, anna.account_id, frozenset({Grant.SEND_REQUESTS}), actor="10093.1")
    with pytest.raises(NotFound):
        schedule(blind, TODAY, Filters())


def test_nobody_sees_another_customers_rows(anna: Person, carla: Person) -> None:
    carla.item(carla.contract("99001"), 1, TODAY, 10_000)
    assert schedule(anna.access, TODAY, Filters()).total_rows == 0
    assert overview(anna.access, TODAY, Filters()).contracts == []
    assert list(ledger(anna.access, TODAY, Filters())) == []


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
        page, rows = schedule(many.access, TODAY, filters), list(ledger(many.access, TODAY, filters))
        assert page.overdue_cents == sum(row["overdue_cents"] for row in rows)
        assert page.total_rows == len(rows) == ledger_rows(many.access, TODAY, filters)
    plain = text(
        "select sum(gross_cents - paid_cents) from due_item where invoice_id is not null and due_on < :today"
    ).bindparams(today=TODAY)
    with db.reading(many.access) as connection:
        assert schedule(many.access, TODAY, Filters()).overdue_cents == connection.execute(plain).scalar()


def test_the_file_is_oldest_first_unless_another_order_was_chosen(many: Person) -> None:
    assert next(iter(ledger(many.access, TODAY, Filters())))["number"] == 1
    assert next(iter(ledger(many.access, TODAY, Filters(sort="-gross"))))["number"] == 60


def test_overview_counts_and_sums_the_chosen_contract(many: Person) -> None:
    other = many.contract("84964", signed_on=date(2024, 3, 1))
    many.item(other, 1, date(2024, 4, 10), 10_000)
    one, whole = overview(many.access, TODAY, Filters(contract="84964")), overview(many.access, TODAY, Filters())
    assert (one.items, one.balance_cents, one.next_due_on) == (1, GROSS, date(2024, 4, 10))
    assert (one.next_payment_cents, one.overdue_since) == (GROSS, None)
    assert whole.items == 61
    assert [choice.number for choice in whole.contracts] == ["84964", "84963"]


def test_rows_are_counted_by_state_whatever_state_is_asked_for(many: Person) -> None:
    whole, late = schedule(many.access, TODAY, Filters()), schedule(many.access, TODAY, Filters(state="overdue"))
    assert whole.counts == late.counts == {"all": 60, "overdue": 27, "upcoming": 33, "paid": 0}
    assert (late.total_rows, late.overdue_cents) == (27, whole.overdue_cents)
    assert schedule(many.access, TODAY, Filters(query="7/2022")).counts["all"] == 3


def test_a_debit_that_came_back_and_was_repaid_by_transfer_is_not_provisional(anna: Person) -> None:
    _, item_id = invoiced(anna, date(2024, 4, 1))
    paid = anna.payment(date(2024, 4, 1), GROSS, "A", [(item_id, GROSS)])
    anna.payment(date(2024, 4, 2), -GROSS, "A-R", [(item_id, -GROSS)], reverses_id=paid, reason="AM04")
    anna.payment(date(2024, 4, 3), GROSS, "B", [(item_id, GROSS)], method="BONIFICO")
    row = only(anna)
    assert (row.state, row.provisional) == ("paid", False)


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


ITEM = st.tuples(
    st.integers(-60, 60),  # days from today
    st.integers(-500_000, 500_000),  # net cents
    st.booleans(),  # invoiced
    st.integers(0, 100),  # percent paid
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ITEM, min_size=1, max_size=8))
def test_the_rules_hold_for_every_row_of_any_book(anna: Person, items: list[tuple[int, int, bool, int]]) -> None:
    with db.transaction(anna.access) as connection:
        serial = connection.execute(text("select count(*) from contract")).scalar()
    contract_id = anna.contract(f"G{serial}")
    for number, (days, net, has_invoice, percent) in enumerate(items):
        due_on = TODAY + timedelta(days=days)
        invoice = anna.invoice(contract_id, f"{serial}-{number}", due_on) if has_invoice else None
        item_id = anna.item(contract_id, number, due_on, net, invoice_id=invoice)
        gross = net + (net * 22 + (50 if net > 0 else -50)) // 100 if net >= 0 else -(-net + (-net * 22 + 50) // 100)
        part = abs(gross) * percent // 100 * (1 if gross >= 0 else -1)
        if invoice and part:
            reference = f"{serial}-{number}"
            paid = anna.payment(due_on, max(part, 0), reference, [(item_id, part)])
            if part > 0 and days % 3 == 0:
                anna.payment(due_on, -part, f"{reference}R", [(item_id, -part)], reverses_id=paid)
    page = schedule(anna.access, TODAY, Filters(contract=f"G{serial}"), size=100)
    assert page.total_rows == len(items)
    for row in each(page.rows, Item):
        past = row.due_on < TODAY and row.invoice is not None
        balance = row.gross_cents - row.paid_cents
        assert row.paid_cents + row.balance_cents == row.gross_cents
        assert row.overdue_cents == (balance if past else 0)
        assert row.state == ("paid" if balance <= 0 else "overdue" if past else "upcoming")
    assert page.overdue_cents == sum(row.overdue_cents for row in each(page.rows, Item))
