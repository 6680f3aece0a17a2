"""The schedule: one page of the ledger for the screen, all of it for a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, cast, func, select

from core import db
from core.access import Access
from core.billing.ledger import SORTS, Filters, columns, filtered, marks, overdue
from core.billing.tables import DueItem
from core.book.frames import require_contract
from core.db import Rows

PAGE_ROWS = 25


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the schedule, and the figures of all the rows that the filters let through."""

    rows: pd.DataFrame
    number: int
    size: int
    total_rows: int
    overdue_cents: int


def _chip(returned: str | None, paid_cents: int, gross_cents: int) -> str:
    if not pd.isna(returned):
        return "returned"
    return "partial" if 0 < paid_cents < gross_cents else ""


def _page_of(access: Access, today: date, filters: Filters, number: int, size: int) -> Rows:
    """The rows of a page with their marks, which are asked for these rows only."""
    order = SORTS[filters.sort]
    whole = [
        DueItem.id.label("item_id"),
        func.row_number().over(order_by=order).label("position"),
        func.count().over().label("total_rows"),
        cast(func.sum(overdue(today)).over(), BigInteger).label("total_overdue"),
    ]
    page = filtered(access, today, filters, [*columns(today), *whole]).order_by(*order)
    item = page.limit(size).offset((number - 1) * size).subquery()
    return select(*item.c, *marks(item, today)).order_by(item.c.position)


def schedule(access: Access, today: date, filters: Filters, page: int = 1, size: int = PAGE_ROWS) -> Page:
    """One page of a customer's ledger; a page past the end gives the last one.

    Rows have item_id, contract, due_on (datetime64), number, kind, causale, method, gross_cents, paid_cents,
    balance_cents, overdue_cents, state (`overdue`, `upcoming`, `paid`), chip (``, `partial`, `returned`), returned
    (the bank's reason), provisional (a direct debit that may still come back), invoice, document_id (Int64).
    `overdue_cents` of the page is the sum over all filtered rows. Raises NotFound for another's contract.
    """
    number = max(page, 1)
    with db.reading(access) as connection:
        rows = db.frame(connection, _page_of(access, today, filters, number, size), dates=["due_on"])
        if rows.empty and number > 1:
            count = connection.execute(filtered(access, today, filters, [func.count()])).scalar_one()
            number = max(1, -(-count // size))
            rows = db.frame(connection, _page_of(access, today, filters, number, size), dates=["due_on"])
    if rows.empty and filters.contract:
        require_contract(access, filters.contract)
    rows["document_id"] = rows["document_id"].astype("Int64")
    told = zip(rows["returned"], rows["paid_cents"], rows["gross_cents"], strict=True)
    rows["chip"] = [_chip(*values) for values in told]
    count, sum_overdue = (int(rows[name].iloc[0]) if len(rows) else 0 for name in ("total_rows", "total_overdue"))
    return Page(rows.drop(columns=["position", "total_rows", "total_overdue"]), number, size, count, sum_overdue)


def ledger(access: Access, today: date, filters: Filters) -> Iterator[dict[str, Any]]:
    """Every filtered row for a file, oldest first unless another order was chosen, read in chunks.

    Each a dict of contract, due_on (date), number, kind, causale, method, gross_cents, paid_cents, balance_cents,
    overdue_cents, state, invoice, document_id.
    """
    order = SORTS["due_on" if filters.sort == "-due_on" else filters.sort]
    with db.reading(access) as connection:
        statement = filtered(access, today, filters, columns(today)).order_by(*order)
        with connection.execution_options(yield_per=2_000).execute(statement) as rows:
            for row in rows:
                yield row._asdict()


def ledger_rows(access: Access, today: date, filters: Filters) -> int:
    """How many rows `ledger` gives. Raises NotFound for another's contract."""
    with db.reading(access) as connection:
        count: int = connection.execute(filtered(access, today, filters, [func.count()])).scalar_one()
    if count == 0 and filters.contract:
        require_contract(access, filters.contract)
    return count
