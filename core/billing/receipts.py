"""A payment as SQL: how much of it pays something, which one item it pays, and its return."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, SQLColumnExpression, case, cast, func, null, select
from sqlalchemy.orm import aliased

from core.billing.tables import Allocation, DueItem, Payment
from core.book.ledger import total
from core.book.tables import Contract
from core.db import Rows

REVERSAL, REVERSED = aliased(Payment, name="reversal"), aliased(Payment, name="reversed")


def _applied(payment: Any) -> ColumnElement[int]:  # noqa: ANN401 - the table or an alias of it
    parts = select(total(Allocation.amount_cents)).where(Allocation.payment_id == payment.id)
    return parts.correlate(payment).scalar_subquery()


def _settles(wanted: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    parts = select(wanted).select_from(Allocation).join(DueItem, DueItem.id == Allocation.due_item_id)
    parts = parts.join(Contract, Contract.id == DueItem.contract_id)
    return parts.where(Allocation.payment_id == Payment.id).correlate(Payment).scalar_subquery()


def _only(wanted: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    """A value of the item that a payment settles, where it is one."""
    return _settles(case((func.count() == 1, func.min(wanted)), else_=null()))


def receipt() -> tuple[SQLColumnExpression[Any], ...]:
    """The columns of `Receipt`, of Payment joined by `both_ways`."""
    rest = Payment.amount_cents - _applied(Payment)
    back = case((REVERSAL.id.is_not(None), REVERSAL.amount_cents - _applied(REVERSAL)), else_=0)
    return (
        Payment.id.label("payment_id"),
        Payment.paid_on,
        Payment.method,
        Payment.reference,
        Payment.amount_cents,
        case((Payment.reverses_id.is_not(None), 0), else_=rest + back).label("unapplied_cents"),
        Payment.reason,
        cast(_settles(func.count()), Integer).label("items"),
        _only(DueItem.id).label("item_id"),
        _only(Contract.number).label("contract"),
        _only(DueItem.kind).label("kind"),
        _only(DueItem.causale).label("causale"),
        _only(DueItem.number).label("number"),
        REVERSAL.id.label("reversal_id"),
        REVERSAL.paid_on.label("reversal_on"),
        REVERSAL.reason.label("reversal_reason"),
        REVERSED.id.label("reversed_id"),
        REVERSED.paid_on.label("reversed_on"),
    )


def both_ways(rows: Rows) -> Rows:
    """Payments with what takes each back, and with what each takes back."""
    rows = rows.outerjoin(REVERSAL, REVERSAL.reverses_id == Payment.id)
    return rows.outerjoin(REVERSED, REVERSED.id == Payment.reverses_id)
