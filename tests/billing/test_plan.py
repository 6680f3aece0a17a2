"""The amortization plan: the order of its rows, how and when they are collected, what an early end leaves of it."""

import importlib
from dataclasses import fields
from datetime import date

import pytest
from sqlalchemy import select

from core import db
from core.access import Access, Grant, Role
from core.audit import AuditLine
from core.billing.frames import PlanItem, plan
from core.book.frames import details
from core.kit.errors import NotFound
from core.tabular import each
from tests.billing.conftest import GROSS, TODAY
from tests.people import SYSTEM, Person
from tests.ui.conftest import statements

plans = importlib.import_module("core.billing.frames.plan")
DUE = date(2024, 2, 29)


def rows(person: Person, number: str = "84963", today: date = TODAY) -> list[PlanItem]:
    return each(plan(person.access, today, number).rows, PlanItem)


def planned(person: Person, **changes: object) -> tuple[int, int]:
    """A contract of one rent that is invoiced: the ids of contract and due item."""
    contract_id = person.contract("84963", **changes)
    row = person.plan_row(contract_id, "CANONE", 1, DUE, 990_000)
    invoice_id = person.invoice(contract_id, "7/2024", date(2024, 2, 14))
    return contract_id, person.item(contract_id, 1, DUE, 10_000, invoice_id=invoice_id, plan_row_id=row)


def credited(person: Person, contract_id: int, plan_row_id: int, **changes: object) -> int:
    invoice_id = person.invoice(contract_id, "8/2024", date(2024, 3, 14))
    day = date(2024, 3, 28)
    return person.item(
        contract_id, 0, day, -10_000, kind="NOTA_CREDITO", invoice_id=invoice_id, plan_row_id=plan_row_id, **changes
    )


def test_an_index_row_stands_before_the_rent_of_its_day(anna: Person) -> None:
    contract_id = anna.contract("84963")
    for kind, number, day in (("RISCATTO", 3, date(2028, 2, 1)), ("CANONE", 2, date(2024, 3, 31)), ("CANONE", 1, DUE)):
        anna.plan_row(contract_id, kind, number, day, 0)
    anna.plan_row(contract_id, "INDICIZZAZIONE", 0, date(2024, 3, 31), 0)
    anna.plan_row(contract_id, "ANTICIPO", 0, date(2024, 2, 1), 0)
    assert [(row.kind, row.number) for row in rows(anna)] == [
        ("ANTICIPO", 0),
        ("CANONE", 1),
        ("INDICIZZAZIONE", 0),
        ("CANONE", 2),
        ("RISCATTO", 3),
    ]


def test_a_row_is_collected_on_the_day_its_item_was_paid_in_full(anna: Person) -> None:
    _, item_id = planned(anna)
    anna.payment(date(2024, 3, 1), 5_000, "A", [(item_id, 5_000)], method="BONIFICO")
    assert [(row.collected_on, row.state) for row in rows(anna)] == [(None, "overdue")]
    anna.payment(date(2024, 3, 20), 9_000, "B", [(item_id, GROSS - 5_000)], method="BONIFICO")
    assert [(row.collected_on, row.state) for row in rows(anna)] == [(date(2024, 3, 20), "collected")]


def test_a_returned_debit_takes_the_day_back_until_it_is_paid_again(anna: Person) -> None:
    _, item_id = planned(anna)
    debit = anna.payment(DUE, GROSS, "A", [(item_id, GROSS)])
    assert rows(anna)[0].collected_on == DUE
    anna.payment(date(2024, 3, 10), -GROSS, "A-R", [(item_id, -GROSS)], reverses_id=debit, reason="AM04")
    assert (rows(anna)[0].collected_on, rows(anna)[0].state) == (None, "overdue")
    anna.payment(date(2024, 3, 25), GROSS, "B", [(item_id, GROSS)], method="BONIFICO")
    assert rows(anna)[0].collected_on == date(2024, 3, 25)


def test_a_debit_that_comes_back_after_a_second_payment_leaves_the_day_of_that_one(anna: Person) -> None:
    _, item_id = planned(anna)
    debit = anna.payment(DUE, 10_000, "A", [(item_id, 10_000)])
    anna.payment(date(2024, 3, 5), GROSS, "B", [(item_id, GROSS - 10_000)], method="BONIFICO")
    anna.payment(date(2024, 3, 10), -10_000, "A-R", [(item_id, -10_000)], reverses_id=debit)
    anna.payment(date(2024, 3, 12), 10_000, "C", [(item_id, 10_000)], method="BONIFICO")
    assert rows(anna)[0].collected_on == date(2024, 3, 12)


def test_a_return_and_a_new_payment_on_one_day_change_nothing(anna: Person) -> None:
    _, item_id = planned(anna)
    debit = anna.payment(DUE, GROSS, "A", [(item_id, GROSS)])
    anna.payment(date(2024, 3, 10), -GROSS, "A-R", [(item_id, -GROSS)], reverses_id=debit)
    anna.payment(date(2024, 3, 10), GROSS, "B", [(item_id, GROSS)], method="BONIFICO")
    assert rows(anna)[0].collected_on == DUE


def test_the_means_is_that_of_the_item_else_a_debit_where_there_is_an_account(anna: Person) -> None:
    contract_id, _ = planned(anna)
    anna.plan_row(contract_id, "CANONE", 2, date(2024, 3, 31), 980_000)
    assert [row.method for row in rows(anna)] == ["SDD", "BONIFICO"]
    with_account = anna.contract("84964", iban="IT60X0542811101000000123456")
    anna.plan_row(with_account, "CANONE", 1, DUE, 990_000)
    assert [row.method for row in rows(anna, "84964")] == ["SDD"]


def test_a_negative_index_row_is_offset_and_collected_with_the_rent_it_is_taken_off(anna: Person) -> None:
    contract_id, rent = planned(anna)
    row = anna.plan_row(
        contract_id, "INDICIZZAZIONE", 0, DUE, 990_000, amount_cents=-5_000, principal_cents=0, interest_cents=-5_000
    )
    note = credited(anna, contract_id, row, plan_due_on=DUE)
    first, _ = rows(anna)
    assert (first.method, first.collected_on) == ("COMPENSAZIONE", None)
    anna.payment(date(2024, 3, 28), 0, "A", [(rent, GROSS), (note, -GROSS)])
    assert [(r.method, r.collected_on, r.state) for r in rows(anna)] == [
        ("COMPENSAZIONE", date(2024, 3, 28), "collected"),
        ("SDD", date(2024, 3, 28), "collected"),
    ]


def test_an_index_row_whose_invoice_was_taken_back_stands_once(anna: Person) -> None:
    contract_id, _ = planned(anna)
    row = anna.plan_row(contract_id, "INDICIZZAZIONE", 0, DUE, 990_000, principal_cents=0, interest_cents=10_000)
    invoice_id = anna.invoice(contract_id, "9/2024", date(2024, 3, 1))
    charge = {"kind": "INDICIZZAZIONE", "plan_due_on": DUE, "invoice_id": invoice_id, "plan_row_id": row}
    anna.item(contract_id, 0, date(2024, 4, 29), 10_000, **charge)
    credited(anna, contract_id, row, plan_due_on=DUE)
    assert [(r.kind, r.state) for r in rows(anna)] == [("INDICIZZAZIONE", "upcoming"), ("CANONE", "overdue")]


def test_a_negative_index_row_with_two_items_stands_once(anna: Person) -> None:
    contract_id, _ = planned(anna)
    fallen = {"amount_cents": -5_000, "principal_cents": 0, "interest_cents": -5_000}
    row = anna.plan_row(contract_id, "INDICIZZAZIONE", 0, DUE, 990_000, **fallen)
    invoice_id = anna.invoice(contract_id, "9/2024", date(2024, 3, 1))
    charge = {"kind": "INDICIZZAZIONE", "plan_due_on": DUE, "invoice_id": invoice_id, "plan_row_id": row}
    anna.item(contract_id, 0, date(2024, 4, 29), -5_000, **charge)
    credited(anna, contract_id, row, plan_due_on=DUE)
    assert [row.kind for row in rows(anna)] == ["INDICIZZAZIONE", "CANONE"]
    assert plan(anna.access, TODAY, "84963").sums["amount_cents"] == 5_000


def test_after_an_early_end_only_what_is_owed_is_left(anna: Person) -> None:
    contract_id, _ = planned(anna, terminated_on=date(2024, 3, 15))
    later = [anna.plan_row(contract_id, "CANONE", n, date(2024, 1 + n, 28), 0) for n in (2, 3)]
    invoice_id = anna.invoice(contract_id, "9/2024", date(2024, 3, 10))
    anna.item(contract_id, 2, date(2024, 3, 28), 10_000, invoice_id=invoice_id, plan_row_id=later[0])
    anna.item(contract_id, 3, date(2024, 4, 28), 10_000, plan_row_id=later[1])
    before, after = (plan(anna.access, day, "84963") for day in (date(2024, 3, 14), TODAY))
    assert (len(before.rows), before.dropped, before.outstanding_cents) == (3, 0, 990_000)
    assert [row.number for row in each(after.rows, PlanItem)] == [1, 2]
    assert (after.dropped, after.outstanding_cents, after.rents, after.status) == (1, 0, 2, "terminated")
    assert after.outstanding_cents == details(anna.access, TODAY, "84963").outstanding_cents


def test_a_plan_that_its_terms_do_not_make_has_no_rates(anna: Person) -> None:
    terms = {"price_cents": 20_000, "rent_cents": 10_000, "residual_cents": 0, "instalments": 2, "months": 2}
    contract_id = anna.contract("84963", **terms)
    anna.plan_row(contract_id, "CANONE", 1, DUE, 10_000)
    assert plan(anna.access, TODAY, "84963").rates is None
    anna.plan_row(contract_id, "CANONE", 2, date(2024, 3, 31), 0)
    rates = plan(anna.access, TODAY, "84963").rates
    assert rates is not None
    assert (rates.nominal_ppm, rates.effective_ppm) == (0, 0)
    for kind in ("PREAMMORTAMENTO", "INDICIZZAZIONE"):
        anna.plan_row(contract_id, kind, 0, DUE, 20_000, amount_cents=5, principal_cents=0, interest_cents=5)
    assert plan(anna.access, TODAY, "84963").rates == rates


def test_terms_without_a_rate_have_none(anna: Person) -> None:
    terms = {"price_cents": 30_000, "rent_cents": 10_000, "residual_cents": 0, "instalments": 1, "months": 1}
    contract_id = anna.contract("84963", **terms)
    anna.plan_row(contract_id, "CANONE", 1, DUE, 0)
    assert plan(anna.access, TODAY, "84963").rates is None


def test_another_customers_contract_is_not_found_and_leaves_an_audit_line(anna: Person, carla: Person) -> None:
    planned(carla)
    with pytest.raises(NotFound):
        plan(anna.access, TODAY, "84963")
    with db.reading(SYSTEM) as connection:
        lines = connection.execute(select(AuditLine.action, AuditLine.entity, AuditLine.entity_id)).all()
    assert [tuple(line) for line in lines] == [("denied", "contract", "84963")]


def test_a_plan_needs_no_grant(anna: Person) -> None:
    planned(anna)
    blind = Access(Role.SUB_USER, anna.customer_id, anna.account_id, frozenset({Grant.SEND_REQUESTS}), actor="10093.1")
    assert len(plan(blind, TODAY, "84963").rows) == 1


def test_a_plan_takes_two_statements_however_long_it_is(anna: Person) -> None:
    contract_id, _ = planned(anna)
    for number in range(2, 60):
        anna.plan_row(contract_id, "CANONE", number, date(2024 + number // 12, number % 12 + 1, 28), 0)
    with statements() as seen:
        plan(anna.access, TODAY, "84963")
    assert len(seen) == 2, seen


def test_the_columns_of_the_statement_are_the_fields_of_its_rows_in_order() -> None:
    *columns, owed = (column.name for column in plans._ROWS.selected_columns)
    assert columns == [field.name for field in fields(PlanItem)]
    assert owed == "owed"
