"""The CSV files of the demo book as the tests read them, and what they say on a day, worked out without the portal."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache

from core.intake import story
from core.kit.money import parse_cents

Row = dict[str, str]
ItemKey = tuple[str, str, str, str]


@cache
def sheet(name: str) -> tuple[Row, ...]:
    with (story.DEMO / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter=";"))


def day(text: str) -> date:
    return date.fromisoformat(text)


def key(row: Row) -> ItemKey:
    return row["contract"], row["kind"], row["number"], row["plan_due_on"]


@cache
def items() -> dict[ItemKey, Row]:
    return {key(row): row for row in sheet("due_items")}


@cache
def issued() -> dict[str, date]:
    return {row["number"]: day(row["issued_on"]) for row in sheet("invoices")}


@cache
def contracts() -> dict[str, Row]:
    return {row["number"]: row for row in sheet("contracts")}


def paid_by(on: date) -> dict[ItemKey, int]:
    """What each due item has been paid by a day, in cents."""
    in_time = {(row["method"], row["reference"]) for row in sheet("payments") if day(row["paid_on"]) <= on}
    sums: dict[ItemKey, int] = defaultdict(int)
    for row in sheet("allocations"):
        if (row["method"], row["reference"]) in in_time:
            sums[key(row)] += parse_cents(row["amount"])
    return sums


def running(customer: str, on: date) -> list[Row]:
    """The active contracts of a customer on a day."""
    return [
        row
        for row in contracts().values()
        if row["customer"] == customer
        and day(row["signed_on"]) <= on <= day(row["ends_on"])
        and not (row["terminated_on"] and day(row["terminated_on"]) <= on)
    ]


def owed(customer: str, on: date) -> Iterator[tuple[Row, int, bool]]:
    """Due items of the running contracts of a customer on a day: row, saldo in cents, invoiced or not."""
    active = {row["number"] for row in running(customer, on)}
    paid = paid_by(on)
    for name, row in items().items():
        invoiced = bool(row["invoice"]) and issued()[row["invoice"]] <= on
        if row["contract"] in active and (invoiced or row["kind"] not in ("INDICIZZAZIONE", "NOTA_CREDITO")):
            yield row, parse_cents(row["gross"]) - paid[name], invoiced


def overdue(customer: str, on: date) -> list[tuple[Row, int]]:
    return [
        (row, saldo) for row, saldo, invoiced in owed(customer, on) if invoiced and saldo and day(row["due_on"]) < on
    ]
