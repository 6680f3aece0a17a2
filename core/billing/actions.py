"""Deeds on the ledger's files: open an invoice's document (drawn once and kept), export the schedule as a workbook."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, BinaryIO

from sqlalchemy import Connection, Row, select, update

from core import audit, db, files
from core.access import Access, Grant
from core.billing.frames import ledger, ledger_rows
from core.billing.ledger import Filters
from core.billing.tables import DueItem, Invoice
from core.book.tables import Contract, Document
from core.db import Rows
from core.documents import invoice as paper
from core.exports import workbook
from core.exports.names import file_name
from core.exports.workbook import Column, Kind, Link, Notes
from core.kit import clock, words
from core.kit.errors import N_, NotFound, TooManyRows
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


def _columns(gettext: Callable[[str], str]) -> list[Column]:
    money: dict[str, Any] = {"kind": Kind.MONEY, "width": 14, "total": True}
    options: dict[str, dict[str, Any]] = {
        "state": {"width": 12},
        "contract": {"width": 11},
        "due_on": {"kind": Kind.DATE, "width": 11},
        "number": {"kind": Kind.COUNT, "width": 10},
        "causale": {"width": 18},
        "method": {"width": 27},
        "invoice": {"kind": Kind.LINK, "width": 14},
    }
    return [Column(gettext(label), **options.get(name, money)) for name, label in words.LEDGER.items()]


def _rows(access: Access, today: date, filters: Filters, gettext: Callable[[str], str]) -> Iterator[list[object]]:
    for row in ledger(access, today, filters):
        (contract, due_on, number, kind, causale, method, gross, paid, balance, overdue, state, invoice, document) = row
        yield [
            gettext(words.ITEM_STATES[state]),
            contract,
            due_on,
            number,
            gettext(words.causale_message(kind, causale)),
            gettext(words.METHODS[method]),
            gross,
            paid,
            balance,
            overdue,
            Link(invoice, f"/documents/{document}") if document else invoice,
        ]


def _filter_notes(filters: Filters, gettext: Callable[[str], str]) -> list[tuple[str, str]]:
    contract, state = words.LEDGER["contract"], words.LEDGER["state"]
    chosen = words.ITEM_STATES[filters.state] if filters.state else N_("All")
    return [
        (gettext(contract), filters.contract or gettext(N_("All contracts"))),
        (gettext(state), gettext(chosen)),
        (gettext(N_("Invoice number contains")), filters.query.strip() or "–"),
        (gettext(N_("View")), gettext(words.VIEWS[filters.view]) if filters.view else "–"),
    ]


def export_invoices(access: Access, today: date, filters: Filters, out: BinaryIO, *, lang: str, who: str) -> str:
    """Write the filtered schedule into `out` as a workbook, amounts VAT included; returns the file's name.

    Leaves an audit line with filters and row count. Raises TooManyRows above the row limit, NotFound for another's
    contract or without the grant to see invoices.
    """
    count, limit = ledger_rows(access, today, filters), settings().export_rows_limit
    if count > limit:
        raise TooManyRows(rows=count, limit=limit)
    gettext = translations(lang).gettext
    title = gettext(N_("Invoices and payments"))
    notes = Notes(
        lang=lang,
        company=settings().company_name,
        title=title,
        who=who,
        at=clock.now(),
        data_date=today,
        filters=_filter_notes(filters, gettext),
    )
    rows = _rows(access, today, filters, gettext)
    written = workbook.write(out, sheet=title, columns=_columns(gettext), rows=rows, notes=notes)
    with db.transaction(access) as connection:
        audit.write(connection, access, "export", "invoices", **asdict(filters), rows=written)
    return file_name(gettext(N_("invoices")), filters.contract or "", on=today, extension="xlsx")
