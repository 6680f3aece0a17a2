"""What an export is made of, whatever file it becomes: columns, rows, and what is to be said about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What the cells of a column are. MONEY takes integer cents, LINK takes a `Link` or a text."""

    TEXT = "text"
    LINK = "link"
    MONEY = "money"
    DATE = "date"
    COUNT = "count"


class Link(NamedTuple):
    """A text that opens a path of the portal (`/documents/7`)."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `title` already translated, `width` in characters, `total` asks for a live sum (MONEY and COUNT)."""

    title: str
    kind: Kind = Kind.TEXT
    width: float = 14
    total: bool = False


@dataclass(frozen=True, slots=True)
class Notes:
    """What the sheet `Filtri` says: which data, by whom, when (an instant), with which filters (label, value)."""

    lang: str
    company: str
    title: str
    who: str
    at: datetime
    data_date: date
    filters: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table to export under the short name `sheet`. Its rows are read once and never held all together.

    A row is aligned with the columns: MONEY integer cents, DATE dates, COUNT integers, TEXT anything, LINK a `Link` or
    a text; None, NaN, NaT and empty texts are empty cells. The writers raise ValueError for a row of another length and
    TypeError for an amount or a count that is not an integer.
    """

    sheet: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    notes: Notes
