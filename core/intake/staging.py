"""A book in temporary tables: what is judged before a row of it reaches the ledger, and gone with the connection."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    and_,
    delete,
    text,
)
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from core import bulk
from core.intake.blocks import Block
from core.intake.columns import DOCUMENTS, DUE_ITEMS, FORMATS, NUMBERED_KINDS, PAPERS, PAYMENTS, FileFormat

# Stands for the day in the name of a row whose number is enough.
ANY_DAY = date(1900, 1, 1)
NAMED_ON = "named_on"
_TYPES = {"text": Text, "whole": BigInteger, "day": Date, "flag": Boolean}
_FURTHER = {DOCUMENTS: ("sha256", "found_as"), PAPERS: ("sha256", "found_as")}
_FURTHER_INDEXES = {DUE_ITEMS: ("invoice",), PAYMENTS: ("reverses",)}


def _named_by_day(file: FileFormat) -> bool:
    return "kind" in file.key


def name_columns(file: FileFormat) -> tuple[str, ...]:
    """The columns whose values name a row of a file."""
    return (*file.key[:-1], NAMED_ON) if _named_by_day(file) else file.key


def _table(file: FileFormat, metadata: MetaData) -> Table:
    name = f"staged_{file.name.partition('.')[0]}"
    table = Table(
        name,
        metadata,
        Column("line", Integer),
        Column("sound", Boolean),
        *(Column(column.key, _TYPES[column.holds]) for column in file.columns),
        *(Column(field, Text) for field in _FURTHER.get(file.name, ())),
        *([Column(NAMED_ON, Date)] if _named_by_day(file) else []),
        prefixes=["TEMPORARY"],
    )
    Index(f"ix_{name}", *(table.c[column] for column in name_columns(file)))
    for field in _FURTHER_INDEXES.get(file.name, ()):
        Index(f"ix_{name}_{field}", table.c[field])
    return table


_METADATA = MetaData()
TABLES = {file.name: _table(file, _METADATA) for file in FORMATS.values()}


# What names a payment, and a due item.
PAYMENT, ITEM = (name_columns(FORMATS[file]) for file in (PAYMENTS, DUE_ITEMS))


def alike(one: Any, other: Any, names: Iterable[str]) -> ColumnElement[bool]:  # noqa: ANN401 - columns of two tables
    """Whether two rows have the same name."""
    return and_(*(one[name] == other[name] for name in names))


def gross(item: Any) -> ColumnElement[int]:  # noqa: ANN401 - columns of staged due items
    """What a staged due item is of, in cents."""
    cents: ColumnElement[int] = item.net_cents + item.fees_cents + item.vat_cents
    return cents


def fill(connection: Connection, blocks: Iterable[Block]) -> Iterable[Block]:
    """Make the tables and put the blocks into them, one after the other as they are asked for."""
    for table in TABLES.values():
        connection.execute(CreateTable(table))
    for block in blocks:
        bulk.load(connection, TABLES[block.file], _columns(block))
        yield block


def _columns(block: Block) -> dict[str, Sequence[Any]]:
    table, values = TABLES[block.file], dict(block.values)
    if NAMED_ON in table.c:
        days = values[FORMATS[block.file].key[-1]]
        values[NAMED_ON] = [_day_named(kind, day) for kind, day in zip(values["kind"], days, strict=True)]
    return {"line": block.numbers, "sound": block.sound, **values}


def _day_named(kind: str | None, day: date | None) -> date | None:
    if kind is None:
        return None
    return ANY_DAY if kind in NUMBERED_KINDS else day


def empty(connection: Connection, files: Iterable[str]) -> None:
    """Forget the rows of files that could not be read to the end."""
    for file in files:
        connection.execute(delete(TABLES[file]))


def index(connection: Connection) -> None:
    """Index the full tables, for the joins of the rules."""
    for table in TABLES.values():
        finish(connection, table)


def remake(connection: Connection, table: Table) -> None:
    """Make a temporary table, in place of the one that a first judgement left."""
    connection.execute(DropTable(table, if_exists=True))
    connection.execute(CreateTable(table))


def finish(connection: Connection, table: Table) -> None:
    """Index a full table and tell the planner how full it is."""
    for each in sorted(table.indexes, key=lambda one: str(one.name)):
        connection.execute(CreateIndex(each))
    connection.execute(text(f"ANALYZE {table.name}"))
