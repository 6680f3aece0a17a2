"""Is the data sound? One statement for each rule of the integrity monitor, across all customers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SQLColumnExpression,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from core import db
from core.access import Access
from core.analysis.belonging import incomplete_documents, of_two_customers
from core.analysis.rules import Finding, described
from core.billing.ledger import overdue
from core.billing.tables import Allocation, DueItem, Payment
from core.book.ledger import total
from core.book.tables import Contract, PlanRow
from core.db import Rows
from core.identity.tables import Customer
from core.intake.columns import NUMBERED_KINDS
from core.kit.money import BASIS_POINTS

_Column = SQLColumnExpression[Any]
_MARKS = (" ", "-", "/", ".", "_")
_Reversal, _Origin = aliased(Payment), aliased(Payment)


@dataclass(frozen=True, slots=True)
class Rule:
    """An invariant: the statement that finds the rows breaking it, and how such a row is told."""

    name: str
    broken: Callable[[date], Rows]
    subject: str
    detail: str


def findings(access: Access, today: date) -> list[Finding]:
    """Every row that breaks a rule today, rule by rule; an empty list is a sound database. Only for the system.

    Source: the whole ledger; one statement for each rule, none for a single row.
    """
    access.require_system()
    with db.reading(access) as connection:
        return [
            described(rule.name, rule.subject, rule.detail, dict(row))
            for rule in RULES
            for row in connection.execute(rule.broken(today)).mappings()
        ]


def _items(*columns: _Column) -> Rows:
    named = (Contract.number.label("contract"), DueItem.kind, DueItem.number, DueItem.plan_due_on)
    statement = select(*named, *columns).join(Contract, Contract.id == DueItem.contract_id)
    return statement.order_by(Contract.number, DueItem.due_on, DueItem.id)


def _payments(*columns: _Column) -> Rows:
    return select(Payment.method, Payment.reference, Payment.amount_cents, *columns).order_by(Payment.id)


def _allocated(by: SQLColumnExpression[int]) -> Subquery:
    """Sum of the allocations of each payment or due item."""
    return select(by.label("id"), total(Allocation.amount_cents).label("cents")).group_by(by).subquery()


def _wrong_paid_sums(_today: date) -> Rows:
    sums = _allocated(Allocation.due_item_id)
    allocated = func.coalesce(sums.c.cents, 0)
    statement = _items(DueItem.paid_cents, allocated.label("sum_cents"))
    return statement.outerjoin(sums, sums.c.id == DueItem.id).where(DueItem.paid_cents != allocated)


def _wrong_gross(_today: date) -> Rows:
    expected = DueItem.net_cents + DueItem.fees_cents + DueItem.vat_cents
    return _items(DueItem.gross_cents, expected.label("expected_cents")).where(DueItem.gross_cents != expected)


def _plans_off_the_price(_today: date) -> Rows:
    repaid = total(PlanRow.principal_cents)
    return (
        select(Contract.number.label("contract"), Contract.price_cents, repaid.label("repaid_cents"))
        .join(PlanRow, PlanRow.contract_id == Contract.id)
        .where(PlanRow.kind != "INDICIZZAZIONE")
        .group_by(Contract.id, Contract.number, Contract.price_cents)
        .having(repaid != Contract.price_cents)
        .order_by(Contract.number)
    )


def _wrong_outstanding(_today: date) -> Rows:
    """Index rows stand aside: they pay no principal, and on their day they may come before or after the rent."""
    interest_only_first = case((PlanRow.kind == "PREAMMORTAMENTO", 0), else_=1)
    repaid = func.sum(PlanRow.principal_cents).over(
        partition_by=PlanRow.contract_id, order_by=(PlanRow.due_on, interest_only_first, PlanRow.number)
    )
    left = (Contract.price_cents - cast(repaid, BigInteger)).label("left_cents")
    row = (
        select(Contract.number.label("contract"), PlanRow.kind, PlanRow.number, PlanRow.due_on, left)
        .add_columns(PlanRow.outstanding_cents)
        .join(Contract, Contract.id == PlanRow.contract_id)
        .where(PlanRow.kind != "INDICIZZAZIONE")
        .subquery()
    )
    return select(row).where(row.c.outstanding_cents != row.c.left_cents).order_by(row.c.contract, row.c.due_on)


def _half_up(amount: ColumnElement[int], rate_bp: _Column) -> ColumnElement[int]:
    """An amount times a rate in basis points, halves away from zero, in whole numbers: no ROUND on two databases."""
    size = (func.abs(amount, type_=BigInteger) * rate_bp * 2 + BASIS_POINTS) // (2 * BASIS_POINTS)
    return case((amount < 0, -size), else_=size)


def _ledger_off_the_plan(_today: date) -> Rows:
    vat = _half_up(DueItem.net_cents + DueItem.fees_cents, Contract.vat_bp)
    statement = _items(DueItem.net_cents, PlanRow.amount_cents, DueItem.vat_cents, vat.label("expected_vat_cents"))
    return statement.join(PlanRow, PlanRow.id == DueItem.plan_row_id).where(
        or_(DueItem.net_cents != PlanRow.amount_cents, DueItem.vat_cents != vat)
    )


def _planned_but_not_owed(_today: date) -> Rows:
    """Rows that their number names, up to an early end, where a ledger has begun. An index row is owed when invoiced.

    The reverse, an item without a plan row, is sound: so is an early termination settled.
    """
    begun = exists().where(DueItem.contract_id == Contract.id)
    owed = exists().where(DueItem.plan_row_id == PlanRow.id)
    return (
        select(Contract.number.label("contract"), PlanRow.kind, PlanRow.number, PlanRow.due_on, PlanRow.amount_cents)
        .join(PlanRow, PlanRow.contract_id == Contract.id)
        .where(PlanRow.kind.in_(NUMBERED_KINDS), PlanRow.amount_cents != 0)
        .where(or_(Contract.terminated_on.is_(None), PlanRow.due_on < Contract.terminated_on), begun, ~owed)
        .order_by(Contract.number, PlanRow.due_on, PlanRow.number)
    )


def _orphan_payments(today: date) -> Rows:
    """Money that pays nothing while an invoiced item of its customer is overdue.

    Where nothing is overdue it is an advance on items not invoiced yet, or the customer's credit.
    """
    late = Payment.customer_id.in_(select(DueItem.customer_id).where(overdue(today) > 0))
    sums = _allocated(Allocation.payment_id)
    return (
        _payments()
        .outerjoin(sums, sums.c.id == Payment.id)
        .outerjoin(_Reversal, _Reversal.reverses_id == Payment.id)
        .where(Payment.amount_cents > 0, sums.c.id.is_(None), _Reversal.id.is_(None), late)
    )


def _overspent_payments(_today: date) -> Rows:
    sums = _allocated(Allocation.payment_id)
    beyond = or_(
        and_(Payment.amount_cents >= 0, or_(sums.c.cents > Payment.amount_cents, sums.c.cents < 0)),
        and_(Payment.amount_cents < 0, or_(sums.c.cents < Payment.amount_cents, sums.c.cents > 0)),
    )
    return _payments(sums.c.cents.label("sum_cents")).join(sums, sums.c.id == Payment.id).where(beyond)


def _duplicate_payments(_today: date) -> Rows:
    plain: ColumnElement[str] = func.lower(Payment.reference)
    for mark in _MARKS:
        plain = func.replace(plain, mark, "")
    same = (Customer.code, Payment.paid_on, Payment.method, Payment.amount_cents)
    return (
        select(
            *same,
            func.min(Payment.reference).label("first"),
            func.max(Payment.reference).label("last"),
            func.count().label("times"),
        )
        .join(Customer, Customer.id == Payment.customer_id)
        .where(Payment.amount_cents > 0)
        .group_by(*same, plain)
        .having(func.count() > 1)
        .order_by(Customer.code, Payment.paid_on)
    )


def _untrue_reversals(_today: date) -> Rows:
    taken, paid = _allocated(Allocation.payment_id), _allocated(Allocation.payment_id)
    given_back = -func.coalesce(taken.c.cents, 0)
    untrue = or_(
        _Origin.amount_cents != -Payment.amount_cents,
        _Origin.customer_id != Payment.customer_id,
        func.coalesce(paid.c.cents, 0) != given_back,
    )
    return (
        _payments(_Origin.reference.label("origin"), _Origin.amount_cents.label("origin_cents"))
        .join(_Origin, _Origin.id == Payment.reverses_id)
        .outerjoin(taken, taken.c.id == Payment.id)
        .outerjoin(paid, paid.c.id == _Origin.id)
        .where(untrue)
    )


def _paid_without_invoice(_today: date) -> Rows:
    sums = _allocated(Allocation.due_item_id)
    paid = or_(DueItem.paid_cents != 0, sums.c.id.is_not(None))
    statement = _items(DueItem.paid_cents).outerjoin(sums, sums.c.id == DueItem.id)
    return statement.where(DueItem.invoice_id.is_(None), paid)


_ITEM = "due item {contract} {kind} {number} of {plan_due_on}"
_PAYMENT = "payment {method} {reference}"

RULES = (
    Rule("paid_sums", _wrong_paid_sums, _ITEM, "paid {paid_cents}, its allocations come to {sum_cents}"),
    Rule("gross", _wrong_gross, _ITEM, "gross {gross_cents}, net + fees + VAT is {expected_cents}"),
    Rule(
        "plan_adds_up",
        _plans_off_the_price,
        "contract {contract}",
        "the principal of its plan comes to {repaid_cents}, its price is {price_cents}",
    ),
    Rule(
        "plan_outstanding",
        _wrong_outstanding,
        "plan row {contract} {kind} {number} of {due_on}",
        "outstanding {outstanding_cents}, price less principal so far is {left_cents}",
    ),
    Rule(
        "ledger_follows_plan",
        _ledger_off_the_plan,
        _ITEM,
        "net {net_cents} and VAT {vat_cents}, by its plan row {amount_cents} and {expected_vat_cents}",
    ),
    Rule(
        "plan_in_ledger",
        _planned_but_not_owed,
        "plan row {contract} {kind} {number} of {due_on}",
        "{amount_cents} is in the plan but not in the ledger",
    ),
    Rule("orphan_payment", _orphan_payments, _PAYMENT, "{amount_cents} pays nothing while an invoice is overdue"),
    Rule(
        "overallocated_payment", _overspent_payments, _PAYMENT, "of {amount_cents}, its allocations come to {sum_cents}"
    ),
    Rule(
        "duplicate_payment",
        _duplicate_payments,
        "customer {code}",
        "{times} payments by {method} of {amount_cents} on {paid_on}: {first}, {last}",
    ),
    Rule(
        "untrue_reversal",
        _untrue_reversals,
        _PAYMENT,
        "{amount_cents} is not the opposite of {origin}, {origin_cents}, or of what that had paid",
    ),
    Rule("one_customer", of_two_customers, "{what} {name}", "is of customer {owner}, what it belongs with of {other}"),
    Rule("documents", incomplete_documents, "document {title} of customer {code}", "lacks its invoice, file or day"),
    Rule("paid_without_invoice", _paid_without_invoice, _ITEM, "paid {paid_cents} but not invoiced"),
)
