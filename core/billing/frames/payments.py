"""Payments with what they settle, what is left of them, and their returns."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import pandas as pd
from sqlalchemy import Integer, bindparam, func, select

from core import db
from core.access import Access
from core.billing.frames.statement import PAGE_ROWS
from core.billing.moves import SINCE, UNTIL, bound
from core.billing.period import StatementFilters
from core.billing.receipts import both_ways, receipt
from core.billing.tables import Allocation, DueItem, Payment
from core.book.frames import require_contract
from core.book.ledger import CONTRACT, CUSTOMER, total
from core.book.tables import Contract
from core.db import Rows
from core.tabular import frame


@dataclass(frozen=True, slots=True)
class Receipt:
    """A payment, or the return of one (amount below zero, with the bank's `reason`).

    It settles `items`; where that is one, `item_id`, `contract`, `kind`, `causale` and `number` are its. The rest that
    pays nothing is `unapplied_cents`, after its return if there is one. `reversal_*` is the payment that takes it back,
    `reversed_*` the one that it takes back.
    """

    payment_id: int
    paid_on: date
    method: str
    reference: str
    amount_cents: int
    unapplied_cents: int
    reason: str | None
    items: int
    item_id: int | None
    contract: str | None
    kind: str | None
    causale: str | None
    number: int | None
    reversal_id: int | None
    reversal_on: date | None
    reversal_reason: str | None
    reversed_id: int | None
    reversed_on: date | None


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """One page of a period's payments with the columns of `Receipt`, the latest first.

    `amount_cents` is the sum of all pages; `since` the first payment's day where no first day was asked for.
    """

    since: date
    until: date
    rows: pd.DataFrame
    number: int
    size: int
    total_rows: int
    amount_cents: int


def _in_period(rows: Rows, one: bool) -> Rows:
    rows = rows.where(Payment.customer_id == CUSTOMER, Payment.paid_on >= SINCE, Payment.paid_on <= UNTIL)
    if not one:
        return rows
    pays = select(Allocation.payment_id).join(DueItem, DueItem.id == Allocation.due_item_id)
    pays = pays.join(Contract, Contract.id == DueItem.contract_id)
    return rows.where(Payment.id.in_(pays.where(DueItem.customer_id == CUSTOMER, Contract.number == CONTRACT)))


@cache
def _count(one: bool) -> Rows:
    first = func.min(Payment.paid_on).label("first")
    return _in_period(select(first, func.count().label("rows"), total(Payment.amount_cents).label("cents")), one)


@cache
def _page_of(one: bool) -> Rows:
    """The payments of a page: what each settles is asked for these only."""
    size, skipped = (bindparam(name, type_=Integer()) for name in ("size", "skipped"))
    latest = Payment.paid_on.desc(), Payment.id.desc()
    page = _in_period(select(Payment.id), one).order_by(*latest).limit(size).offset(skipped).subquery("page")
    rows = both_ways(select(*receipt()).select_from(Payment).join(page, page.c.id == Payment.id))
    return rows.order_by(*latest)


def payments(
    access: Access, today: date, filters: StatementFilters, page: int = 1, size: int = PAGE_ROWS
) -> ReceiptPage:
    """One page of a period's payments, of a contract those that pay items of it; a page past the end is the last one.

    Amounts in cents. Two statements on one state. Source: payment, allocation. Raises WrongPeriod, and NotFound for
    another's contract or without the grant to see invoices.
    """
    one = filters.contract is not None
    period = filters.period(today)
    values = bound(access, filters.contract, period)
    with db.reading(access) as connection:
        count = connection.execute(_count(one), values).one()
        number = min(max(page, 1), max(1, -(-count.rows // size)))
        found = connection.execute(_page_of(one), values | {"size": size, "skipped": (number - 1) * size}).all()
    if filters.contract and not found:
        require_contract(access, filters.contract)
    since = period.since or count.first or period.until
    return ReceiptPage(since, period.until, frame(found, Receipt), number, size, count.rows, count.cents)
