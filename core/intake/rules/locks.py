"""What a second import may not change: issued invoices, money, and what they were calculated from. Pure."""

from collections.abc import Callable, Iterator

from core.intake.columns import (
    ALLOCATIONS,
    CONTRACTS,
    DOCUMENTS,
    DUE_ITEMS,
    INDEX_RATES,
    INVOICES,
    PAYMENTS,
    PLAN_ROWS,
    Values,
)
from core.intake.rules.book import Fault, Row, fault_at, key_of, written
from core.intake.rules.standing import Case

CONTROL = "gross_cents"

Locked = Iterator[tuple[str, str]]


def faults(case: Case) -> Iterator[Fault]:
    """Values that differ from what was imported before and may not."""
    for file, locked in _LOCKS.items():
        for row in case.book.sound(file):
            before = case.before(file, row)
            if before is not None and not undrawn(file, before):
                yield from _refused(file, row, before, locked(case, row, before))


def _refused(file: str, row: Row, before: Values, locked: Locked) -> Iterator[Fault]:
    changed = set(differing(before, row.values))
    for name, reason in locked:
        if name in changed:
            was = written(name, before.get(name)) or "empty"
            yield fault_at(file, row, name, f"was imported as {was}: {reason}")


def differing(before: Values, after: Values) -> list[str]:
    """Names of the values that are not what they were."""
    return [name for name in after if name != CONTROL and after[name] != before.get(name)]


def undrawn(file: str, before: Values) -> bool:
    """Whether a stored document is only the place of one: its invoice was neither imported as a file nor drawn."""
    return file == DOCUMENTS and before["file"].sha256 is None


def _all(row: Row, reason: str) -> Locked:
    return ((name, reason) for name in row.values)


def _due_item(case: Case, row: Row, before: Values) -> Locked:
    if before["invoice"] is not None:
        yield from _all(row, "an invoiced due item is never changed")
        return
    planned = case.found(PLAN_ROWS, *(key_of(DUE_ITEMS, row) or ()))
    if planned is not None and planned["due_on"] != row.values["plan_due_on"]:
        yield "plan_due_on", f"its plan row is of {planned['due_on']}"


def _plan_row(case: Case, row: Row, _before: Values) -> Locked:
    contract, kind, *rest = key_of(PLAN_ROWS, row) or ()
    kinds = (kind, "NOTA_CREDITO") if kind == "INDICIZZAZIONE" else (kind,)
    for key in [(contract, item_kind, *rest) for item_kind in kinds]:
        item = case.stored.rows[DUE_ITEMS].get(key)
        if item is not None and item["invoice"] is not None:
            yield "amount_cents", f"its due item is on invoice {item['invoice']}"
            yield "due_on", f"its due item is on invoice {item['invoice']}"
        elif item is not None and (case.found(DUE_ITEMS, *key) or item)["plan_due_on"] != row.values["due_on"]:
            yield "due_on", f"its due item has to move with it, in {DUE_ITEMS}"


def _index_rate(case: Case, row: Row, _before: Values) -> Locked:
    if key_of(INDEX_RATES, row) in case.stored.locked_months:
        yield "ppm", "an invoiced index row was calculated from it"


_LOCKS: dict[str, Callable[[Case, Row, Values], Locked]] = {
    CONTRACTS: lambda _case, _row, _before: iter([("customer", "a contract stays its customer's")]),
    PLAN_ROWS: _plan_row,
    INVOICES: lambda _case, row, _before: _all(row, "an invoice is never changed"),
    DUE_ITEMS: _due_item,
    PAYMENTS: lambda _case, row, _before: _all(row, "a payment is never changed, only taken back"),
    ALLOCATIONS: lambda _case, row, _before: _all(row, "an allocation is never changed"),
    DOCUMENTS: lambda _case, row, _before: _all(row, "a document is never changed"),
    INDEX_RATES: _index_rate,
}
