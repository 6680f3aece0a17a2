"""Insert and update of all rows of a staged file at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, SQLColumnExpression, insert, select, true, update

from core import bulk
from core.db import Base
from core.intake.frames.judging import Counts
from core.intake.staging import TABLES
from core.intake.standing import STANDINGS

Values = Mapping[str, SQLColumnExpression[Any]]


@dataclass(frozen=True, slots=True)
class Work:
    """A write under way: how many rows of each file are new or changed, and who wants to hear of those written."""

    connection: Connection
    counts: Counts
    now: datetime
    advance: Callable[[int], None]

    def has(self, outcome: str, file: str) -> bool:
        """Whether any row of a file is `new` or `changed`."""
        return self.counts.get(file, {}).get(outcome, 0) > 0


def own(file: str, *but: str) -> Values:
    """The staged values of a file under their own names, which are those of the table, but for some."""
    dropped = {"line", "sound", "named_on", *but}
    return {column.name: column for column in TABLES[file].c if column.name not in dropped}


def insert_new(
    work: Work, file: str, model: type[Base], rows: FromClause, values: Values, part: ColumnElement[bool] | None = None
) -> None:
    """Insert the new rows of a file, or a part of them, in its order.

    `rows` joins what `values` needs to the file's standing.
    """
    if not work.has("new", file):
        return
    new = select(*values.values()).select_from(rows).where(~STANDINGS[file].is_there, true() if part is None else part)
    new = new.order_by(TABLES[file].c.line)
    written = work.connection.execute(insert(model).from_select(list(values), new, include_defaults=False))
    work.advance(written.rowcount)
    # What follows joins with these rows.
    bulk.analyze(work.connection, model)


def update_changed(work: Work, file: str, model: type[Base], rows: FromClause, values: Values) -> None:
    """Update the changed rows of a file."""
    if not work.has("changed", file):
        return
    key = model.__table__.c.id
    changed = select(key.label("row_id"), *(value.label(f"new_{name}") for name, value in values.items()))
    changed = changed.select_from(rows).where(STANDINGS[file].changed)
    found = changed.subquery()
    statement = update(model).where(key == found.c.row_id)
    written = work.connection.execute(statement.values({name: found.c[f"new_{name}"] for name in values}))
    work.advance(written.rowcount)


def save(work: Work, file: str, model: type[Base], rows: FromClause, values: Values) -> None:
    """Insert the new rows of a file and update the changed ones."""
    insert_new(work, file, model, rows, values)
    update_changed(work, file, model, rows, values)
