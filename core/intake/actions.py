"""A book goes in whole or not at all: staged, judged, then written in one short transaction.

Its files are in the store before that transaction opens.
"""

from datetime import date
from functools import partial

from sqlalchemy import Connection, func, insert, select, text, union

from core import audit, db, files
from core.access import Access
from core.intake import frames, staging
from core.intake.blocks import Advance, Source, silent
from core.intake.columns import DOCUMENTS_FOLDER, WITH_PDFS
from core.intake.cutting import cut
from core.intake.frames import Counts, Verdict
from core.intake.rules.book import Refused
from core.intake.tables import ImportBatch
from core.intake.writing import invoice_papers, record
from core.kit import clock
from core.kit.errors import N_, PortalError

# How long a judged book waits for those who write: for another import, which may take minutes.
LONGEST_WAIT_SECONDS = 600


class FileChanged(PortalError):
    """A document was rewritten between being read and being kept."""

    message = N_("The file %(name)s changed while it was being imported. Nothing was imported.")


def preview(access: Access, source: Source, *, as_of: date | None = None, advance: Advance = silent) -> Verdict:
    """What importing the book would do now; nothing is written. Only for the system."""
    access.require_system()
    with db.holding(access) as held, held.scratch() as connection:
        _stage(connection, source, as_of, advance)
        return frames.judge(access, connection, source)


def import_book(
    access: Access, source: Source, *, of: str = "import", as_of: date | None = None, advance: Advance = silent
) -> Counts:
    """Write the book, as it stood on the day `as_of` if there is one; returns rows by file and outcome.

    The outcomes are `new`, `changed` and `same`. Memory does not grow with the book; the ledger is locked for the last
    step only. Only for the system. Raises Refused with every fault; nothing was written then.
    """
    access.require_system()
    started_at = clock.now()
    with db.holding(access) as held:
        with held.scratch() as connection:
            _stage(connection, source, as_of, advance)
        while True:
            with held.scratch() as connection:
                last = _last_batch(connection)
                verdict = _ready(access, connection, source)
                _keep_files(connection, source)
            with held.transaction(wait=LONGEST_WAIT_SECONDS) as connection:
                _wait_for_other_imports(connection)
                # Where another one came in between, the verdict is asked for again, while nobody waits for it.
                if _last_batch(connection) == last:
                    record(connection, verdict.counts, source.names, clock.now(), partial(advance, "writing"))
                    counts = {file: _outcomes(found) for file, found in verdict.counts.items()}
                    _note(access, connection, counts, source=of, as_of=as_of, started_at=started_at)
                    return counts


def _note(access: Access, connection: Connection, counts: Counts, **batch: object) -> None:
    added = insert(ImportBatch).values(**batch, finished_at=clock.now(), counts=counts).returning(ImportBatch.id)
    batch_id = connection.execute(added).scalar_one()
    audit.write(connection, access, "import", "import_batch", batch_id, counts=counts)


def _outcomes(found: dict[str, int]) -> dict[str, int]:
    return {outcome: found[outcome] for outcome in frames.OUTCOMES}


def _stage(connection: Connection, source: Source, as_of: date | None, advance: Advance) -> None:
    for block in staging.fill(connection, source.blocks):
        advance("reading", len(block.numbers))
    staging.empty(connection, source.unread)
    staging.index(connection)
    if as_of is not None:
        if source.faults:
            raise Refused(source.faults)
        cut(connection, as_of)
    advance("checking", 0)


def _ready(access: Access, connection: Connection, source: Source) -> Verdict:
    """The verdict on a book without faults, and the papers of its invoices. Raises Refused."""
    verdict = frames.judge(access, connection, source)
    if verdict.faults:
        raise Refused(verdict.faults)
    invoice_papers.prepare(connection)
    return verdict


def _keep_files(connection: Connection, source: Source) -> None:
    """Put the documents into the store. Should the import fail, they lie there unnamed and do no harm."""
    named = (staging.TABLES[file].c for file in WITH_PDFS)
    for name, sha256 in connection.execute(union(*(select(staged.found_as, staged.sha256) for staged in named))):
        assert source.folder is not None  # noqa: S101 - only a folder has documents
        if files.put((source.folder / DOCUMENTS_FOLDER / name).read_bytes()) != sha256:
            raise FileChanged(name=name)


def _last_batch(connection: Connection) -> int | None:
    """The last import."""
    return connection.execute(select(func.max(ImportBatch.id))).scalar()


def _wait_for_other_imports(connection: Connection) -> None:
    """SQLite has one writer at a time anyway; on PostgreSQL an import must not write beside another."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("lock table import_batch in share row exclusive mode"))
