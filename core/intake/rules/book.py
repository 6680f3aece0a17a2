"""The rows of a book as they were read, and the faults found in them. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.intake.columns import DUE_ITEMS, FORMATS, Key, Values
from core.kit.errors import N_, PortalError
from core.kit.money import euro_text

SHOWN_LENGTH = 40


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Why a row is refused. `row` counts as a spreadsheet does, the header being 1; 0 is the file itself."""

    file: str
    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        """One line of the report."""
        place = f"{self.file} row {self.row}" if self.row else self.file
        what = " ".join(part for part in (self.column, repr(shortened(self.value)) if self.value else "") if part)
        return f"{place}: {what} {self.reason}" if what else f"{place}: {self.reason}"


class Refused(PortalError):
    """The book has faults: nothing was written. `faults` holds every one, in order."""

    message = N_("Nothing was imported. Faults found: %(count)s.")

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__(count=len(self.faults))


@dataclass(frozen=True, slots=True)
class Pdf:
    """The file of an invoice: the same when its content is, whatever its name. No hash: not drawn yet."""

    name: str = field(compare=False)
    sha256: str | None

    def __str__(self) -> str:
        """The name."""
        return self.name


@dataclass(slots=True)
class Row:
    """A row of a file: its number, its values by field, and whether every cell of it could be read."""

    number: int
    values: Values
    sound: bool = True


@dataclass(slots=True)
class Book:
    """The rows of every file of a folder. The rows of an `unread` file are not known."""

    folder: Path
    rows: dict[str, list[Row]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def of(self, file: str) -> list[Row]:
        """Every row of a file that was read; none where the folder has no such file."""
        return self.rows.get(file, [])

    def sound(self, file: str) -> Iterator[Row]:
        """The rows of a file whose cells could all be read."""
        return (row for row in self.of(file) if row.sound)

    @property
    def size(self) -> int:
        """Number of rows in all files."""
        return sum(len(rows) for rows in self.rows.values())


def shortened(value: str) -> str:
    """A value as the report shows it."""
    return value if len(value) <= SHOWN_LENGTH else value[: SHOWN_LENGTH - 1] + "…"


def fault_at(file: str, row: Row, field_name: str, reason: str) -> Fault:
    """A fault of one value of a row, under the name of its column."""
    shown = written(field_name, row.values.get(field_name))
    return Fault(file, row.number, FORMATS[file].column_of(field_name), shown, reason)


def written(field_name: str, value: object) -> str:
    """A value much as a file writes it; an empty text for none."""
    if value is None:
        return ""
    return euro_text(value) if field_name.endswith("_cents") and isinstance(value, int) else str(value)


def key_of(file: str, row: Row) -> Key | None:
    """The natural key of a row; None where a cell of it could not be read."""
    return FORMATS[file].key_of(row.values)


def payment_of(allocation: Values) -> Key:
    """The key of the payment an allocation is part of."""
    return allocation["method"], allocation["reference"]


def item_of(allocation: Values) -> Key:
    """The key of the due item an allocation pays."""
    return FORMATS[DUE_ITEMS].key_of(allocation) or ()
