"""Faults between files, and between a file and the database: names that lead nowhere, or to another customer. Pure."""

from collections.abc import Callable, Iterator

from core.intake.columns import (
    ALLOCATIONS,
    ASSETS,
    CONTRACTS,
    CUSTOMERS,
    DOCUMENTS,
    DUE_ITEMS,
    INVOICES,
    PAYMENTS,
    PLAN_ROWS,
)
from core.intake.rules.book import Fault, Row, fault_at, written
from core.intake.rules.standing import Case

Complaints = Iterator[tuple[str, str]]

_TARGETS = {
    CONTRACTS: {"customer": CUSTOMERS},
    ASSETS: {"contract": CONTRACTS},
    PLAN_ROWS: {"contract": CONTRACTS},
    INVOICES: {"customer": CUSTOMERS, "contract": CONTRACTS},
    DUE_ITEMS: {"contract": CONTRACTS, "invoice": INVOICES},
    PAYMENTS: {"customer": CUSTOMERS},
    ALLOCATIONS: {"contract": CONTRACTS},
    DOCUMENTS: {"invoice": INVOICES},
}


def faults(case: Case) -> Iterator[Fault]:
    """Rows that name what does not exist or what does not go with them."""
    for file in case.book.rows:
        for row in case.book.sound(file):
            yield from _missing(case, file, row)
            yield from (fault_at(file, row, name, reason) for name, reason in _RELATIONS.get(file, _none)(case, row))


def _missing(case: Case, file: str, row: Row) -> Iterator[Fault]:
    for name, target in _TARGETS.get(file, {}).items():
        if row.values[name] is not None and case.found(target, row.values[name]) is None:
            yield fault_at(file, row, name, f"is in neither {target} nor the database")


def _none(_case: Case, _row: Row) -> Complaints:
    yield from ()


def _invoice(case: Case, row: Row) -> Complaints:
    contract = case.found(CONTRACTS, row.values["contract"]) or {}
    if contract.get("customer") not in {None, row.values["customer"]}:
        yield "contract", f"is a contract of customer {contract['customer']}"
    bare = row.values["number"] not in case.invoices_with_items and DUE_ITEMS not in case.book.unread
    if bare and case.before(INVOICES, row) is None:
        yield "number", f"has no due item: no row of {DUE_ITEMS} names it"


def _due_item(case: Case, row: Row) -> Complaints:
    invoice = case.found(INVOICES, row.values["invoice"]) or {}
    contract = case.found(CONTRACTS, row.values["contract"]) or {}
    if contract.get("customer") and invoice.get("customer") not in {None, contract["customer"]}:
        yield "invoice", f"is an invoice of customer {invoice['customer']}"
    elif invoice.get("contract") not in {None, row.values["contract"]}:
        yield "invoice", f"is an invoice of contract {invoice['contract']}"
    before = case.before(DUE_ITEMS, row)
    joins = before is None or before["invoice"] is None
    if joins and (row.values["invoice"],) in case.stored.rows[INVOICES]:
        yield "invoice", "was imported before without this due item, and an invoice is never changed"


def _payment(case: Case, row: Row) -> Complaints:
    method, reference = row.values["method"], row.values["reverses"]
    if reference is None:
        return
    origin = case.found(PAYMENTS, method, reference)
    if origin is None:
        yield "reverses", f"is in neither {PAYMENTS} nor the database as a payment by {method}"
        return
    if origin.get("reverses"):
        yield "reverses", "takes a payment back itself"
    if origin.get("customer") not in {None, row.values["customer"]}:
        yield "reverses", f"is a payment of customer {origin['customer']}"
    if origin.get("amount_cents") not in {None, -row.values["amount_cents"]}:
        expected = written("amount_cents", -origin["amount_cents"])
        yield "amount_cents", f"must be the opposite of the payment it takes back, {expected}"
    if taker := _other_taker(case, row):
        yield "reverses", f"is taken back already by {taker}"


def _other_taker(case: Case, row: Row) -> str | None:
    key = (row.values["method"], row.values["reverses"])
    stored = case.stored.rows[PAYMENTS].get(key, {}).get("reversed_by")
    if stored not in {None, row.values["reference"]}:
        return str(stored)
    first = case.takers[key]
    return None if first is row else f"row {first.number}"


_RELATIONS: dict[str, Callable[[Case, Row], Complaints]] = {
    INVOICES: _invoice,
    DUE_ITEMS: _due_item,
    PAYMENTS: _payment,
}
