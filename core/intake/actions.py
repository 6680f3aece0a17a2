"""A book goes in whole or not at all, in one transaction; its files are in the store before it opens."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import Connection, insert, text

from core import audit, db, files
from core.access import Access
from core.intake import frames
from core.intake.columns import DOCUMENTS, DOCUMENTS_FOLDER
from core.intake.rules.book import Book, Refused
from core.intake.rules.judging import Verdict, judge
from core.intake.tables import ImportBatch
from core.intake.writing import record
from core.kit import clock
from core.kit.errors import N_, PortalError

Advance = Callable[[int], None]
Counts = dict[str, dict[str, int]]


class FileChanged(PortalError):
    """A document was rewritten between being read and being kept."""

    message = N_("The file %(name)s changed while it was being imported. Nothing was imported.")


def preview(access: Access, book: Book) -> Verdict:
    """What importing the book would do now; nothing is written. Only for the system."""
    with db.reading(access) as connection:
        return judge(book, frames.stored(access, connection, book))


def import_book(
    access: Access,
    book: Book,
    *,
    source: str = "import",
    as_of: date | None = None,
    advance: Advance = lambda _rows: None,
) -> Counts:
    """Write the book; returns how many rows of each file were new, changed and the same. Only for the system.

    `advance` hears how many rows are done, chunk by chunk. Raises Refused with every fault; nothing was written then.
    """
    started_at = clock.now()
    if book.faults:
        raise Refused(preview(access, book).faults)
    _keep_files(book)
    with db.transaction(access) as connection:
        _wait_for_other_imports(connection)
        verdict = judge(book, frames.stored(access, connection, book))
        if verdict.faults:
            raise Refused(verdict.faults)
        advance(book.size - verdict.size)
        record(connection, verdict, clock.now(), advance)
        counts = {file: {k: n for k, n in found.items() if k != "refused"} for file, found in verdict.counts.items()}
        batch = {"source": source, "as_of": as_of, "started_at": started_at, "finished_at": clock.now()}
        added = insert(ImportBatch).values(**batch, counts=counts).returning(ImportBatch.id)
        batch_id = connection.execute(added).scalar_one()
        audit.write(connection, access, "import", "import_batch", batch_id, counts=counts)
    return counts


def _keep_files(book: Book) -> None:
    """Put the documents into the store. Should the import fail, they lie there unnamed and do no harm."""
    for row in book.sound(DOCUMENTS):
        pdf = row.values["file"]
        if files.put((book.folder / DOCUMENTS_FOLDER / pdf.name).read_bytes()) != pdf.sha256:
            raise FileChanged(name=pdf.name)


def _wait_for_other_imports(connection: Connection) -> None:
    """SQLite has one writer at a time anyway; on PostgreSQL an import must not judge beside another's writing."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("lock table import_batch in share row exclusive mode"))
