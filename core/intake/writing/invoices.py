"""Invoices, and the document that each has from the start: the imported file, or the place of the one to be drawn."""

from typing import Any

from sqlalchemy import (
    Column,
    FromClause,
    Index,
    MetaData,
    Select,
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
from core.intake.writing.invoice_papers import INVOICE_PAPERS, SNAPSHOTS
from core.intake.writing.rows import PDF, Joined, Values, Work, insert_new, own

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
    _hold_undrawn(work)
    if work.has("new", INVOICES):
        _new(work)
    _given_later(work)


def _new(work: Work) -> None:
    staged, owner, lease = TABLES[INVOICES].c, aliased(Customer), aliased(Contract)
    remake(work.connection, _IDS)
    ids = select(INVOICE_PAPERS.c.number, bulk.fresh_ids(work.connection, Document, INVOICE_PAPERS.c.number))
    work.connection.execute(insert(_IDS).from_select(["number", "document_id"], ids))
    finish(work.connection, _IDS)

    def joined(rows: FromClause) -> FromClause:
        rows = rows.join(owner, owner.code == staged.customer).outerjoin(lease, lease.number == staged.contract)
        rows = rows.join(INVOICE_PAPERS, INVOICE_PAPERS.c.number == staged.number)
        return rows.join(_IDS, _IDS.c.number == staged.number)

    def with_snapshot(rows: FromClause) -> FromClause:
        return joined(rows).join(SNAPSHOTS, SNAPSHOTS.c.id == INVOICE_PAPERS.c.snapshot)

    links: Values = {"customer_id": owner.id, "contract_id": lease.id}
    _documents(work, joined, links)
    paper: Values = {"document_id": _IDS.c.document_id, "snapshot": SNAPSHOTS.c.content}
    values = {**own(INVOICES, "customer", "contract"), **links, **paper}
    insert_new(work, INVOICES, Invoice, with_snapshot, values)


def _documents(work: Work, joined: Joined, links: Values) -> None:
    """The documents of the new invoices; the file that came for one counts as a row of its own."""
    paper = {name: INVOICE_PAPERS.c[name] for name in ("title", "filename", "sha256")}
    made: Values = {"mime": literal(PDF), "created_at": literal(work.now, Instant())}
    values = {"id": _IDS.c.document_id, **links, **paper, **made}
    new = select(*values.values()).select_from(joined(STANDINGS[INVOICES].rows)).where(~STANDINGS[INVOICES].is_there)
    work.connection.execute(insert(Document).from_select(list(values), new))
    bulk.analyze(work.connection, Document)
    given = select(func.count()).select_from(INVOICE_PAPERS).where(INVOICE_PAPERS.c.sha256.is_not(None))
    work.advance(work.connection.execute(given).scalar_one())


def _hold_undrawn(work: Work) -> None:
    """Lock the documents until the end of the import: an invoice may be opened, and drawn, while a book is judged."""
    staged = TABLES[DOCUMENTS].c
    undrawn = _standing(select(Document.id)).where(Document.sha256.is_(None)).order_by(Document.id)
    work.connection.execute(undrawn.with_for_update(of=Document))
    late = _standing(select(staged.line, staged.file)).where(Document.sha256 != staged.sha256)
    called = work.names.get(DOCUMENTS, DOCUMENTS)
    found = [Fault(called, line, "file", file, _TOO_LATE) for line, file in work.connection.execute(late)]
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
