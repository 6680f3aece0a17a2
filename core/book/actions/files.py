"""The end of every export: the table is written, the audit trail says so, the file gets its name."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, BinaryIO

from core import audit, db
from core.access import Access
from core.exports.extensions import WRITE, Extension
from core.exports.names import file_name
from core.exports.table import Table

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def write_file(
    access: Access,
    out: BinaryIO,
    table: Table,
    *,
    export: str,
    filters: "DataclassInstance",
    extension: Extension,
    parts: Sequence[str],
) -> str:
    """Write a table into `out`; returns the file's name: its `parts`, the empty ones left out, and the day of the data.

    Leaves an audit line on `export` with the filters, the format and the count of rows. Not for within a transaction:
    the line is one of its own, and nobody is to wait for a second connection while they hold one.
    """
    written = WRITE[extension](out, table)
    note_export(access, export, filters, extension=extension, rows=written)
    return file_name(*parts, on=table.notes.data_date, extension=extension)


def note_export(access: Access, export: str, filters: "DataclassInstance", *, extension: str, rows: int) -> None:
    """Leave the audit line of a file that was made, on `export`, with its filters, its format and the count of rows."""
    asked = {name: str(value) if isinstance(value, date) else value for name, value in asdict(filters).items()}
    with db.transaction(access) as connection:
        audit.write(connection, access, "export", export, **asked, format=extension, rows=rows)
