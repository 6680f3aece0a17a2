"""The files of a book as the tests read them, and what they say on a day, worked out without the portal."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from core.intake import story
from core.kit.money import parse_cents

Row = dict[str, str]
ItemKey = tuple[str, str, str, str]


def day(text: str) -> date:
    return date.fromisoformat(text)


def key(row: Row) -> ItemKey:
    return row["contract"], row["kind"], row["number"], row["plan_due_on"]


@dataclass(frozen=True)
class Told:
    """The rows of every file, as written, by the name of the file without its ending."""

    sheets: dict[str, tuple[Row, ...]]

    def sheet(self, name: str) -> tuple[Row, ...]:
        return self.sheets[name]

    @cached_property
    def items(self) -> dict[ItemKey, Row]:
        return {key(row): row for row in self.sheet("due_items")}

    @cached_property
    def issued(self) -> dict[str, date]:
        return {row["number"]: day(row["issued_on"]) for row in self.sheet("invoices")}

    @cached_property
    def contracts(self) -> dict[str, Row]:
        return {row["number"]: row for row in self.sheet("contracts")}

    def paid_by(self, on: date) -> dict[ItemKey, int]:
        """What each due item has been paid by a day, in cents."""
        in_time = {(row["method"], row["reference"]) for row in self.sheet("payments") if day(row["paid_on"]) <= on}
        sums: dict[ItemKey, int] = defaultdict(int)
        for row in self.sheet("allocations"):
            if (row["method"], row["reference"]) in in_time:
                sums[key(row)] += parse_cents(row["amount"])
        return sums

    def unapplied(self) -> list[tuple[str, int]]:
        """Customer and cents of every payment that is more than what it pays."""
        allocated: dict[tuple[str, str], int] = defaultdict(int)
        for row in self.sheet("allocations"):
            allocated[row["method"], row["reference"]] += parse_cents(row["amount"])
        return [
            (row["customer"], left)
            for row in self.sheet("payments")
            if (left := parse_cents(row["amount"]) - allocated[row["method"], row["reference"]])
        ]

    def running(self, customer: str, on: date) -> list[Row]:
        """The active contracts of a customer on a day."""
        return [
            row
            for row in self.contracts.values()
            if row["customer"] == customer
            and day(row["signed_on"]) <= on <= day(row["ends_on"])
            and not (row["terminated_on"] and day(row["terminated_on"]) <= on)
        ]

    def owed(self, customer: str, on: date) -> Iterator[tuple[Row, int, bool]]:
        """Due items of the running contracts of a customer on a day: row, saldo in cents, invoiced or not."""
        active = {row["number"] for row in self.running(customer, on)}
        paid = self.paid_by(on)
        for name, row in self.items.items():
            invoiced = bool(row["invoice"]) and self.issued[row["invoice"]] <= on
            if row["contract"] in active and (invoiced or row["kind"] not in ("INDICIZZAZIONE", "NOTA_CREDITO")):
                yield row, parse_cents(row["gross"]) - paid[name], invoiced

    def overdue(self, customer: str, on: date) -> list[tuple[Row, int]]:
        return [
            (row, saldo)
            for row, saldo, invoiced in self.owed(customer, on)
            if invoiced and saldo and day(row["due_on"]) < on
        ]


def read(folder: Path) -> Told:
    """The CSV files of a folder."""
    return Told({path.stem: _rows(path) for path in folder.glob("*.csv")})


def _rows(path: Path) -> tuple[Row, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter=";"))


DEMO = read(story.DEMO)
