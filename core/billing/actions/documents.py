"""Opening a document: the company's own file, or an invoice drawn once from its snapshot and kept."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, update

from core import audit, db, files
from core.access import Access, Grant
from core.billing.tables import DueItem, Invoice
from core.book.tables import Contract, Document
from core.db import Rows
from core.documents import invoice as paper
from core.kit import words
from core.kit.errors import NotFound
from core.locale import translations
from core.settings import settings


@dataclass(frozen=True, slots=True)
class File:
    """A file on its way to a person."""

    content: bytes
    filename: str
    mime: str


def open_document(access: Access, document_id: int) -> File:
    """A document of the customer; an invoice that came without a file is drawn at its first opening and kept.

    Leaves an audit line. Raises NotFound for another's document or without the grant to see invoices.
    """
    access.require(Grant.SEE_INVOICES)
    wanted = select(Document.sha256, Document.filename, Document.mime).where(
        Document.id == document_id, Document.customer_id == access.customer
    )
    with db.reading(access) as connection:
        row = connection.execute(wanted).one_or_none()
        sheet = _invoice_sheet(connection, document_id) if row is not None and row.sha256 is None else None
    if row is None:
        audit.denied(access, "document", document_id)
        raise NotFound
    content = files.get(row.sha256) if sheet is None else paper.draw(sheet)
    key = row.sha256 or files.put(content)
    with db.transaction(access) as connection:
        if row.sha256 is None:
            undrawn = Document.id == document_id, Document.sha256.is_(None)
            connection.execute(update(Document).where(*undrawn).values(sha256=key))
        audit.write(connection, access, "document_opened", "document", document_id, sha256=key)
    return File(content, row.filename, row.mime)


def _invoice_sheet(connection: Connection, document_id: int) -> paper.InvoiceSheet:
    """The snapshot an invoice is drawn from."""
    invoice = connection.execute(
        select(Invoice.id, Invoice.number, Invoice.issued_on, Invoice.recipient).where(
            Invoice.document_id == document_id
        )
    ).one()
    items = connection.execute(_invoiced(invoice.id)).all()
    recipient = {name: invoice.recipient.get(name) for name in ("name", "address", "tax_code", "vat_no")}
    return paper.InvoiceSheet(
        number=invoice.number,
        issued_on=invoice.issued_on,
        recipient=paper.Recipient(**recipient),
        lines=[_line(item) for item in items],
        lessor=settings().company_name,
        legal=settings().company_legal,
        iban=next((item.iban for item in items if item.method == "SDD"), None),
    )


def _invoiced(invoice_id: int) -> Rows:
    return (
        select(
            Contract.number.label("contract"),
            Contract.vat_bp,
            Contract.iban,
            DueItem.kind,
            DueItem.causale,
            DueItem.number,
            DueItem.due_on,
            DueItem.method,
            DueItem.net_cents,
            DueItem.fees_cents,
            DueItem.vat_cents,
        )
        .join(Contract, Contract.id == DueItem.contract_id)
        .where(DueItem.invoice_id == invoice_id)
        .order_by(DueItem.due_on, Contract.number, DueItem.number, DueItem.id)
    )


def _line(item: Row[*tuple[Any, ...]]) -> paper.Line:
    """A line of the paper; its words are Italian, whatever the language of who opens it."""
    gettext = translations("it").gettext
    return paper.Line(
        contract=item.contract,
        causale=gettext(words.causale_message(item.kind, item.causale)),
        number=item.number,
        due_on=item.due_on,
        method=gettext(words.METHODS[item.method]),
        net_cents=item.net_cents,
        fees_cents=item.fees_cents,
        vat_bp=item.vat_bp,
        vat_cents=item.vat_cents,
    )
