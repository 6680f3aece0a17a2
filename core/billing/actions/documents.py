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
        document = connection.execute(wanted).one_or_none()
        undrawn = document is not None and document.sha256 is None
        sheet = _invoice_sheet(connection, document_id) if undrawn else None
    if document is None:
        audit.denied(access, "document", document_id)
        raise NotFound
    key = document.sha256 if sheet is None else files.put(paper.draw(sheet))
    with db.transaction(access) as connection:
        if sheet is not None:
            key = _kept(connection, document_id, key)
        audit.write(connection, access, "document_opened", "document", document_id, sha256=key)
    return File(files.get(key), document.filename, document.mime)


def _kept(connection: Connection, document_id: int, drawn: str) -> str:
    """Keep the key of a drawn paper, unless another file has come to the document meanwhile: then that one's."""
    undrawn = Document.id == document_id, Document.sha256.is_(None)
    connection.execute(update(Document).where(*undrawn).values(sha256=drawn))
    return str(connection.execute(select(Document.sha256).where(Document.id == document_id)).scalar_one())


def _invoice_sheet(connection: Connection, document_id: int) -> paper.InvoiceSheet:
    """An invoice as it was at its intake: names, accounts and rates of its snapshot, amounts of its items."""
    invoice = connection.execute(
        select(Invoice.id, Invoice.number, Invoice.issued_on, Invoice.snapshot).where(
            Invoice.document_id == document_id
        )
    ).one()
    items = connection.execute(_invoiced(invoice.id)).all()
    contracts = invoice.snapshot["contracts"]
    recipient = {name: invoice.snapshot["recipient"].get(name) for name in ("name", "address", "tax_code", "vat_no")}
    return paper.InvoiceSheet(
        number=invoice.number,
        issued_on=invoice.issued_on,
        recipient=paper.Recipient(**recipient),
        lines=[_line(item, contracts[item.contract]["vat_bp"]) for item in items],
        lessor=invoice.snapshot["lessor"],
        legal=invoice.snapshot["legal"],
        iban=next(filter(None, (contracts[item.contract]["iban"] for item in items if item.method == "SDD")), None),
    )


def _invoiced(invoice_id: int) -> Rows:
    return (
        select(
            Contract.number.label("contract"),
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


def _line(item: Row[*tuple[Any, ...]], vat_bp: int) -> paper.Line:
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
        vat_bp=vat_bp,
        vat_cents=item.vat_cents,
    )
