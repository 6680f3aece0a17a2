"""The statement of account: a case worked out by hand, any ledger, and the demo book. On both databases."""

import importlib
from dataclasses import fields
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select, text

from core import db, demo
from core.access import Access, Grant, Role
from core.audit import AuditLine
from core.billing.frames import (
    Movement,
    StatementFilters,
    StatementPage,
    situation,
    statement,
    statement_sums,
    whole_statement,
)
from core.identity.tables import Customer
from core.kit.errors import NotFound, WrongPeriod
from core.tabular import each
from tests.billing.accounts import DAYS, LEDGER, START, views, written
from tests.billing.conftest import TODAY
from tests.people import SYSTEM, Person

statements = importlib.import_module("core.billing.frames.statement")
LATER = date(2025, 12, 31)


def between(since: date, until: date, contract: str | None = None) -> StatementFilters:
    return StatementFilters(contract=contract, since=since, until=until)


def rows(page: StatementPage) -> list[Movement]:
    return each(page.rows, Movement)


@pytest.fixture
def worked(anna: Person) -> Person:
    """Two contracts, a returned debit, a credit note, a payment too large and one for both contracts."""
    one, two = anna.contract("84963"), anna.contract("91207")
    first = anna.item(one, 1, date(2024, 1, 31), 10_000, invoice_id=anna.invoice(one, "1/2024", date(2024, 1, 15)))
    second = anna.item(two, 1, date(2024, 2, 1), 20_000, invoice_id=anna.invoice(two, "2/2024", date(2024, 1, 17)))
    note = anna.invoice(one, "3/2024", date(2024, 2, 10))
    anna.item(one, 0, date(2024, 2, 10), -1_000, kind="NOTA_CREDITO", invoice_id=note)
    anna.item(one, 2, date(2024, 5, 31), 10_000)
    paid = anna.payment(date(2024, 1, 31), 12_200, "S1", [(first, 12_200)])
    anna.payment(date(2024, 2, 8), -12_200, "S1-R", [(first, -12_200)], reverses_id=paid, reason="AM04")
    both = [(first, 12_200), (second, 24_400)]
    anna.payment(date(2024, 3, 1), 40_000, "TRN 7", both, method="BONIFICO")
    return anna


def test_the_reference_case_worked_out_by_hand(worked: Person) -> None:
    page = statement(worked.access, TODAY, StatementFilters())
    assert [
        (m.day.isoformat(), m.document, m.contract, m.debit_cents, m.credit_cents, m.balance_cents) for m in rows(page)
    ] == [
        ("2024-01-15", "1/2024", "84963", 12_200, None, 12_200),
        ("2024-01-17", "2/2024", "91207", 24_400, None, 36_600),
        ("2024-01-31", "S1", "84963", None, 12_200, 24_400),
        ("2024-02-08", "S1-R", "84963", 12_200, None, 36_600),
        ("2024-02-10", "3/2024", "84963", None, 1_220, 35_380),
        ("2024-03-01", "TRN 7", None, None, 40_000, -4_620),
    ]
    sums = page.sums
    assert (sums.opening_cents, sums.debit_cents, sums.credit_cents, sums.closing_cents) == (0, 48_800, 53_420, -4_620)
    assert (page.ageing.buckets, page.ageing.credit_cents) == ((0, 0, -1_220, 0, 0, 0), 3_400)


def test_a_return_says_why_and_what_it_takes_back(worked: Person) -> None:
    returned = rows(statement(worked.access, TODAY, StatementFilters()))[3]
    assert (returned.source, returned.reason, returned.reversed_on) == ("return", "AM04", date(2024, 1, 31))


def test_of_one_contract_money_counts_by_what_it_pays_of_it(worked: Person) -> None:
    page = statement(worked.access, TODAY, StatementFilters(contract="91207"))
    assert [(m.document, m.contract, m.balance_cents) for m in rows(page)] == [
        ("2/2024", "91207", 24_400),
        ("TRN 7", "91207", 0),
    ]
    assert page.ageing.credit_cents == 0


def test_a_later_period_begins_with_what_was_owed_before(worked: Person) -> None:
    page = statement(worked.access, TODAY, between(date(2024, 2, 8), date(2024, 2, 29)))
    assert (page.sums.opening_cents, [m.balance_cents for m in rows(page)]) == (24_400, [36_600, 35_380])
    # 84963's item is due on 31 January, 91207's on 1 February: 29 and 28 days before.
    assert page.ageing.buckets == (0, 36_600 - 1_220, 0, 0, 0, 0)


def test_due_on_the_last_day_is_not_past_due(worked: Person) -> None:
    page = statement(worked.access, TODAY, between(date(2024, 1, 1), date(2024, 2, 1)))
    assert page.ageing.buckets == (24_400, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("days", "bucket"), [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (120, 4), (121, 5)]
)
def test_each_day_past_due_falls_into_its_bucket(anna: Person, days: int, bucket: int) -> None:
    contract_id = anna.contract("84963")
    due_on = TODAY - timedelta(days=days)
    anna.item(contract_id, 1, due_on, 10_000, invoice_id=anna.invoice(contract_id, "1/2024", due_on))
    buckets = statement(anna.access, TODAY, StatementFilters(preset="start")).ageing.buckets
    assert buckets == tuple(12_200 if n == bucket else 0 for n in range(6))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LEDGER, DAYS, DAYS, DAYS)
def test_any_ledger_adds_up_between_any_days(database: str, ledger: tuple, one: int, two: int, three: int) -> None:
    account = written(ledger)
    since, middle, until = (START + timedelta(days=days) for days in sorted((one, two, three)))
    for contract in views(account):
        sums = statement_sums(account.person.access, LATER, between(since, until, contract))
        assert sums.opening_cents == account.owed(since - timedelta(days=1), contract)
        assert sums.closing_cents == sums.opening_cents + sums.debit_cents - sums.credit_cents
        assert sums.closing_cents == account.owed(until, contract)
        halves = [
            statement_sums(account.person.access, LATER, between(*days, contract))
            for days in ((since, middle), (middle + timedelta(days=1), max(until, middle + timedelta(days=1))))
        ]
        assert halves[0].closing_cents == halves[1].opening_cents == account.owed(middle, contract)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LEDGER, DAYS)
def test_the_balance_of_any_day_is_what_is_open_less_what_pays_nothing_yet(
    database: str, ledger: tuple, days: int
) -> None:
    account, on = written(ledger), START + timedelta(days=days)
    for contract in views(account):
        page = statement(account.person.access, LATER, between(START, on, contract), size=100)
        moves = rows(page)
        assert page.ageing.balance_cents == page.sums.closing_cents == account.owed(on, contract)
        assert page.ageing.total_cents == sum(cents for _, cents in account.open(on, contract))
        assert page.ageing.buckets[0] == sum(cents for due, cents in account.open(on, contract) if due >= on)
        running = page.sums.opening_cents
        for move in moves:
            running += (move.debit_cents or 0) - (move.credit_cents or 0)
            assert move.balance_cents == running
        assert running == page.sums.closing_cents


def customer(code: str) -> Access:
    with db.reading(SYSTEM) as connection:
        number = connection.execute(select(Customer.id).where(Customer.code == code)).scalar_one()
    return Access(Role.CUSTOMER, number, None, frozenset(Grant), actor=code)


def test_today_of_the_demo_book_is_what_its_open_items_say(database: str) -> None:
    demo.load(TODAY)
    plain = text(
        "select coalesce(sum(gross_cents - paid_cents), 0) from due_item"
        " where invoice_id is not null and customer_id = :customer"
    )
    for code in ("10093", "10094", "10095", "10096"):
        access = customer(code)
        sums = statement_sums(access, TODAY, StatementFilters(preset="start"))
        with db.reading(access) as connection:
            balances = int(connection.execute(plain, {"customer": access.customer}).scalar_one())
        assert sums.opening_cents == 0
        assert sums.closing_cents == balances - situation(access, TODAY).unapplied_cents
    late = statement(customer("10096"), TODAY, StatementFilters())
    assert (late.sums.opening_cents, late.sums.closing_cents) == (349_737, 301_791)
    assert (late.ageing.buckets, late.ageing.credit_cents) == ((0, 31_964, 103_637, 139_226, 31_964, 0), 5_000)
    assert statement_sums(customer("10093"), TODAY, StatementFilters(preset="last_year")).closing_cents == 0


def test_pages_hold_25_rows_and_go_on_with_the_balance(anna: Person) -> None:
    contract_id = anna.contract("84963")
    for number in range(1, 31):
        day = date(2024, 1, 1) + timedelta(days=number)
        anna.item(contract_id, number, day, 10_000, invoice_id=anna.invoice(contract_id, f"{number}/2024", day))
    first, second, past = (statement(anna.access, TODAY, StatementFilters(), page) for page in (1, 2, 99))
    assert (len(first.rows), len(second.rows), first.pages) == (25, 5, 2)
    assert rows(second)[0].balance_cents == rows(first)[-1].balance_cents + 12_200 == 26 * 12_200
    assert (past.number, rows(past)) == (2, rows(second))
    with whole_statement(anna.access, TODAY, StatementFilters()) as (sums, _, moves):
        assert (sums, list(moves)) == (first.sums, rows(first) + rows(second))


def test_the_columns_of_a_row_are_the_fields_of_a_movement_in_order() -> None:
    for one in (False, True):
        columns = statements._rows(one, paged=True).selected_columns
        assert [column.name for column in columns] == [field.name for field in fields(Movement)]


@pytest.mark.parametrize(
    ("address", "since", "until"),
    [
        ({}, date(2024, 1, 1), TODAY),
        ({"period": "last_year"}, date(2023, 1, 1), date(2023, 12, 31)),
        ({"period": "12m"}, date(2023, 4, 6), TODAY),
        ({"period": "start"}, None, TODAY),
        ({"from": "2023-05-06", "to": "2023-07-08", "period": "start"}, date(2023, 5, 6), date(2023, 7, 8)),
        ({"from": "2023-05-06"}, date(2023, 5, 6), TODAY),
        ({"to": "2023-07-08"}, date(2023, 1, 1), date(2023, 7, 8)),
        ({"to": "2030-01-01"}, date(2024, 1, 1), TODAY),
        ({"from": "06/05/2023", "to": "2023-02-30", "period": "ever"}, date(2024, 1, 1), TODAY),
        ({"from": "0001-01-01", "to": "9999-12-31", "contract": "x" * 13}, date(2024, 1, 1), TODAY),
    ],
)
def test_the_period_of_an_address(address: dict[str, str], since: date | None, until: date) -> None:
    filters = StatementFilters.of(address)
    assert (*filters.period(TODAY), filters.contract) == (since, until, None)


@pytest.mark.parametrize("address", [{"from": "2024-03-01", "to": "2024-02-29"}, {"from": "2024-04-06"}])
def test_a_period_that_ends_before_it_begins_is_refused(anna: Person, address: dict[str, str]) -> None:
    with pytest.raises(WrongPeriod) as refusal:
        statement(anna.access, TODAY, StatementFilters.of(address))
    assert ("not begun" in str(refusal.value)) is ("to" not in address)


def test_another_customers_contract_is_not_found_and_audited(worked: Person, carla: Person) -> None:
    for call in (statement, statement_sums):
        with pytest.raises(NotFound):
            call(carla.access, TODAY, StatementFilters(contract="84963"))
    with whole_statement(carla.access, TODAY, StatementFilters(contract="84963")) as (sums, aged, moves):
        assert (sums.closing_cents, aged.total_cents, aged.credit_cents, list(moves)) == (0, 0, 0, [])
    with db.reading(SYSTEM) as connection:
        lines = connection.execute(select(AuditLine.action, AuditLine.entity, AuditLine.entity_id)).all()
    assert lines == [("denied", "contract", "84963")] * 2


def test_without_the_grant_to_see_invoices_nothing_is_found(worked: Person) -> None:
    blind = Access(Role.SUB_USER, worked.customer_id, worked.account_id, frozenset(), actor="10093.1")
    with pytest.raises(NotFound):
        statement(blind, TODAY, StatementFilters())


def test_nobody_sees_another_customers_movements(worked: Person, carla: Person) -> None:
    page = statement(carla.access, TODAY, StatementFilters(preset="start"))
    assert (page.sums.rows, page.sums.closing_cents) == (0, 0)
    assert (page.ageing.total_cents, page.ageing.credit_cents) == (0, 0)
