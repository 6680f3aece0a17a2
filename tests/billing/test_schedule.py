"""The schedule: what is paid, overdue or to come, its chips and balances, and who sees it. On both databases."""

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
    Filters,
    Item,
    Upcoming,
    ledger,
    overview,
    schedule,
)
from core.db import Rows
from core.kit.errors import NotFound
from core.tabular import each
from tests.billing.conftest import GROSS, TODAY
from tests.people import Person

# The package's names are its functions; these are the modules behind them.
schedules, overviews, situations = (
    importlib.import_module(f"core.billing.frames.{name}") for name in ("schedule", "overview", "situation")
)


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
        (situations._UPCOMING, Upcoming),
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
    assert overview(anna.access, TODAY, Filters()).items == 0
    with ledger(anna.access, TODAY, Filters()) as (totals, rows):
        assert (totals.gross_cents, list(rows)) == (0, [])


def test_a_debit_that_came_back_and_was_repaid_by_transfer_is_not_provisional(anna: Person) -> None:
    _, item_id = invoiced(anna, date(2024, 4, 1))
    paid = anna.payment(date(2024, 4, 1), GROSS, "A", [(item_id, GROSS)])
    anna.payment(date(2024, 4, 2), -GROSS, "A-R", [(item_id, -GROSS)], reverses_id=paid, reason="AM04")
    anna.payment(date(2024, 4, 3), GROSS, "B", [(item_id, GROSS)], method="BONIFICO")
    row = only(anna)
    assert (row.state, row.provisional) == ("paid", False)


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
