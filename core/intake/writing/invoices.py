"""Invoices, and the document that each has from the start: the imported file, or the place of the one to be drawn."""

from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    MetaData,
    Select,
    SQLColumnExpression,
    Table,
    Text,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import aliased

from core import bulk
from core.billing.tables import Invoice
from core.book.tables import Contract, Document
from core.db import BIG, Instant
from core.identity.tables import Customer
from core.intake.columns import DOCUMENTS, INVOICES
from core.intake.rules.book import Fault, Refused
from core.intake.staging import TABLES, finish, remake
from core.intake.standing import STANDINGS
from core.intake.writing.papers import PAPERS, SNAPSHOTS
from core.intake.writing.rows import Work, insert_new, own

PDF = "application/pdf"
_TOO_LATE = "came too late: the invoice was drawn meanwhile"
_IDS = Table(
    "document_ids",
    MetaData(),
    Column("number", Text),
    Column("document_id", BIG),
    Index("ix_document_ids_number", "number"),
    prefixes=["TEMPORARY"],
)


def write(work: Work) -> None:
    """The new invoices with their documents; invoices that came earlier get the file that came now.

    Raises Refused where one of those has been drawn meanwhile.
    """
    _hold_undrawn(work.connection)
    if work.has("new", INVOICES):
        _new(work)
    _given_later(work)


def _new(work: Work) -> None:
    staged, owner, lease = TABLES[INVOICES].c, aliased(Customer), aliased(Contract)
    remake(work.connection, _IDS)
    ids = select(PAPERS.c.number, bulk.fresh_ids(work.connection, Document, PAPERS.c.number))
    work.connection.execute(insert(_IDS).from_select(["number", "document_id"], ids))
    finish(work.connection, _IDS)
    rows = STANDINGS[INVOICES].rows.join(owner, owner.code == staged.customer)
    rows = rows.outerjoin(lease, lease.number == staged.contract)
    rows = rows.join(PAPERS, PAPERS.c.number == staged.number).join(_IDS, _IDS.c.number == staged.number)
    links = {"customer_id": owner.id, "contract_id": lease.id}
    paper = {name: PAPERS.c[name] for name in ("title", "filename", "sha256")}
    made: dict[str, SQLColumnExpression[Any]] = {"mime": literal(PDF), "created_at": literal(work.now, Instant())}
    document: dict[str, SQLColumnExpression[Any]] = {"id": _IDS.c.document_id, **links, **paper, **made}
    new = select(*document.values()).select_from(rows).where(~STANDINGS[INVOICES].is_there)
    work.connection.execute(insert(Document).from_select(list(document), new))
    bulk.analyze(work.connection, Document)
    with_snapshots = rows.join(SNAPSHOTS, SNAPSHOTS.c.id == PAPERS.c.snapshot)
    invoice = {"document_id": _IDS.c.document_id, "snapshot": SNAPSHOTS.c.content}
    insert_new(work, INVOICES, Invoice, with_snapshots, {**own(INVOICES, "customer", "contract"), **links, **invoice})


def _hold_undrawn(connection: Connection) -> None:
    """Lock the documents until the end of the import: an invoice may be opened, and drawn, while a book is judged."""
    staged = TABLES[DOCUMENTS].c
    undrawn = _standing(select(Document.id)).where(Document.sha256.is_(None))
    connection.execute(undrawn.with_for_update(of=Document))
    late = _standing(select(staged.line, staged.file)).where(Document.sha256 != staged.sha256)
    found = [Fault(DOCUMENTS, line, "file", file, _TOO_LATE) for line, file in connection.execute(late)]
    if found:
        raise Refused(found)


def _standing(columns: Select[Any]) -> Select[Any]:
    """The staged documents of invoices that are there."""
    staged = TABLES[DOCUMENTS]
    rows = columns.select_from(staged).join(Invoice, Invoice.number == staged.c.invoice)
    return rows.join(Document, Document.id == Invoice.document_id)


def _given_later(work: Work) -> None:
    staged = TABLES[DOCUMENTS]
    columns = (Document.id, staged.c.sha256, func.coalesce(staged.c.title, Document.title).label("title"))
    given = _standing(select(*columns)).where(Document.sha256.is_(None)).subquery()
    placed = update(Document).where(Document.id == given.c.id)
    written = work.connection.execute(placed.values(sha256=given.c.sha256, title=given.c.title))
    work.advance(written.rowcount)
