"""The home page's situation: four figures on the active contracts, and the next items to pay."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, func, null, select, true

from core import db
from core.access import Access
from core.billing.ledger import ACTIVE, BALANCE, COLLECTED_ADVANCE, OVERDUE, STATE, TO_PAY, next_payment
from core.billing.tables import Allocation, DueItem, Payment
from core.book.ledger import CUSTOMER, total
from core.book.tables import Contract
from core.db import Rows
from core.tabular import frame


@dataclass(frozen=True, slots=True)
class Situation:
    """The four figures of the home page (active contracts only) and what stands beside them."""

    overdue_cents: int
    overdue_items: int
    closed_overdue_cents: int
    next_due_on: date | None
    next_payment_cents: int
    next_items: int
    next_number: int | None
    next_kind: str | None
    advances_cents: int
    unapplied_cents: int


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A row of the items still to pay."""

    due_on: date
    contract: str
    number: int
    kind: str
    causale: str
    method: str
    balance_cents: int


_UPCOMING = (
    select(
        DueItem.due_on,
        Contract.number.label("contract"),
        DueItem.number,
        DueItem.kind,
        DueItem.causale,
        DueItem.method,
        BALANCE,
    )
    .join(Contract, Contract.id == DueItem.contract_id)
    .where(DueItem.customer_id == CUSTOMER, TO_PAY)
    .order_by(DueItem.due_on, Contract.number, DueItem.number, DueItem.id)
    .limit(bindparam("limit", type_=Integer()))
)
_SUMS = (
    select(
        total(case((ACTIVE, OVERDUE), else_=0)).label("overdue_cents"),
        func.count().filter(and_(ACTIVE, STATE == "overdue")).label("overdue_items"),
        total(case((ACTIVE, 0), else_=OVERDUE)).label("closed_overdue_cents"),
        total(case((COLLECTED_ADVANCE, DueItem.net_cents), else_=0)).label("advances_cents"),
    )
    .join(Contract, Contract.id == DueItem.contract_id)
    .where(DueItem.customer_id == CUSTOMER)
    .cte("sums")
)


def _unapplied() -> ColumnElement[int]:
    """Money that pays no item: all that came, less what is allocated."""
    came = select(total(Payment.amount_cents)).where(Payment.customer_id == CUSTOMER)
    pays = select(total(Allocation.amount_cents)).join(Payment, Payment.id == Allocation.payment_id)
    return came.scalar_subquery() - pays.where(Payment.customer_id == CUSTOMER).scalar_subquery()


def _figures() -> Rows:
    coming = next_payment()
    single = coming.c["items"] == 1
    return select(
        *_SUMS.c,
        coming.c.due_on.label("next_due_on"),
        func.coalesce(coming.c.cents, 0).label("next_payment_cents"),
        func.coalesce(coming.c["items"], 0).label("next_items"),
        case((single, coming.c.number), else_=null()).label("next_number"),
        case((single, coming.c.kind), else_=null()).label("next_kind"),
        _unapplied().label("unapplied_cents"),
    ).select_from(_SUMS.outerjoin(coming, true()))


_FIGURES = _figures()


def upcoming(access: Access, today: date, limit: int = 5) -> pd.DataFrame:
    """The next items to pay on active contracts, soonest first, with the columns of `Upcoming`.

    Balances in cents, VAT included.
    """
    values = {"customer": access.customer, "today": today, "limit": limit}
    with db.reading(access) as connection:
        return frame(connection.execute(_UPCOMING, values), Upcoming)


def situation(access: Access, today: date) -> Situation:
    """The four figures of the home page, in cents. One statement.

    Overdue is the sum of the overdue balances of active contracts, that of closed ones apart; the next payment is the
    sum of the balances on the earliest due date from today; advances are net and collected; unapplied is money that
    pays no item. Raises NotFound without a customer.
    """
    with db.reading(access) as connection:
        figures = connection.execute(_FIGURES, {"customer": access.customer, "today": today}).one()
    return Situation(**figures._mapping)
