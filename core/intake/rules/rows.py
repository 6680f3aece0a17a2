"""Faults that a row shows by itself, and rows that name the same thing twice. Pure."""

from collections.abc import Callable, Iterator

from core.intake.columns import ALLOCATIONS, CONTRACTS, DUE_ITEMS, FORMATS, PAYMENTS, PLAN_ROWS, Key, Values
from core.intake.rules.book import Book, Fault, fault_at, key_of
from core.kit.money import euro_text

INVOICED_KINDS = frozenset({"INDICIZZAZIONE", "NOTA_CREDITO"})

Complaints = Iterator[tuple[str, str]]


def faults(book: Book) -> Iterator[Fault]:
    """Faults within each file of the book."""
    for file in book.rows:
        yield from _complaints(book, file)
        yield from _repeated(book, file)


def _complaints(book: Book, file: str) -> Iterator[Fault]:
    check = _CHECKS.get(file)
    if check is not None:
        for row in book.sound(file):
            yield from (fault_at(file, row, name, reason) for name, reason in check(row.values))


def _repeated(book: Book, file: str) -> Iterator[Fault]:
    first: dict[Key, int] = {}
    for row in book.of(file):
        key = key_of(file, row)
        if key is not None and first.setdefault(key, row.number) != row.number:
            named = " ".join(map(str, key))
            last_column = FORMATS[file].column_of(FORMATS[file].key[len(key) - 1])
            yield Fault(file, row.number, last_column, named, f"is already in row {first[key]}")


def _contract(values: Values) -> Complaints:
    if values["ends_on"] <= values["starts_on"]:
        yield "ends_on", "must come after starts_on"
    if values["terminated_on"] is not None and values["terminated_on"] < values["starts_on"]:
        yield "terminated_on", "must not come before starts_on"
    if values["price_cents"] <= 0:
        yield "price_cents", "must be above zero"
    for name in ("deposit_cents", "rent_cents", "residual_cents"):
        if values[name] < 0:
            yield name, "must not be negative"
    if (values["index_code"] is None) != (values["index_base_ppm"] is None):
        yield "index_code", "and index_base go together"


def _plan_row(values: Values) -> Complaints:
    total = values["principal_cents"] + values["interest_cents"]
    if values["amount_cents"] != total:
        yield "amount_cents", f"must be principal + interest, {euro_text(total)}"
    if values["accrues_to"] < values["accrues_from"]:
        yield "accrues_to", "must not come before accrues_from"


def _due_item(values: Values) -> Complaints:
    total = values["net_cents"] + values["fees_cents"] + values["vat_cents"]
    if values["gross_cents"] not in {None, total}:
        yield "gross_cents", f"must be net + fees + vat, {euro_text(total)}"
    if values["kind"] in INVOICED_KINDS and values["invoice"] is None:
        yield "invoice", f"is needed: {values['kind']} is a due item only once it is invoiced"


def _payment(values: Values) -> Complaints:
    if values["reverses"] is None and values["amount_cents"] < 0:
        yield "amount_cents", "is negative: name the payment it takes back under reverses"
    if values["reverses"] is not None and values["amount_cents"] >= 0:
        yield "amount_cents", "must be negative: the row takes a payment back"
    if values["reverses"] == values["reference"]:
        yield "reverses", "is the reference of the row itself"


def _allocation(values: Values) -> Complaints:
    if values["amount_cents"] == 0:
        yield "amount_cents", "must not be zero"


_CHECKS: dict[str, Callable[[Values], Complaints]] = {
    CONTRACTS: _contract,
    PLAN_ROWS: _plan_row,
    DUE_ITEMS: _due_item,
    PAYMENTS: _payment,
    ALLOCATIONS: _allocation,
}
