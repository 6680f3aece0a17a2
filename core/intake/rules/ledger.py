"""Faults of the money: an allocation pays an invoiced item of its customer, within payment and item. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from core.intake.columns import ALLOCATIONS, CONTRACTS, DUE_ITEMS, PAYMENTS, Key, Values
from core.intake.rules.book import Fault, Row, fault_at, item_of, key_of, payment_of
from core.intake.rules.standing import Case
from core.kit.money import euro_text

Sums = dict[Key, int]
Last = dict[Key, Row]


def faults(case: Case) -> list[Fault]:
    """Faults of the allocations that are not in the database yet, together with those that are."""
    found: list[Fault] = []
    fresh: list[Row] = []
    for row in case.book.sound(ALLOCATIONS):
        if case.before(ALLOCATIONS, row) is None:
            complaint = _complaint(case, row)
            found += [fault_at(ALLOCATIONS, row, *complaint)] if complaint else []
            fresh += [] if complaint else [row]
    return [*found, *_overspent(case, fresh), *_overpaid(case, fresh), *_untrue_reversals(case, fresh)]


def _complaint(case: Case, row: Row) -> tuple[str, str] | None:
    payment = case.found(PAYMENTS, *payment_of(row.values))
    item = case.found(DUE_ITEMS, *item_of(row.values))
    if payment is None:
        return "reference", f"is in neither {PAYMENTS} nor the database as a payment by {row.values['method']}"
    if item is None:
        known = case.found(CONTRACTS, row.values["contract"])
        return None if known is None else ("plan_due_on", f"is of no due item in {DUE_ITEMS} or the database")
    return _mismatch(case, row, payment, item)


def _mismatch(case: Case, row: Row, payment: Values, item: Values) -> tuple[str, str] | None:
    debtor = (case.found(CONTRACTS, row.values["contract"]) or {}).get("customer")
    if None not in {debtor, payment.get("customer")} and debtor != payment["customer"]:
        return "contract", f"is of customer {debtor}, the payment of customer {payment['customer']}"
    if "invoice" in item and item["invoice"] is None:
        return "number", "is not invoiced yet: leave the allocation out, the money stays unapplied"
    if item.get("plan_due_on") not in {None, row.values["plan_due_on"]}:
        return "plan_due_on", f"is not the plan_due_on of the due item, {item['plan_due_on']}"
    gross = _gross(item)
    if gross is None or "reverses" not in payment:
        return None
    wanted = _sign(gross) * (-1 if payment["reverses"] else 1)
    if _sign(row.values["amount_cents"]) != wanted:
        return "amount_cents", _SIGNS[wanted]
    return None


_SIGNS = {
    1: "must be positive here",
    -1: "must be negative here: a reversal takes money back, a credit note gives it",
    0: "cannot pay a due item of zero",
}


def _sign(cents: int) -> int:
    return (cents > 0) - (cents < 0)


def _gross(item: Values) -> int | None:
    parts = [item.get(name) for name in ("net_cents", "fees_cents", "vat_cents")]
    return None if None in parts else sum(part for part in parts if part is not None)


def _sums(rows: list[Row], key: Callable[[Values], Key]) -> tuple[Sums, Last]:
    sums: Sums = defaultdict(int)
    last: Last = {}
    for row in rows:
        sums[key(row.values)] += row.values["amount_cents"]
        last[key(row.values)] = row
    return sums, last


def _overspent(case: Case, fresh: list[Row]) -> Iterator[Fault]:
    sums, last = _sums(fresh, payment_of)
    for key, values in case.stored.rows[ALLOCATIONS].items():
        if key[:2] in sums:
            sums[key[:2]] += values["amount_cents"]
    for key, total in sums.items():
        amount = (case.found(PAYMENTS, *key) or {}).get("amount_cents")
        if amount is not None and not min(0, amount) <= total <= max(0, amount):
            reason = f"brings the allocations of the payment to {euro_text(total)}, it is of {euro_text(amount)}"
            yield fault_at(ALLOCATIONS, last[key], "amount_cents", reason)


def _overpaid(case: Case, fresh: list[Row]) -> Iterator[Fault]:
    sums, last = _sums(fresh, item_of)
    for key, total in sums.items():
        paid = total + case.stored.rows[DUE_ITEMS].get(key, {}).get("paid_cents", 0)
        gross = _gross(case.found(DUE_ITEMS, *key) or {})
        if gross is not None and not min(0, gross) <= paid <= max(0, gross):
            reason = f"brings what is paid of the due item to {euro_text(paid)}, it is of {euro_text(gross)}"
            yield fault_at(ALLOCATIONS, last[key], "amount_cents", reason)


def _untrue_reversals(case: Case, fresh: list[Row]) -> Iterator[Fault]:
    """A reversal takes back item by item exactly what its payment had paid."""
    paid = _by_payment(case, fresh)
    _, last = _sums(fresh, payment_of)
    unsure = _unsure_payments(case, fresh)
    for reversal, origin in _pairs(case).items():
        taken_back = {item: -cents for item, cents in paid[reversal].items()}
        if paid[origin] == taken_back or not unsure.isdisjoint((reversal, origin)):
            continue
        file, row = _place(case, last, reversal, origin)
        if row is not None:
            yield fault_at(file, row, "reverses" if file == PAYMENTS else "reference", _UNTRUE)


def _place(case: Case, last: Last, reversal: Key, origin: Key) -> tuple[str, Row | None]:
    """The new row that makes a reversal untrue; none where the database held it so before."""
    if reversal in last:
        return ALLOCATIONS, last[reversal]
    if reversal in case.named[PAYMENTS] and reversal not in case.stored.rows[PAYMENTS]:
        return PAYMENTS, case.named[PAYMENTS][reversal]
    return ALLOCATIONS, last.get(origin)


_UNTRUE = "is part of a reversal whose allocations are not the opposite of those of the payment it takes back"


def _unsure_payments(case: Case, fresh: list[Row]) -> set[Key]:
    """Payments with a faulty row: whether their allocations match is asked again once that is mended."""
    judged = {id(row) for row in fresh}
    return {
        (row.values.get("method"), row.values.get("reference"))
        for row in case.book.of(ALLOCATIONS)
        if id(row) not in judged and case.before(ALLOCATIONS, row) is None
    }


def _by_payment(case: Case, fresh: list[Row]) -> dict[Key, Sums]:
    paid: dict[Key, Sums] = defaultdict(dict)
    for key, values in case.stored.rows[ALLOCATIONS].items():
        paid[key[:2]][key[2:]] = values["amount_cents"]
    for row in fresh:
        paid[payment_of(row.values)][item_of(row.values)] = row.values["amount_cents"]
    return paid


def _pairs(case: Case) -> dict[Key, Key]:
    """Each reversal with its payment, of the book and of what the database holds about it."""
    stored = case.stored.rows[PAYMENTS]
    pairs = {key: (key[0], values["reverses"]) for key, values in stored.items() if values["reverses"]}
    for row in case.book.sound(PAYMENTS):
        origin = (row.values["method"], row.values["reverses"])
        if origin[1] and (key := key_of(PAYMENTS, row)) and case.found(PAYMENTS, *origin):
            pairs[key] = origin
    return pairs
