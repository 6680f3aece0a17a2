"""The figures above the schedule."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, Date, and_, bindparam, case, func, null, select, true

from core import db
from core.access import Access
from core.billing.ledger import BALANCE, OVERDUE, OWED, STATE, Filters, bound, next_payment
from core.billing.tables import Allocation, DueItem, Payment
from core.book.frames import require_contract
from core.book.ledger import CONTRACT, CUSTOMER, TODAY, total
from core.book.tables import Contract
from core.db import Rows
from core.kit.dates import add_months

_YEAR_AGO: BindParameter[date] = bindparam("year_ago", type_=Date())


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures above the schedule, for one contract or all."""

    items: int
    overdue_cents: int
    overdue_items: int
    overdue_since: date | None
    balance_cents: int
    open_items: int
    next_due_on: date | None
    next_payment_cents: int
    paid_12m_cents: int


@cache
def _figures(one: bool) -> Rows:
    """One row: the sums over the items of one contract or all, the next payment, and what came in a year."""
    conditions = [Contract.number == CONTRACT] if one else []
    late = STATE == "overdue"
    sums = (
        select(
            func.count().label("items"),
            total(OVERDUE).label("overdue_cents"),
            func.count().filter(late).label("overdue_items"),
            func.min(case((late, DueItem.due_on), else_=null())).label("overdue_since"),
            total(BALANCE).label("balance_cents"),
            func.count().filter(BALANCE != 0).label("open_items"),
        )
        .join(Contract, Contract.id == DueItem.contract_id)
        .where(DueItem.customer_id == CUSTOMER, OWED, *conditions)
        .cte("sums")
    )
    coming = next_payment(*conditions)
    return select(
        *sums.c,
        coming.c.due_on.label("next_due_on"),
        func.coalesce(coming.c.cents, 0).label("next_payment_cents"),
        _paid_in_a_year(conditions).label("paid_12m_cents"),
    ).select_from(sums.outerjoin(coming, true()))


def _paid_in_a_year(conditions: list[ColumnElement[bool]]) -> ColumnElement[int]:
    recent = and_(Payment.paid_on > _YEAR_AGO, Payment.paid_on <= TODAY)
    paid = (
        select(total(Allocation.amount_cents))
        .select_from(Payment)
        .join(Allocation, Allocation.payment_id == Payment.id)
        .where(Payment.customer_id == CUSTOMER, recent)
    )
    if conditions:
        paid = paid.join(DueItem, DueItem.id == Allocation.due_item_id)
        paid = paid.join(Contract, Contract.id == DueItem.contract_id).where(*conditions)
    return paid.correlate(None).scalar_subquery()


def overview(access: Access, today: date, filters: Filters) -> Overview:
    """The figures of the filtered contract, or of all; other filters change nothing.

    Amounts in cents, VAT included. One statement. Raises NotFound for another's contract or without the grant to see
    invoices.
    """
    values = bound(access, today, filters) | {"year_ago": add_months(today, -12)}
    with db.reading(access) as connection:
        figures = connection.execute(_figures(filters.contract is not None), values).one()
    if filters.contract and not figures.items:
        require_contract(access, filters.contract)
    return Overview(**figures._mapping)
