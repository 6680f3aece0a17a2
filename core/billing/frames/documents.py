"""The documents of a customer, a page at a time: contracts, plans, invoices and credit notes, certificates, letters."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

import pandas as pd
from sqlalchemy import Integer, Row, SQLColumnExpression, bindparam, func, select

from core import db
from core.access import Access
from core.billing.frames.schedule import PAGE_ROWS
from core.billing.shelf import ISSUED_ON, KIND, PAPER_KINDS, DocumentFilters, bound, filtered
from core.billing.tables import DueItem, Invoice
from core.book.frames import require_contract
from core.book.tables import Contract, Document
from core.db import Rows
from core.tabular import frame

_SHAPES = 256


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: one of PAPER_KINDS, the day it was issued, the contracts it is about, the number of an invoice."""

    document_id: int
    kind: str
    issued_on: date
    title: str
    number: str | None
    contract: str | None


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One page of the documents, its rows with the columns of `Paper`; `counts` is documents by kind and `all`.

    The counts are of the other filters, whatever kind was asked for; `total_rows` is of all of them.
    """

    rows: pd.DataFrame
    number: int
    size: int
    total_rows: int
    counts: dict[str, int]


@lru_cache(_SHAPES)
def _counts(shape: DocumentFilters) -> Rows:
    kind = KIND.label("kind")
    found = filtered(shape, [kind]).subquery()
    return select(found.c.kind, func.count().label("documents")).group_by(found.c.kind)


@lru_cache(_SHAPES)
def _page(shape: DocumentFilters) -> Rows:
    """The documents of a page, each once for every contract that it is about."""
    size, skipped = (bindparam(name, type_=Integer()) for name in ("size", "skipped"))
    columns: list[SQLColumnExpression[Any]] = [
        Document.id.label("document_id"),
        KIND.label("kind"),
        ISSUED_ON.label("issued_on"),
        Document.title,
        Invoice.number.label("number"),
        Document.contract_id,
        Invoice.id.label("invoice_id"),
    ]
    order = (ISSUED_ON.desc(), Document.id.desc())
    page = filtered(shape, columns).order_by(*order).limit(size).offset(skipped).subquery("page")
    billed = select(DueItem.invoice_id, DueItem.contract_id).distinct()
    items = billed.where(DueItem.invoice_id.in_(select(page.c.invoice_id))).subquery("items")
    shown = [column for column in page.c if column.name not in {"contract_id", "invoice_id"}]
    rows = select(*shown, Contract.number.label("contract")).select_from(page)
    rows = rows.outerjoin(items, items.c.invoice_id == page.c.invoice_id)
    rows = rows.outerjoin(Contract, Contract.id == func.coalesce(items.c.contract_id, page.c.contract_id))
    return rows.order_by(page.c.issued_on.desc(), page.c.document_id.desc(), Contract.number)


def documents(access: Access, today: date, filters: DocumentFilters, page: int = 1, size: int = PAGE_ROWS) -> PaperPage:
    """One page of a customer's documents, the newest first; a page past the end gives the last one. Two statements.

    Source: document, invoice, due_item. Raises NotFound for another's contract or without the grant to see invoices,
    WrongPeriod.
    """
    values, shape = bound(access, today, filters), filters.shape
    with db.reading(access) as connection:
        found: dict[str, int] = dict(connection.execute(_counts(replace(shape, kind=None)), values).all())
        rows = sum(count for kind, count in found.items() if filters.kind in {None, kind})
        number = min(max(page, 1), max(1, -(-rows // size)))
        shown = connection.execute(_page(shape), values | {"size": size, "skipped": (number - 1) * size}).all()
    if not found and filters.contract:
        require_contract(access, filters.contract)
    counts = {"all": sum(found.values()), **{kind: found.get(kind, 0) for kind in PAPER_KINDS}}
    return PaperPage(frame(_each_once(shown), Paper), number, size, rows, counts)


def _each_once(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[tuple[Any, ...]]:
    """Each document once, with the numbers of its contracts side by side."""
    for (*said,), alike in groupby(rows, key=lambda row: row[:-1]):
        numbers = [row.contract for row in alike if row.contract is not None]
        yield (*said, ", ".join(numbers) or None)
