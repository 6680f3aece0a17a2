"""The home page's situation: four figures on the active contracts, and the next items to pay."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import and_, case, func, select

from core import db
from core.access import Access
from core.billing.ledger import BALANCE, active, collected_advance, next_due_on, overdue, state, to_pay, total
from core.billing.tables import Allocation, DueItem, Payment
from core.book.tables import Contract
from core.db import Rows


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


def _active_items(access: Access, today: date) -> Rows:
    """The customer's due items of active contracts that are still to pay and not past, soonest first."""
    return (
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
        .where(DueItem.customer_id == access.customer, to_pay(today))
        .order_by(DueItem.due_on, Contract.number, DueItem.number, DueItem.id)
    )


def upcoming(access: Access, today: date, limit: int = 5) -> pd.DataFrame:
    """The next items to pay on active contracts, soonest first.

    Columns: due_on (datetime64), contract, number, kind, causale, method, balance_cents.
    """
    with db.reading(access) as connection:
        return db.frame(connection, _active_items(access, today).limit(limit), dates=["due_on"])


def _sums(access: Access, today: date) -> Rows:
    unapplied = (
        select(Payment.amount_cents - func.coalesce(func.sum(Allocation.amount_cents), 0).label("cents"))
        .outerjoin(Allocation, Allocation.payment_id == Payment.id)
        .where(Payment.customer_id == access.customer)
        .group_by(Payment.id)
        .subquery()
    )
    return (
        select(
            total(case((active(today), overdue(today)), else_=0)).label("overdue_cents"),
            func.count().filter(and_(active(today), state(today) == "overdue")).label("overdue_items"),
            total(case((active(today), 0), else_=overdue(today))).label("closed_overdue_cents"),
            total(case((collected_advance(today), DueItem.net_cents), else_=0)).label("advances_cents"),
            select(total(unapplied.c[0])).scalar_subquery().label("unapplied_cents"),
        )
        .select_from(DueItem)
        .join(Contract, Contract.id == DueItem.contract_id)
        .where(DueItem.customer_id == access.customer)
    )


def situation(access: Access, today: date) -> Situation:
    """The four figures of the home page, in cents.

    Overdue is the sum of the overdue balances of active contracts, that of closed ones apart; the next payment is the
    sum of the balances on the earliest due date from today; advances are net and collected; unapplied is money that
    pays no item. Raises NotFound without a customer.
    """
    with db.reading(access) as connection:
        sums = connection.execute(_sums(access, today)).one()
        on_first = _active_items(access, today).where(DueItem.due_on == next_due_on(access, today))
        items = db.frame(connection, on_first, dates=["due_on"])
    only = items.iloc[0] if len(items) == 1 else None
    return Situation(
        next_due_on=None if items.empty else items["due_on"].iloc[0].date(),
        next_payment_cents=int(items["balance_cents"].sum()),
        next_items=len(items),
        next_number=None if only is None else int(only["number"]),
        next_kind=None if only is None else str(only["kind"]),
        **sums._asdict(),
    )
