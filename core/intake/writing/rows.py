"""Inserts and updates of the rows of a judged book, in chunks; natural keys become ids on the way."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from core.db import Base, execute_many
from core.intake.columns import CONTRACTS, CUSTOMERS, INVOICES, Key, Values
from core.intake.rules.book import Row, key_of
from core.intake.rules.judging import Verdict
from core.intake.rules.standing import Case

ROWS_AT_ONCE = 1_000
_LINKS = {
    "customer": (CUSTOMERS, "customer_id"),
    "contract": (CONTRACTS, "contract_id"),
    "invoice": (INVOICES, "invoice_id"),
}


@dataclass(slots=True)
class Work:
    """A write under way. `ids` knows every row the book names that is in the database by now."""

    connection: Connection
    verdict: Verdict
    now: datetime
    advance: Callable[[int], None]
    ids: dict[str, dict[Key, int]]

    @property
    def case(self) -> Case:
        """The book beside the database as it was before."""
        return self.verdict.case


Record = Callable[[Work, Row], Values]


def save(work: Work, file: str, model: type[Base], record: Record, names: Sequence[str]) -> None:
    """Insert the new rows of a file and update the changed ones, each turned into a table row by `record`.

    `names` are the columns of the table's natural key.
    """
    for rows in chunks(work.verdict.new[file]):
        added = insert_rows(work, model, [record(work, row) for row in rows], names)
        keys = [key for row in rows if (key := key_of(file, row)) is not None]
        work.ids[file].update(zip(keys, added, strict=True))
        work.advance(len(rows))
    for rows in chunks(work.verdict.changed[file]):
        update_rows(work, model, [record(work, row) | {"id": id_of(work, file, row)} for row in rows])
        work.advance(len(rows))


def insert_rows(work: Work, model: type[Base], records: Sequence[Values], names: Sequence[str]) -> list[int]:
    """Insert table rows; returns their ids in the same order. Rows alike in the columns `names` are alike in all.

    The ids come back in no promised order (asking for one costs SQLite a statement for each row), but with `names`.
    """
    columns = model.__table__.columns
    statement = insert(model).returning(columns["id"], *(columns[name] for name in names))
    ids: dict[Key, list[int]] = defaultdict(list)
    for row_id, *named in work.connection.execute(statement, records):
        ids[tuple(named)].append(row_id)
    return [ids[tuple(record[name] for name in names)].pop() for record in records]


def update_rows(work: Work, model: type[Base], records: Sequence[dict[str, Any]]) -> None:
    """Update table rows by their `id`; all records name the same columns."""
    if not records:
        return
    columns = [name for name in records[0] if name != "id"]
    table = model.__table__
    statement = update(model).where(table.c.id == bindparam("row_id"))
    statement = statement.values({name: bindparam(f"new_{name}") for name in columns})
    execute_many(
        work.connection,
        statement,
        [{"row_id": record["id"]} | {f"new_{name}": record[name] for name in columns} for record in records],
    )


def linked(work: Work, row: Row) -> Values:
    """The values of a row with ids for the customer, contract and invoice it names."""
    record: Values = {}
    for name, value in row.values.items():
        if name in _LINKS:
            file, column = _LINKS[name]
            record[column] = None if value is None else work.ids[file][value,]
        else:
            record[name] = value
    return record


def id_of(work: Work, file: str, row: Row) -> int:
    """The id of a row of the book that is in the database. KeyError is a bug of the order of writing."""
    key = key_of(file, row)
    assert key is not None  # noqa: S101 - only sound rows are written
    return work.ids[file][key]


def chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """The rows, so many at a time."""
    return (rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE))
