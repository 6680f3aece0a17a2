"""Invoices that came without a file are drawn from their snapshots, once, and kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, String, bindparam, select, update

from core import files
from core.billing.tables import DueItem, Invoice
from core.book.tables import Contract, Document
from core.db import BIG
from core.documents import invoice as paper
from core.kit import words
from core.locale import translations

_RECIPIENT = ("name", "address", "tax_code", "vat_no")
_DOCUMENT: BindParameter[int] = bindparam("document", type_=BIG)
_DRAWN: BindParameter[str] = bindparam("drawn", type_=String())
_KEEP = update(Document).where(Document.id == _DOCUMENT, Document.sha256.is_(None)).values(sha256=_DRAWN)
_ITEMS = (
    select(
        DueItem.invoice_id,
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
    .order_by(DueItem.due_on, Contract.number, DueItem.number, DueItem.id)
)

_Any = Row[*tuple[Any, ...]]


def undrawn(connection: Connection, document_ids: Iterable[int]) -> dict[int, paper.InvoiceSheet]:
    """What is to be drawn for those of these documents that have no file yet, by document: some hundred at most.

    An invoice is as it was at its intake: names, accounts and rates of its snapshot, amounts of its items.
    """
    wanted = select(Invoice.id, Invoice.number, Invoice.issued_on, Invoice.snapshot, Invoice.document_id)
    wanted = wanted.join(Document, Document.id == Invoice.document_id).where(Document.sha256.is_(None))
    invoices = connection.execute(wanted.where(Document.id.in_(list(document_ids)))).all()
    items: dict[int, list[_Any]] = defaultdict(list)
    if invoices:
        of_them = DueItem.invoice_id.in_([invoice.id for invoice in invoices])
        for item in connection.execute(_ITEMS.where(of_them)):
            items[item.invoice_id].append(item)
    return {invoice.document_id: _sheet(invoice, items[invoice.id]) for invoice in invoices}


def draw(sheets: Mapping[int, paper.InvoiceSheet]) -> dict[int, str]:
    """Draw invoices and put them into the file store; their keys by document."""
    return {document_id: files.put(paper.draw(sheet)) for document_id, sheet in sheets.items()}


def keep(connection: Connection, drawn: Mapping[int, str]) -> dict[int, str]:
    """Keep the keys of drawn papers, unless another file has come to a document meanwhile: then that one's."""
    # In the order of their ids: two who keep the same papers at once come after each other.
    connection.execute(_KEEP, [{"document": document_id, "drawn": key} for document_id, key in sorted(drawn.items())])
    kept = connection.execute(select(Document.id, Document.sha256).where(Document.id.in_(list(drawn))))
    return {document_id: str(key) for document_id, key in kept}


def _sheet(invoice: _Any, items: Sequence[_Any]) -> paper.InvoiceSheet:
    contracts = invoice.snapshot["contracts"]
    recipient = {name: invoice.snapshot["recipient"].get(name) for name in _RECIPIENT}
    return paper.InvoiceSheet(
        number=invoice.number,
        issued_on=invoice.issued_on,
        recipient=paper.Recipient(**recipient),
        lines=[_line(item, contracts[item.contract]["vat_bp"]) for item in items],
        lessor=invoice.snapshot["lessor"],
        legal=invoice.snapshot["legal"],
        iban=next(filter(None, (contracts[item.contract]["iban"] for item in items if item.method == "SDD")), None),
    )


def _line(item: _Any, vat_bp: int) -> paper.Line:
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
