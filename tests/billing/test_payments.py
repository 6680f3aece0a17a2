"""Payments and what they settle, both ways, with their returns and rests. On both databases."""

import importlib
from dataclasses import fields
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from core import db
from core.access import Access, Role
from core.audit import AuditLine
from core.billing.frames import (
    PaidItem,
    Receipt,
    Settled,
    Settlement,
    StatementFilters,
    paid_item,
    payment,
    payments,
    statement,
)
from core.db import Rows
from core.kit.errors import NotFound
from core.tabular import each
from tests.billing.accounts import LEDGER, written
from tests.billing.conftest import GROSS, TODAY
from tests.people import SYSTEM, Person

receipts, settlements = (importlib.import_module(f"core.billing.frames.{name}") for name in ("payments", "settlements"))
EVER = StatementFilters(preset="start")
LATER = date(2025, 12, 31)


@pytest.fixture
def items(anna: Person) -> tuple[int, int]:
    """Two invoiced items of two contracts."""
    return tuple(
        anna.item(contract, 1, date(2024, 3, 1), 10_000, invoice_id=anna.invoice(contract, number, date(2024, 2, 15)))
        for number, contract in (("1/2024", anna.contract("84963")), ("2/2024", anna.contract("91207")))
    )


def test_a_payment_names_the_one_item_it_settles_and_what_is_left_of_it(anna: Person, items: tuple[int, int]) -> None:
    anna.payment(date(2024, 3, 1), 15_000, "TRN 1", [(items[0], GROSS)], method="BONIFICO")
    (receipt,) = each(payments(anna.access, TODAY, EVER).rows, Receipt)
    assert (receipt.items, receipt.item_id, receipt.contract, receipt.kind) == (1, items[0], "84963", "CANONE")
    assert receipt.unapplied_cents == 15_000 - GROSS


def test_one_payment_of_two_items_and_one_item_of_two_payments(anna: Person, items: tuple[int, int]) -> None:
    first, second = items
    both = anna.payment(date(2024, 3, 1), 20_000, "S1", [(first, GROSS), (second, 7_800)])
    rest = anna.payment(date(2024, 3, 5), 4_400, "TRN 2", [(second, 4_400)], method="BONIFICO")
    receipt, settled = payment(anna.access, both)
    assert (receipt.items, receipt.item_id, receipt.unapplied_cents) == (2, None, 0)
    assert [(row.item_id, row.applied_cents) for row in each(settled, Settled)] == [(first, GROSS), (second, 7_800)]
    item, paid_by = paid_item(anna.access, TODAY, second)
    assert (item.paid_cents, item.balance_cents, item.state, item.invoice) == (GROSS, 0, "paid", "2/2024")
    assert [(row.payment_id, row.applied_cents) for row in each(paid_by, Settlement)] == [(both, 7_800), (rest, 4_400)]


def test_a_returned_payment_and_its_return_name_each_other(anna: Person, items: tuple[int, int]) -> None:
    paid = anna.payment(date(2024, 3, 1), 15_000, "S1", [(items[0], GROSS)])
    back = anna.payment(date(2024, 3, 9), -15_000, "R1", [(items[0], -GROSS)], reverses_id=paid, reason="AM04")
    there, _ = payment(anna.access, paid)
    again, _ = payment(anna.access, back)
    assert (there.reversal_id, there.reversal_on, there.reversal_reason) == (back, date(2024, 3, 9), "AM04")
    assert (again.reversed_id, again.reversed_on, again.reason) == (paid, date(2024, 3, 1), "AM04")
    # What came back is nobody's credit.
    assert (there.unapplied_cents, again.unapplied_cents) == (0, 0)


def test_a_period_and_a_contract_choose_the_payments(anna: Person, items: tuple[int, int]) -> None:
    anna.payment(date(2023, 12, 31), 1_000, "S0")
    anna.payment(date(2024, 3, 1), GROSS, "S1", [(items[0], GROSS)])
    anna.payment(date(2024, 3, 2), GROSS, "S2", [(items[1], GROSS)])
    page = payments(anna.access, TODAY, StatementFilters())
    assert (page.since, page.until, page.amount_cents) == (date(2024, 1, 1), TODAY, 2 * GROSS)
    assert page.rows["reference"].tolist() == ["S2", "S1"]
    assert payments(anna.access, TODAY, EVER).since == date(2023, 12, 31)
    assert payments(anna.access, TODAY, StatementFilters(contract="91207")).rows["reference"].tolist() == ["S2"]


def test_pages_hold_25_payments_the_latest_first(anna: Person) -> None:
    for number in range(30):
        anna.payment(date(2024, 1, 1 + number), 100, f"S{number}")
    first, past = (payments(anna.access, TODAY, EVER, page) for page in (1, 9))
    assert (first.total_rows, len(first.rows), past.number, len(past.rows)) == (30, 25, 2, 5)
    assert first.rows["reference"].tolist()[0] == "S29"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LEDGER)
def test_every_payment_reaches_its_items_and_back_and_never_pays_more_than_it_is(database: str, ledger: tuple) -> None:
    account = written(ledger)
    access, there, back = account.person.access, set(), set()
    every = each(payments(access, LATER, EVER, size=100).rows, Receipt)
    for receipt in every:
        settled = each(payment(access, receipt.payment_id)[1], Settled)
        applied = sum(row.applied_cents for row in settled)
        assert applied <= receipt.amount_cents if receipt.amount_cents >= 0 else applied >= receipt.amount_cents
        assert receipt.items == len(settled)
        there |= {(receipt.payment_id, row.item_id, row.applied_cents) for row in settled}
    for *_, item_id in account.charges:
        item, paid_by = paid_item(access, LATER, item_id)
        parts = each(paid_by, Settlement)
        assert sum(row.applied_cents for row in parts) == item.paid_cents
        back |= {(row.payment_id, item_id, row.applied_cents) for row in parts}
    assert there == back == {(payment_id, item_id, cents) for *_, item_id, payment_id, cents in account.parts}
    assert sum(receipt.unapplied_cents for receipt in every) == statement(access, LATER, EVER).ageing.credit_cents


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        (receipts._page_of(False), Receipt),
        (settlements._RECEIPT, Receipt),
        (settlements._SETTLED, Settled),
        (settlements._SETTLEMENTS, Settlement),
        (settlements._ITEM, PaidItem),
    ],
)
def test_the_columns_of_a_statement_are_the_fields_of_its_rows_in_order(columns: Rows, row: type) -> None:
    assert [column.name for column in columns.selected_columns] == [field.name for field in fields(row)]


def test_anothers_payment_and_item_are_not_found_and_audited(
    anna: Person, carla: Person, items: tuple[int, int]
) -> None:
    paid = anna.payment(date(2024, 3, 1), GROSS, "S1", [(items[0], GROSS)])
    for call in (lambda: payment(carla.access, paid), lambda: paid_item(carla.access, TODAY, items[0])):
        with pytest.raises(NotFound):
            call()
    with db.reading(SYSTEM) as connection:
        lines = connection.execute(select(AuditLine.action, AuditLine.entity, AuditLine.entity_id)).all()
    assert lines == [("denied", "payment", str(paid)), ("denied", "due_item", str(items[0]))]
    assert payments(carla.access, TODAY, EVER).total_rows == 0


def test_without_the_grant_to_see_invoices_there_are_no_payments(anna: Person, items: tuple[int, int]) -> None:
    blind = Access(Role.SUB_USER, anna.customer_id, anna.account_id, frozenset(), actor="10093.1")
    for call in (
        lambda: payments(blind, TODAY, EVER),
        lambda: payment(blind, 1),
        lambda: paid_item(blind, TODAY, items[0]),
    ):
        with pytest.raises(NotFound):
            call()
