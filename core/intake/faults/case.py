"""A staged book before the database that is to take it, and a rule as a condition that no row of it may meet."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Label, SQLColumnExpression, select

from core.db import Rows
from core.intake import texts
from core.intake.columns import FORMATS
from core.intake.rules.book import Fault
from core.intake.staging import TABLES
from core.kit.money import euro_text

_ROWS_AT_ONCE = 1_000

Told = Mapping[str, Any]


def written(field_name: str, value: object) -> str:
    """A value much as a file writes it; an empty text for none."""
    if value is None:
        return ""
    if field_name.endswith("_cents") and isinstance(value, int):
        return euro_text(value)
    return str(texts.cells(field_name, [value])[0])


@dataclass(frozen=True, slots=True)
class Case:
    """The connection that holds the staged book; the files that could not be read; what files are called on disk."""

    connection: Connection
    unread: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    def rows(self, statement: Rows) -> Iterator[Told]:
        """The rows of a statement by name."""
        with self.connection.execute(statement, execution_options={"yield_per": _ROWS_AT_ONCE}) as result:
            for row in result.mappings():
                yield dict(row)

    def fault(self, file: str, row: Told, name: str, reason: str) -> Fault:
        """A fault of one value of a staged row, under the name of its column."""
        shown = written(name, row.get(name))
        return Fault(self.names.get(file, file), row["line"], FORMATS[file].column_of(name), shown, reason)


@dataclass(frozen=True, slots=True)
class Rule:
    """A sound row of `file` must not be `wrong`; if it is, that is said at `name` with a `reason`.

    `told` are further values for the reason, which names them as `%(owner)s`; amounts end in `_cents`. The condition
    may look beyond the row, then `rows` joins what it needs. Nothing is said while a file of `needs` is unread.
    """

    file: str
    name: str
    wrong: ColumnElement[bool]
    reason: str | Callable[[Told], str]
    told: Mapping[str, SQLColumnExpression[Any]] = field(default_factory=dict)
    rows: FromClause | None = None
    needs: tuple[str, ...] = ()

    def faults(self, case: Case) -> Iterator[Fault]:
        """The rows that are wrong."""
        if not case.unread.isdisjoint(self.needs):
            return
        staged = TABLES[self.file]
        told: list[Label[Any]] = [value.label(name) for name, value in self.told.items()]
        rows = select(*staged.c, *told).select_from(staged if self.rows is None else self.rows)
        for row in case.rows(rows.where(staged.c.sound, self.wrong)):
            yield case.fault(self.file, row, self.name, self._said(row))

    def _said(self, row: Told) -> str:
        if not isinstance(self.reason, str):
            return self.reason(row)
        return self.reason % {name: written(name, value) for name, value in row.items()}
