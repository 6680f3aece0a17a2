"""The statement of account: what was owed on a day, what moved it since, what is owed on another.

The account of a customer is a running sum. A due item counts from the day its invoice is issued, because that is the
document people tick off against their own books; its due date stands in the row. A credit note takes away on its issue
date, a payment on the day it came, whole, and a debit that came back adds again on the day it did. Money that pays no
item yet is part of the balance, and told apart beside it. Due items without an invoice are no part of it.

Of one contract, money counts by what it pays of the contract's items: what pays nothing belongs to no contract.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, and_, bindparam, case, cast, func, null, select
from sqlalchemy.orm import aliased

from core import db
from core.access import Access
from core.billing import ageing
from core.billing.ageing import Ageing
from core.billing.moves import ITEM, PAYMENT, RETURN, SINCE, bound, moves, order
from core.billing.period import Period, StatementFilters
from core.billing.tables import Allocation, DueItem, Invoice, Payment
from core.book.frames import require_contract
from core.book.ledger import CONTRACT, total
from core.book.tables import Contract
from core.db import BIG, Rows
from core.tabular import frame

PAGE_ROWS = 25
_OPENING = bindparam("opening", type_=BIG)


@dataclass(frozen=True, slots=True)
class Movement:
    """A row of the statement: an invoiced due item (`source` is "item"), money that came ("payment") or went back.

    `document` is the number of the invoice or the reference of the payment; `contract` is missing where a payment pays
    items of several, or none. A "return" has the bank's `reason` and the day of what it `reversed_on`. Of debit and
    credit one is missing, of what comes to nothing both. `balance_cents` is what is owed after it.
    """

    source: str
    source_id: int
    day: date
    document: str
    document_id: int | None
    contract: str | None
    kind: str | None
    causale: str | None
    number: int | None
    due_on: date | None
    method: str
    reason: str | None
    reversed_on: date | None
    debit_cents: int | None
    credit_cents: int | None
    balance_cents: int


@dataclass(frozen=True, slots=True)
class Sums:
    """The figures of a period, in cents: what was owed before its first day, what it added and took away.

    `rows` is how many movements it has; `since` its first day, the first movement's where none was asked for.
    """

    since: date
    until: date
    opening_cents: int
    debit_cents: int
    credit_cents: int
    rows: int

    @property
    def closing_cents(self) -> int:
        """What is owed at the end of the last day."""
        return self.opening_cents + self.debit_cents - self.credit_cents


@dataclass(frozen=True, slots=True)
class StatementPage:
    """The figures of a statement, how old what is owed is, and one page of rows with the columns of `Movement`."""

    sums: Sums
    ageing: Ageing
    rows: pd.DataFrame
    number: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.sums.rows // self.size))


@cache
def _sums(one: bool) -> Rows:
    move = moves(one)
    within, cents = move.c.day >= SINCE, move.c.cents
    return select(
        func.min(move.c.day).label("first"),
        total(case((within, 0), else_=cents)).label("opening_cents"),
        total(case((and_(within, cents > 0), cents), else_=0)).label("debit_cents"),
        total(case((and_(within, cents < 0), -cents), else_=0)).label("credit_cents"),
        func.count().filter(within).label("rows"),
    )


@cache
def _rows(one: bool, *, paged: bool) -> Rows:
    """The movements of the period with their running balances, in order; all, or `size` of them after `skipped`."""
    move = moves(one)
    running = cast(func.sum(move.c.cents).over(order_by=order(move)), BigInteger)
    rows = select(move, (_OPENING + running).label("balance_cents")).where(move.c.day >= SINCE)
    if paged:
        size, skipped = (bindparam(name, type_=Integer()) for name in ("size", "skipped"))
        rows = rows.order_by(*order(move)).limit(size).offset(skipped)
    return _told(rows.subquery("moved"), CONTRACT if one else None)


def _told(moved: Any, contract: ColumnElement[str] | None) -> Rows:  # noqa: ANN401 - a subquery, whose columns mypy does not know
    """The movements with all that a row says of them."""
    reversed_, is_item = aliased(Payment), moved.c.rank == ITEM
    cents = moved.c.cents
    wanted = (
        case((is_item, "item"), (moved.c.rank == PAYMENT, "payment"), else_="return").label("source"),
        moved.c.source_id,
        moved.c.day,
        func.coalesce(Invoice.number, Payment.reference).label("document"),
        Invoice.document_id,
        (func.coalesce(Contract.number, _paid_contract(moved)) if contract is None else contract).label("contract"),
        DueItem.kind,
        DueItem.causale,
        DueItem.number,
        DueItem.due_on,
        func.coalesce(DueItem.method, Payment.method).label("method"),
        Payment.reason,
        reversed_.paid_on.label("reversed_on"),
        case((cents > 0, cents), else_=null()).label("debit_cents"),
        case((cents < 0, -cents), else_=null()).label("credit_cents"),
        moved.c.balance_cents,
    )
    return (
        select(*wanted)
        .select_from(moved)
        .outerjoin(DueItem, and_(is_item, DueItem.id == moved.c.source_id))
        .outerjoin(Invoice, Invoice.id == DueItem.invoice_id)
        .outerjoin(Contract, Contract.id == DueItem.contract_id)
        .outerjoin(Payment, and_(moved.c.rank.in_((PAYMENT, RETURN)), Payment.id == moved.c.source_id))
        .outerjoin(reversed_, reversed_.id == Payment.reverses_id)
        .order_by(*order(moved))
    )


def _paid_contract(moved: Any) -> ColumnElement[str]:  # noqa: ANN401 - as above
    """The contract of a payment's items, where they are of one."""
    item, contract = aliased(DueItem), aliased(Contract)
    one = func.min(contract.number) == func.max(contract.number)
    return (
        select(case((one, func.min(contract.number)), else_=null()))
        .select_from(Allocation)
        .join(item, item.id == Allocation.due_item_id)
        .join(contract, contract.id == item.contract_id)
        .where(moved.c.rank != ITEM, Allocation.payment_id == moved.c.source_id)
        .correlate(moved)
        .scalar_subquery()
    )


def statement(
    access: Access, today: date, filters: StatementFilters, page: int = 1, size: int = PAGE_ROWS
) -> StatementPage:
    """One page of a statement of account; a page past the end gives the last one. Three statements on one state.

    Amounts in cents, VAT included; the balance is what is owed, below zero what the customer has to his credit. Source:
    due_item, invoice, payment, allocation. Raises WrongPeriod, and NotFound for another's contract or without the
    grant to see invoices.
    """
    period, one = filters.period(today), filters.contract is not None
    values = bound(access, filters.contract, period)
    with db.reading(access) as connection:
        sums = _read_sums(connection, access, filters, period)
        aged = ageing.read(connection, access, filters.contract, period)
        number = min(max(page, 1), max(1, -(-sums.rows // size)))
        wanted = values | {"opening": sums.opening_cents, "size": size, "skipped": (number - 1) * size}
        rows = connection.execute(_rows(one, paged=True), wanted).all()
    if filters.contract and not rows:
        require_contract(access, filters.contract)
    return StatementPage(sums, aged, frame(rows, Movement), number, size)


def statement_sums(access: Access, today: date, filters: StatementFilters) -> Sums:
    """The figures of a statement of account, in cents. Raises what `statement` does."""
    with db.reading(access) as connection:
        sums = _read_sums(connection, access, filters, filters.period(today))
    if filters.contract and not sums.rows:
        require_contract(access, filters.contract)
    return sums


@contextmanager
def whole_statement(
    access: Access, today: date, filters: StatementFilters
) -> Iterator[tuple[Sums, Ageing, Iterator[Movement]]]:
    """Figures, ageing and every row for a file, oldest first, on one state; rows are read in chunks as they are taken.

    Of another's contract there are none: `statement_sums` refuses it. Raises WrongPeriod, and NotFound without the
    grant to see invoices.
    """
    period, one = filters.period(today), filters.contract is not None
    with db.reading(access) as connection:
        sums = _read_sums(connection, access, filters, period)
        aged = ageing.read(connection, access, filters.contract, period)
        values = bound(access, filters.contract, period) | {"opening": sums.opening_cents}
        options = {"yield_per": 2_000}
        with connection.execute(_rows(one, paged=False), values, execution_options=options) as rows:
            yield sums, aged, (Movement(*row) for row in rows)


def _read_sums(connection: Connection, access: Access, filters: StatementFilters, period: Period) -> Sums:
    values = bound(access, filters.contract, period)
    first, *sums = connection.execute(_sums(filters.contract is not None), values).one()
    return Sums(period.since or first or period.until, period.until, *sums)
