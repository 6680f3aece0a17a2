"""Checks of what must not be lost: the database and the file store. Plain SQL: the schema may be another version's."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from core import db, files, schema
from core.access import Access
from core.doctor.findings import Finding
from core.kit import clock
from core.settings import settings

SHOWN = 3
LARGEST_DIFFERENCE = timedelta(seconds=5)
_ACCESS = Access.system("doctor")
_INVALID = """
    select conrelid::regclass || '.' || conname from pg_constraint where not convalidated
    union all select indexrelid::regclass::text from pg_index where not indisvalid
"""
_NEWEST = "select sha256 from document where sha256 is not null order by id desc limit 200"
RESTORE = "Restore the last backup, see docs/operating.md"


def reachable() -> Iterator[Finding]:
    """A database that answers. One that is not there is not made."""
    path = db.database().url.database
    if db.database().sqlite and path and not Path(path).is_file():
        yield Finding(f"there is no database at {path} yet", "Run python -m core migrate")
    else:
        _column("select 1")


def intact() -> Iterator[Finding]:
    """What the database finds wrong in itself: broken pages, rows that point nowhere, constraints never validated."""
    if not db.database().sqlite:
        for name in _column(_INVALID):
            yield Finding(f"{name} is not valid", "Mend the rows it speaks of, then validate or rebuild it")
        return
    for fault in _column(f"pragma integrity_check({SHOWN})"):
        if fault != "ok":
            yield Finding(f"the database file is damaged: {fault}", RESTORE)
    for table in sorted(set(_column("pragma foreign_key_check"))):
        yield Finding(f"rows of {table} point to rows that are not there", RESTORE)


def journal() -> Iterator[Finding]:
    """SQLite keeps a write-ahead log, or readers and writers wait for each other."""
    if db.database().sqlite and (mode := _column("pragma journal_mode")[0]) != "wal":
        yield Finding(f"the database keeps no write-ahead log (it says {mode})", "Move it to a disk of this machine")


def clocks() -> Iterator[Finding]:
    """The clocks of this machine and of the database's agree; the demo's may be shifted on purpose."""
    if db.database().sqlite or settings().clock:
        return
    apart = abs(clock.now() - _column("select clock_timestamp()")[0])
    if apart > LARGEST_DIFFERENCE:
        seconds = round(apart.total_seconds())
        yield Finding(
            f"the clocks of portal and database are {seconds} s apart", "Let both follow the same time server"
        )


def revision() -> Iterator[Finding]:
    """The schema this version of the portal is written for."""
    at, wanted = schema.current(), schema.newest()
    if schema.newer(at):
        yield Finding(f"the database is at revision {at}, newer than {wanted}", "Run the newer version of the portal")
    elif at != wanted:
        yield Finding(f"the database is at revision {at}, the portal needs {wanted}", "Run python -m core migrate")


def unfinished() -> Iterator[Finding]:
    """No remains of processes that were killed while they wrote a file; the worker takes them away every hour."""
    left = files.unfinished(clock.now() - 2 * files.UNFINISHED_KEPT)
    if left:
        yield Finding(
            f"{len(left)} files were never finished, such as {left[0]}", "Run python -m core job housekeeping"
        )


def documents() -> Iterator[Finding]:
    """The newest documents have their files."""
    keys = _column(_NEWEST)
    missing = [key for key in keys if not files.exists(key)]
    if missing:
        wrong = f"{len(missing)} of the {len(keys)} newest documents have no file, such as {missing[0]}"
        yield Finding(wrong, "Check PORTAL_FILES_URL, else restore the files of the last backup or import them again")


def _column(statement: str) -> list[Any]:
    """The first column of what a statement finds."""
    with db.reading(_ACCESS) as connection:
        return list(connection.exec_driver_sql(statement).scalars())
