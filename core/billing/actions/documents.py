"""Opening a document: the company's own file, or an invoice drawn once from its snapshot and kept."""

from dataclasses import dataclass

from sqlalchemy import select

from core import audit, db, files
from core.access import Access, Grant
from core.billing import drawing
from core.book.tables import Document
from core.kit.errors import NotFound


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
        sheets = drawing.undrawn(connection, [document_id]) if document and document.sha256 is None else {}
    if document is None:
        audit.denied(access, "document", document_id)
        raise NotFound
    drawn = drawing.draw(sheets)
    with db.transaction(access) as connection:
        key = drawing.keep(connection, drawn)[document_id] if drawn else document.sha256
        audit.write(connection, access, "document_opened", "document", document_id, sha256=key)
    return File(files.get(key), document.filename, document.mime)
