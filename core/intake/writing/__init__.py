"""A judged book becomes rows of the ledger, a statement or two for each table, in the order of their foreign keys."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from core.intake.frames.judging import Counts
from core.intake.writing import invoices, ledger, master, papers
from core.intake.writing.rows import Work

__all__ = ["record"]


def record(
    connection: Connection, counts: Counts, names: Mapping[str, str], now: datetime, advance: Callable[[int], None]
) -> None:
    """Write what is new and what changed, in the caller's transaction. `advance` hears how many rows were written."""
    work = Work(connection, counts, names, now, advance)
    master.write(work)
    papers.write(work)
    invoices.write(work)
    ledger.write(work)
