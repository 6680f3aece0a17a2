"""Insert and update of all rows of a staged file at once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, SQLColumnExpression, insert, select, true, update

from core import bulk
from core.db import Base
from core.intake.frames.judging import Counts
from core.intake.staging import TABLES
from core.intake.standing import STANDINGS

PDF = "application/pdf"
Values = Mapping[str, SQLColumnExpression[Any]]
Joined = Callable[[FromClause], FromClause]


@dataclass(frozen=True, slots=True)
class Work:
    """A write under way: how many rows of each file are new or changed, and who wants to hear of those written.

    `names` are what files are called on disk, where that differs.
    """

    connection: Connection
    counts: Counts
    names: Mapping[str, str]
    now: datetime
    advance: Callable[[int], None]

    def has(self, outcome: str, file: str) -> bool:
        """Whether any row of a file is `new` or `changed`."""
        return self.counts.get(file, {}).get(outcome, 0) > 0


def own(file: str, *but: str) -> Values:
    """The staged values of a file under their own names, which are those of the table, but for some."""
    dropped = {"line", "sound", "named_on", *but}
    return {column.name: column for column in TABLES[file].c if column.name not in dropped}


def inserted(work: Work, model: type[Base], names: Iterable[str], rows: Select[*tuple[Any, ...]]) -> None:
    """Insert the rows of a select, and say how many."""
    statement = insert(model).from_select(list(names), rows, include_defaults=False)
    # Without it PostgreSQL's driver does not say.
    written = work.connection.execute(statement, execution_options={"preserve_rowcount": True})
    work.advance(written.rowcount)
    # What follows joins with these rows.
    bulk.analyze(work.connection, model)


def insert_new(
    work: Work, file: str, model: type[Base], joined: Joined, values: Values, part: ColumnElement[bool] | None = None
) -> None:
    """Insert the new rows of a file, or a part of them, in its order.

    `joined` joins what `values` needs to the file's standing.
    """
    if not work.has("new", file):
        return
    new = select(*values.values()).select_from(joined(STANDINGS[file].rows))
    new = new.where(~STANDINGS[file].is_there, true() if part is None else part)
    inserted(work, model, values, new.order_by(TABLES[file].c.line))


def update_changed(work: Work, file: str, model: type[Base], joined: Joined, values: Values) -> None:
    """Update the changed rows of a file."""
    if not work.has("changed", file):
        return
    key = model.__table__.c.id
    changed = select(key.label("row_id"), *(value.label(f"new_{name}") for name, value in values.items()))
    found = changed.select_from(joined(STANDINGS[file].found)).where(STANDINGS[file].changed).subquery()
    statement = update(model).where(key == found.c.row_id)
    written = work.connection.execute(statement.values({name: found.c[f"new_{name}"] for name in values}))
    work.advance(written.rowcount)


def save(work: Work, file: str, model: type[Base], joined: Joined, values: Values) -> None:
    """Insert the new rows of a file and update the changed ones."""
    insert_new(work, file, model, joined, values)
    update_changed(work, file, model, joined, values)
