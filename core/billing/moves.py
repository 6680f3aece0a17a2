"""What moves a customer's account, as SQL: invoices and credit notes at their issue, money on its day.

The statement of account, its ageing and its files read it from here. Amounts are cents, VAT included; what the customer
owes is positive.
"""

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    SQLColumnExpression,
    bindparam,
    case,
    literal_column,
    select,
)

from core.access import Access, Grant
from core.billing.period import Period
from core.billing.tables import Allocation, DueItem, Invoice, Payment
from core.book.ledger import CONTRACT, CUSTOMER, total
from core.book.tables import Contract
from core.db import Rows

SINCE: BindParameter[date] = bindparam("since", type_=Date())
UNTIL: BindParameter[date] = bindparam("until", type_=Date())
# On one day: what is charged, then what is paid, then what comes back.
ITEM, PAYMENT, RETURN = range(3)


def bound(access: Access, contract: str | None, period: Period) -> dict[str, Any]:
    """The values of the statements' parameters. Raises NotFound without the grant to see invoices."""
    access.require(Grant.SEE_INVOICES)
    since = period.since or date.min
    return {"customer": access.customer, "contract": contract, "since": since, "until": period.until}


def of_contract(rows: Rows) -> Rows:
    """Due items of one contract only."""
    return rows.join(Contract, Contract.id == DueItem.contract_id).where(Contract.number == CONTRACT)


def invoiced(*wanted: SQLColumnExpression[Any], one: bool) -> Rows:
    """CUSTOMER's due items whose invoice is issued by UNTIL."""
    rows = select(*wanted).select_from(DueItem).join(Invoice, Invoice.id == DueItem.invoice_id)
    rows = rows.where(DueItem.customer_id == CUSTOMER, Invoice.issued_on <= UNTIL)
    return of_contract(rows) if one else rows


def allocated(*wanted: SQLColumnExpression[Any], one: bool) -> Rows:
    """What CUSTOMER's payments by UNTIL pay of due items."""
    rows = select(*wanted).select_from(Payment).join(Allocation, Allocation.payment_id == Payment.id)
    rows = rows.join(DueItem, DueItem.id == Allocation.due_item_id)
    rows = rows.where(Payment.customer_id == CUSTOMER, Payment.paid_on <= UNTIL)
    return of_contract(rows) if one else rows


@cache
def moves(one: bool) -> FromClause:
    """Every movement by UNTIL: rank (ITEM, PAYMENT or RETURN), source_id (of the item or payment), day, cents."""
    return _charges(one).union_all(_money(one)).subquery("move")


def order(move: FromClause) -> list[ColumnElement[Any]]:
    """The order of the movements: total, so that every one has its running balance."""
    return [move.c.day, move.c.rank, move.c.source_id]


def _charges(one: bool) -> Rows:
    rank = literal_column(str(ITEM), Integer()).label("rank")
    source, day = DueItem.id.label("source_id"), Invoice.issued_on.label("day")
    return invoiced(rank, source, day, DueItem.gross_cents.label("cents"), one=one)


def _money(one: bool) -> Rows:
    """Payments whole; of one contract, what they pay of its items."""
    ranks = literal_column(str(RETURN), Integer()), literal_column(str(PAYMENT), Integer())
    rank = case((Payment.amount_cents < 0, ranks[0]), else_=ranks[1]).label("rank")
    source, day = Payment.id.label("source_id"), Payment.paid_on.label("day")
    if one:
        parts = allocated(rank, source, day, (-total(Allocation.amount_cents)).label("cents"), one=True)
        return parts.group_by(Payment.id)
    whole = select(rank, source, day, (-Payment.amount_cents).label("cents"))
    return whole.where(Payment.customer_id == CUSTOMER, Payment.paid_on <= UNTIL)
