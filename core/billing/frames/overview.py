"""The figures above the schedule and the contracts to choose from."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, Date, and_, bindparam, case, func, null, select, true

from core import db
from core.access import Access
from core.billing.ledger import (
    BALANCE,
    CONTRACT,
    OVERDUE,
    OWED,
    STATE,
    Filters,
    bound,
    next_payment,
    total,
)
from core.billing.tables import Allocation, DueItem, Payment
from core.book.frames import require_contract
from core.book.ledger import CUSTOMER, TODAY, status
from core.book.tables import Contract
from core.db import Rows
from core.kit.dates import add_months

_YEAR_AGO: BindParameter[date] = bindparam("year_ago", type_=Date())


@dataclass(frozen=True, slots=True)
class Choice:
    """A contract to choose."""

    number: str
    product: str
    status: str
    ends_on: date


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures above the schedule, for one contract or all, and the contracts to choose from."""

    contracts: list[Choice]
    items: int
    overdue_cents: int
    overdue_items: int
    overdue_since: date | None
    balance_cents: int
    open_items: int
    next_due_on: date | None
    next_payment_cents: int
    paid_12m_cents: int


_CHOICES = (
    select(Contract.number, Contract.product, status(TODAY).label("status"), Contract.ends_on)
    .where(Contract.customer_id == CUSTOMER)
    .order_by(Contract.ends_on.desc(), Contract.number.desc())
)


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
    """The contracts to choose from and the figures of the filtered one, or of all; other filters change nothing.

    Amounts in cents, VAT included. Two statements, whatever the number of contracts. Raises NotFound for another's
    contract or without the grant to see invoices.
    """
    values = bound(access, today, filters) | {"year_ago": add_months(today, -12)}
    with db.reading(access) as connection:
        contracts = [Choice(*row) for row in connection.execute(_CHOICES, values)]
        figures = connection.execute(_figures(filters.contract is not None), values).one()
    if filters.contract and filters.contract not in {choice.number for choice in contracts}:
        require_contract(access, filters.contract)
    return Overview(contracts, **figures._mapping)
