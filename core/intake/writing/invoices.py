"""Invoices of a book with the snapshot of their recipient, and the document that each has from the start.

The titles are words of the company's paper, Italian in every language of the portal.
"""

import re
from collections import defaultdict

from core.billing.tables import Invoice
from core.book.tables import Document
from core.intake.columns import CONTRACTS, CUSTOMERS, DOCUMENTS, DUE_ITEMS, INVOICES, Values
from core.intake.rules.book import Row
from core.intake.writing.rows import Work, chunks, id_of, insert_rows, linked, save, update_rows

PDF = "application/pdf"
INVOICE, CREDIT_NOTE = "Fattura", "Nota di credito"
_DOCUMENT = ("customer_id", "contract_id", "title", "filename", "sha256")
RECIPIENT = ("name", "address", "tax_code", "vat_no", "code")


def write_invoices(work: Work) -> None:
    """Insert the new invoices, each with its document: the imported file, or the place of the one to be drawn."""
    titles = _titles(work)
    documents: dict[str, int] = {}
    for rows in chunks(work.verdict.new[INVOICES]):
        records = [_document(work, row, titles[row.values["number"]]) for row in rows]
        added = insert_rows(work, Document, records, _DOCUMENT)
        documents.update(zip((row.values["number"] for row in rows), added, strict=True))

    def invoice(work: Work, row: Row) -> Values:
        document_id = documents[row.values["number"]]
        return linked(work, row) | {"document_id": document_id, "recipient": _recipient(work, row)}

    save(work, INVOICES, Invoice, invoice, ("number",))


def write_documents(work: Work) -> None:
    """Give invoices that came earlier the file that came now."""
    earlier = [row for row in work.verdict.new[DOCUMENTS] if work.case.before(DOCUMENTS, row) is not None]
    titled = [row for row in earlier if "title" in row.values]
    update_rows(
        work,
        Document,
        [{"id": id_of(work, DOCUMENTS, row), "sha256": row.values["file"].sha256} for row in earlier],
    )
    update_rows(work, Document, [{"id": id_of(work, DOCUMENTS, row), "title": row.values["title"]} for row in titled])
    work.advance(len(work.verdict.new[DOCUMENTS]))


def _titles(work: Work) -> dict[str, str]:
    """What each invoice of the book is: a credit note where every item of it is one."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for row in work.case.book.of(DUE_ITEMS):
        if row.values["invoice"]:
            kinds[row.values["invoice"]].add(row.values["kind"])
    return {number: CREDIT_NOTE if found == {"NOTA_CREDITO"} else INVOICE for number, found in kinds.items()}


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


def _recipient(work: Work, row: Row) -> Values:
    customer = work.case.found(CUSTOMERS, row.values["customer"]) or {}
    return {name: customer[name] for name in RECIPIENT}
