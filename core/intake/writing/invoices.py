"""Invoices of a book with the snapshot their paper is drawn from, and the document that each has from the start.

The titles are words of the company's paper, Italian in every language of the portal.
"""

import re
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from core.billing.tables import Invoice
from core.book.tables import Document
from core.intake.columns import CONTRACTS, CUSTOMERS, DOCUMENTS, DUE_ITEMS, INVOICES, Values
from core.intake.rules.book import Refused, Row, fault_at
from core.intake.writing.rows import Work, chunks, id_of, insert_rows, linked, save, update_rows
from core.settings import settings

PDF = "application/pdf"
INVOICE, CREDIT_NOTE = "Fattura", "Nota di credito"
_DOCUMENT = ("customer_id", "contract_id", "title", "filename", "sha256")
_TOO_LATE = "came too late: the invoice was drawn meanwhile"
RECIPIENT = ("name", "address", "tax_code", "vat_no", "code")


def write_invoices(work: Work) -> None:
    """Insert the new invoices, each with its document: the imported file, or the place of the one to be drawn."""
    items = _items(work)
    documents: dict[str, int] = {}
    for rows in chunks(work.verdict.new[INVOICES]):
        records = [_document(work, row, _title(items[row.values["number"]])) for row in rows]
        added = insert_rows(work, Document, records, _DOCUMENT)
        documents.update(zip((row.values["number"] for row in rows), added, strict=True))

    def invoice(work: Work, row: Row) -> Values:
        number = row.values["number"]
        return linked(work, row) | {"document_id": documents[number], "snapshot": _snapshot(work, row, items[number])}

    save(work, INVOICES, Invoice, invoice, ("number",))


def write_documents(work: Work) -> None:
    """Give invoices that came earlier the file that came now. Raises Refused where one has been drawn meanwhile."""
    earlier = [row for row in work.verdict.new[DOCUMENTS] if work.case.before(DOCUMENTS, row) is not None]
    _hold_undrawn(work, earlier)
    titled = [row for row in earlier if "title" in row.values]
    update_rows(
        work,
        Document,
        [{"id": id_of(work, DOCUMENTS, row), "sha256": row.values["file"].sha256} for row in earlier],
    )
    update_rows(work, Document, [{"id": id_of(work, DOCUMENTS, row), "title": row.values["title"]} for row in titled])
    work.advance(len(work.verdict.new[DOCUMENTS]))


def _hold_undrawn(work: Work, rows: Sequence[Row]) -> None:
    """Lock the documents until the end of the import: an invoice may be opened, and drawn, while a book is judged."""
    ids = {id_of(work, DOCUMENTS, row): row for row in rows}
    for chunk in chunks(rows):
        named = [id_of(work, DOCUMENTS, row) for row in chunk]
        undrawn = select(Document.id).where(Document.id.in_(named), Document.sha256.is_(None)).with_for_update()
        for held in work.connection.execute(undrawn).scalars():
            del ids[held]
    if ids:
        raise Refused(fault_at(DOCUMENTS, row, "file", _TOO_LATE) for row in ids.values())


def _items(work: Work) -> dict[str, list[Values]]:
    """The due items on each invoice of the book."""
    items: dict[str, list[Values]] = defaultdict(list)
    for row in work.case.book.of(DUE_ITEMS):
        if row.values["invoice"]:
            items[row.values["invoice"]].append(row.values)
    return items


def _title(items: list[Values]) -> str:
    """What an invoice is: a credit note where every item of it is one."""
    return CREDIT_NOTE if all(item["kind"] == "NOTA_CREDITO" for item in items) else INVOICE


def _document(work: Work, row: Row, title: str) -> Values:
    number, contract = row.values["number"], row.values["contract"]
    file = work.case.named[DOCUMENTS].get((number,))
    given = file.values if file else {}
    stem = f"{title.replace(' ', '_').lower()}_{re.sub('[^A-Za-z0-9]+', '-', number)}"
    return {
        "customer_id": work.ids[CUSTOMERS][row.values["customer"],],
        "contract_id": work.ids[CONTRACTS][contract,] if contract else None,
        "title": given.get("title", f"{title} {number}"),
        "filename": f"{stem}.pdf",
        "mime": PDF,
        "sha256": given["file"].sha256 if file else None,
        "created_at": work.now,
    }


def _snapshot(work: Work, row: Row, items: list[Values]) -> Values:
    """All that the paper of an invoice says besides its items, as it is today: later changes do not reach it."""
    customer = work.case.found(CUSTOMERS, row.values["customer"]) or {}
    contracts = {item["contract"]: work.case.found(CONTRACTS, item["contract"]) or {} for item in items}
    return {
        "recipient": {name: customer[name] for name in RECIPIENT},
        "lessor": settings().company_name,
        "legal": settings().company_legal,
        "contracts": {
            number: {"vat_bp": terms["vat_bp"], "iban": terms["iban"]} for number, terms in sorted(contracts.items())
        },
    }
