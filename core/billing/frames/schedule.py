"""The schedule: one page of the ledger for the screen, all of it for a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd
from sqlalchemy import Integer, bindparam, func, select

from core import db
from core.access import Access
from core.billing.ledger import BALANCE, COLUMNS, ITEM, OVERDUE, SORTS, STATE, STATES, Filters, bound, filtered, marks
from core.billing.tables import DueItem
from core.book.frames import require_contract
from core.book.ledger import total
from core.db import Rows
from core.tabular import frame

PAGE_ROWS = 25
_SHAPES = 512


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the schedule. `returned` is the bank's reason of an unpaid item's last returned debit.

    `provisional` is a direct debit that may still come back.
    """

    item_id: int
    contract: str
    due_on: date
    number: int
    kind: str
    causale: str
    method: str
    gross_cents: int
    paid_cents: int
    balance_cents: int
    overdue_cents: int
    state: str
    invoice: str | None
    document_id: int | None
    returned: str | None
    provisional: bool

    @property
    def chip(self) -> str:
        """What is said beside the state: `returned`, `partial`, or nothing."""
        if self.returned is not None:
            return "returned"
        return "partial" if 0 < self.paid_cents < self.gross_cents else ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the schedule, its rows with the columns of `Item`.

    `total_rows` and `overdue_cents` are of all the rows that the filters let through; `counts` is rows by state (and
    `all`) whatever state was asked for.
    """

    rows: pd.DataFrame
    number: int
    size: int
    total_rows: int
    overdue_cents: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """What all the rows come to that the filters let through, in cents, VAT included."""

    gross_cents: int
    paid_cents: int
    balance_cents: int
    overdue_cents: int


@lru_cache(_SHAPES)
def _sums(shape: Filters) -> Rows:
    """Rows and overdue cents by state."""
    return filtered(shape, [STATE, func.count().label("items"), total(OVERDUE).label("cents")]).group_by(STATE)


@lru_cache(_SHAPES)
def _page_of(shape: Filters) -> Rows:
    """The rows of a page with their marks, which are asked for these rows only."""
    size, skipped = (bindparam(name, type_=Integer()) for name in ("size", "skipped"))
    order = SORTS[shape.sort]
    page = filtered(shape, [DueItem.id.label("item_id"), *COLUMNS]).order_by(*order(ITEM))
    item = page.limit(size).offset(skipped).subquery("item")
    return select(*item.c, *marks(item)).order_by(*order(item.c))


@lru_cache(_SHAPES)
def _whole(shape: Filters) -> Rows:
    return filtered(shape, COLUMNS).order_by(*SORTS[shape.sort](ITEM))


@lru_cache(_SHAPES)
def _totals(shape: Filters) -> Rows:
    amounts = (DueItem.gross_cents, DueItem.paid_cents, BALANCE, OVERDUE)
    return filtered(shape, list(map(total, amounts)))


@lru_cache(_SHAPES)
def _count(shape: Filters) -> Rows:
    return filtered(shape, [func.count()])


def schedule(access: Access, today: date, filters: Filters, page: int = 1, size: int = PAGE_ROWS) -> Page:
    """One page of a customer's ledger; a page past the end gives the last one. Two statements on one state.

    Amounts in cents, VAT included. Raises NotFound for another's contract or without the grant to see invoices.
    """
    values, shape = bound(access, today, filters), filters.shape
    with db.reading(access) as connection:
        sums = {row.state: row for row in connection.execute(_sums(replace(shape, state=None)), values)}
        chosen = [row for name, row in sums.items() if filters.state in {None, name}]
        rows = sum(row.items for row in chosen)
        number = min(max(page, 1), max(1, -(-rows // size)))
        found = connection.execute(_page_of(shape), values | {"size": size, "skipped": (number - 1) * size}).all()
    if not sums and filters.contract:
        require_contract(access, filters.contract)
    counts = {name: sums[name].items if name in sums else 0 for name in STATES}
    return Page(
        rows=frame(found, Item),
        number=number,
        size=size,
        total_rows=rows,
        overdue_cents=sum(row.cents for row in chosen),
        counts={"all": sum(counts.values()), **counts},
    )


@contextmanager
def ledger(access: Access, today: date, filters: Filters) -> Iterator[tuple[Totals, Iterator[dict[str, Any]]]]:
    """Totals and every filtered row for a file, on one state; rows are read in chunks as they are taken.

    They come oldest first unless another order was chosen, each a dict of contract, due_on (date), number, kind,
    causale, method, gross_cents, paid_cents, balance_cents, overdue_cents, state, invoice, document_id.
    """
    values = bound(access, today, filters)
    shape = replace(filters.shape, sort="due_on" if filters.sort == "-due_on" else filters.sort)
    with db.reading(access) as connection:
        totals = Totals(*connection.execute(_totals(shape), values).one())
        with connection.execute(_whole(shape), values, execution_options={"yield_per": 2_000}) as rows:
            names = tuple(rows.keys())
            yield totals, (dict(zip(names, row, strict=True)) for row in rows)


def ledger_rows(access: Access, today: date, filters: Filters) -> int:
    """How many rows `ledger` gives. Raises NotFound for another's contract."""
    with db.reading(access) as connection:
        count: int = connection.execute(_count(filters.shape), bound(access, today, filters)).scalar_one()
    if count == 0 and filters.contract:
        require_contract(access, filters.contract)
    return count
