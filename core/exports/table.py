"""What an export is made of, whatever file it becomes: columns, rows, and what is to be said about them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from core.kit import clock
from core.settings import settings


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


class Control(NamedTuple):
    """A total that the portal shows, in cents, for the workbook to compare with its own of the column `key`."""

    label: str
    key: str
    cents: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `title` as it is shown (or the message that `headed` translates), `width` in characters.

    `total` asks for a live sum, `formula` makes the cells of a workbook live (MONEY and COUNT both): a spreadsheet
    expression in which `{paid}` is the cell of the column with that `key` in the same row, `{above.paid}` the one in
    the row above, and `{data_date}` the day of the data. In the first row `{above.paid}` is `opening["paid"]` cents.
    MONEY is rounded to the cent. The row's value is the result that the file is stored with, and all that a CSV has;
    where it is missing the cell is empty. Nothing that anybody typed belongs in a formula.
    """

    title: str
    kind: Kind = Kind.TEXT
    width: float = 14
    total: bool = False
    key: str = ""
    formula: str = ""
    opening: Mapping[str, int] = field(default_factory=dict)


def headed(
    columns: Iterable[Column], gettext: Callable[[str], str], manual: Mapping[str, str] | None = None
) -> list[Column]:
    """The columns with their titles, which are messages, translated.

    `manual` gives the profile of the earlier portal in their place, for sheets that were built on its files: which
    columns it had, by key and in its order, and the message of each header. They have no formulas, whose columns need
    not be there. An export declares it beside its columns:

        _COLUMNS = [Column(words.LEDGER["number"], Kind.COUNT, 10, key="number"), ...]
        _MANUAL = {"number": N_("Rent no. (earlier header)"), ...}
        columns = headed(_COLUMNS, gettext, _MANUAL if manual_headers else None)
    """
    if manual is None:
        return [replace(column, title=gettext(column.title)) for column in columns]
    by_key = {column.key: column for column in columns}
    return [replace(by_key[key], title=gettext(title), formula="") for key, title in manual.items()]


def aligned(columns: Sequence[Column], rows: Iterable[Mapping[str, object]]) -> Iterator[list[object]]:
    """Rows by the keys of the columns, as the rows of a table."""
    keys = [column.key for column in columns]
    return ([row[key] for key in keys] for row in rows)


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

    @classmethod
    def of(cls, title: str, today: date, filters: Sequence[tuple[str, str]], *, lang: str, who: str) -> "Notes":
        """The notes of a file that is made now, of the data of `today`."""
        return cls(lang, settings().company_name, title, who, clock.now(), today, filters)


@dataclass(frozen=True, slots=True)
class Table:
    """A table to export under the short name `sheet`. Its rows are read once and never held all together.

    A row is aligned with the columns: MONEY integer cents, DATE dates, COUNT integers, TEXT anything, LINK a `Link` or
    a text; None, NaN, NaT and empty texts are empty cells. The writers raise ValueError for a row of another length and
    TypeError for an amount or a count that is not an integer. `control` names totals of MONEY columns as the portal
    has them: the workbook says whether its own are the same.
    """

    sheet: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    notes: Notes
    control: Sequence[Control] = ()
