"""The demo book as of a day: what happened later is not in it yet, and nothing is shifted. Pure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from core.intake.columns import (
    ALLOCATIONS,
    ASSETS,
    CONTRACTS,
    DOCUMENTS,
    DUE_ITEMS,
    FORMATS,
    INDEX_RATES,
    INVOICES,
    PAYMENTS,
    PLAN_ROWS,
    Key,
    Values,
)
from core.intake.rules.book import Book, Row, item_of, key_of, payment_of
from core.intake.rules.rows import INVOICED_KINDS
from core.kit.dates import month_end

Keep = Callable[[Values], bool]


def as_of(book: Book, day: date) -> Book:
    """The book as it stood at the end of `day`. Every row of it must be sound.

    Gone are contracts signed later with all that hangs on them, invoices issued and payments made later, index rows
    and rates not yet calculated, settlements of early terminations to come; an item whose invoice is gone is not
    invoiced yet.
    """
    contracts = {row.values["number"] for row in book.of(CONTRACTS) if row.values["signed_on"] <= day}
    invoices = {row.values["number"] for row in book.of(INVOICES) if _issued(row.values, contracts, day)}
    payments = {key_of(PAYMENTS, row) for row in book.of(PAYMENTS) if row.values["paid_on"] <= day}
    items = [_item_as_of(row, invoices) for row in book.of(DUE_ITEMS) if row.values["contract"] in contracts]
    ending = {row.values["number"] for row in book.of(CONTRACTS) if _later(row.values["terminated_on"], day)}
    planned = {key_of(PLAN_ROWS, row) for row in book.of(PLAN_ROWS)}
    invoiced = {key_of(DUE_ITEMS, row) for row in items if row.values["invoice"] is not None}
    keep: dict[str, Keep] = {
        CONTRACTS: lambda values: values["number"] in contracts,
        ASSETS: lambda values: values["contract"] in contracts,
        PLAN_ROWS: lambda values: values["contract"] in contracts and _calculated(values, day),
        INVOICES: lambda values: values["number"] in invoices,
        DUE_ITEMS: lambda values: values["invoice"] is not None or _foreseen(values, ending, planned),
        PAYMENTS: lambda values: values["paid_on"] <= day,
        ALLOCATIONS: lambda values: _allocated(values, payments, invoiced),
        DOCUMENTS: lambda values: values["invoice"] in invoices,
        INDEX_RATES: lambda values: month_end(values["month"]) <= day,
    }
    rows = book.rows | {CONTRACTS: [_contract_as_of(row, day) for row in book.of(CONTRACTS)], DUE_ITEMS: items}
    kept = {file: [row for row in rows[file] if keep.get(file, _always)(row.values)] for file in book.rows}
    return replace(book, rows=kept)


def _later(event_on: date | None, day: date) -> bool:
    return event_on is not None and event_on > day


def _always(_values: Values) -> bool:
    return True


def _issued(invoice: Values, contracts: set[str], day: date) -> bool:
    issued_on: date = invoice["issued_on"]
    contract: str | None = invoice["contract"]
    return issued_on <= day and (contract is None or contract in contracts)


def _calculated(plan_row: Values, day: date) -> bool:
    due_on: date = plan_row["due_on"]
    return plan_row["kind"] != "INDICIZZAZIONE" or due_on <= day


def _allocated(allocation: Values, payments: set[Key | None], invoiced: set[Key | None]) -> bool:
    return payment_of(allocation) in payments and item_of(allocation) in invoiced


def _foreseen(item: Values, ending: set[str], planned: set[Key | None]) -> bool:
    """Whether an item is known before its invoice; the settlement of an early termination is not, up to that day."""
    settles = item["contract"] in ending and FORMATS[DUE_ITEMS].key_of(item) not in planned
    return item["kind"] not in INVOICED_KINDS and not settles


def _item_as_of(row: Row, invoices: set[str]) -> Row:
    issued = row.values["invoice"] in invoices
    return row if issued else replace(row, values=row.values | {"invoice": None})


def _contract_as_of(row: Row, day: date) -> Row:
    ends_later = _later(row.values["terminated_on"], day)
    return replace(row, values=row.values | {"terminated_on": None}) if ends_later else row
