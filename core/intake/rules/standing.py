"""A book beside what the database holds of the things it names. Pure; `frames.stored` reads the database's side."""

from dataclasses import dataclass, field

from core.intake.columns import DUE_ITEMS, FORMATS, PAYMENTS, Key, Values
from core.intake.rules.book import Book, Row, key_of


@dataclass(slots=True)
class Stored:
    """By file, natural key to the stored values and their `id`.

    A due item also has `paid_cents`, a payment `reversed_by` (a reference). `locked_months` are the (code, month) of
    the index rates that an invoiced index row was calculated from.
    """

    rows: dict[str, dict[Key, Values]] = field(default_factory=lambda: {file: {} for file in FORMATS})
    locked_months: frozenset[Key] = frozenset()


@dataclass(slots=True)
class Case:
    """The book and the database together: what a name means once the book is in."""

    book: Book
    stored: Stored
    named: dict[str, dict[Key, Row]] = field(init=False)
    invoices_with_items: set[str] = field(init=False)
    takers: dict[Key, Row] = field(init=False)

    def __post_init__(self) -> None:
        self.named = {
            file: {key: row for row in self.book.of(file) if (key := key_of(file, row)) is not None} for file in FORMATS
        }
        self.invoices_with_items = {number for row in self.book.of(DUE_ITEMS) if (number := row.values.get("invoice"))}
        self.takers = {}
        for row in self.book.of(PAYMENTS):
            if row.values.get("reverses") and row.values.get("method"):
                self.takers.setdefault((row.values["method"], row.values["reverses"]), row)

    def found(self, file: str, *key: object) -> Values | None:
        """The values under a key, those of the book before those of the database.

        Where the book's row is not sound they are only what could be read of it, and nothing for an unread file:
        a fault is not reported again for every row that leans on it.
        """
        row = self.named[file].get(key)
        if row is not None:
            return row.values
        return self.stored.rows[file].get(key, {} if file in self.book.unread else None)

    def before(self, file: str, row: Row) -> Values | None:
        """The stored values of a row of the book; None where it is new."""
        key = key_of(file, row)
        return None if key is None else self.stored.rows[file].get(key)
