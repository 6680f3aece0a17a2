"""Many rows into a table the fastest way a driver has, and ids for rows that a statement makes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import psycopg
from sqlalchemy import BigInteger, ColumnElement, Connection, Date, Table, cast, func, literal, select, text

from core import engines
from core.db import Base


def load(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows that are given by column, all of one length: texts, whole numbers, days, flags, None.

    COPY on PostgreSQL, one prepared statement on SQLite.
    """
    names = [connection.dialect.identifier_preparer.quote(name) for name in columns]
    target = f"{connection.dialect.identifier_preparer.format_table(table)} ({', '.join(names)})"
    if connection.dialect.name == "postgresql":
        _copy(connection, target, columns)
        return
    marks = ", ".join("?" * len(names))
    days = {name for name in columns if isinstance(table.c[name].type, Date)}
    rows = list(zip(*[_iso(values) if name in days else values for name, values in columns.items()], strict=True))
    if rows:
        connection.exec_driver_sql(f"INSERT INTO {target} VALUES ({marks})", rows)  # noqa: S608 - our own names


def _copy(connection: Connection, target: str, columns: Mapping[str, Sequence[Any]]) -> None:
    cursor = connection.connection.cursor()
    try:
        with cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for row in zip(*columns.values(), strict=True):
                copy.write_row(row)
    except psycopg.Error as error:
        # COPY passes SQLAlchemy by.
        engines.refuse(error)
        raise
    finally:
        cursor.close()


def _iso(values: Sequence[date | None]) -> list[str | None]:
    """SQLite has no days: they are ISO texts there, each written once."""
    texts = {value: None if value is None else value.isoformat() for value in set(values)}
    return [texts[value] for value in values]


def analyze(connection: Connection, table: type[Base]) -> None:
    """Tell PostgreSQL's planner how full a table has become, minutes before it would find out. SQLite needs no word."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {connection.dialect.identifier_preparer.quote(table.__tablename__)}"))


def fresh_ids(connection: Connection, table: type[Base], order: ColumnElement[Any]) -> ColumnElement[int]:
    """A column of ids that no row of `table` has, for a select whose rows become rows of it in this transaction.

    PostgreSQL takes them from the table's sequence; on SQLite the transaction is the only writer, and they count on
    from the highest in `order`.
    """
    key = table.__table__.c.id
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.__tablename__, key.name)
        return cast(func.nextval(sequence), BigInteger)
    highest = select(func.coalesce(func.max(key), literal(0))).scalar_subquery()
    return highest + func.row_number().over(order_by=order)
