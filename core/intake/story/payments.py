"""How the customers of the story pay: on the day, some days late, or, where a lease is in trouble, wrong in turn."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.intake.story.ledger import Invoice, Item

_RETURN_REASONS = ("AM04", "MS03")
_RETURNED_AFTER, _REPAID_AFTER = timedelta(days=10), timedelta(days=80)
_LATE = timedelta(days=75)
_REST_AFTER = timedelta(days=100)
_FIRST_PART_PERCENT = 60
_TROUBLES = 3
# How the reference of a slip or notice begins, and how many digits the number of the item has in it.
_SLIPS = {"MAV": ("MAV 0", 11), "PAGOPA": ("IUV 30", 11), "BOLLETTINO": ("VCYL ", 7)}


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came or, where it reverses another payment, went back; `parts` are its allocations, in cents."""

    paid_on: date
    method: str
    reference: str
    amount_cents: int
    parts: tuple[tuple[Item, int], ...]
    reverses: str = ""
    reason: str = ""

    @property
    def customer(self) -> str:
        """Who paid."""
        return self.parts[0][0].lease.customer


def payments(book: Iterable[Invoice]) -> list[Payment]:
    """Every payment of the story by day.

    A credit note is taken off the next rent of its lease, in one payment; after the last rent it waits.
    """
    book = list(book)
    offsets = _offsets(invoice.items[0] for invoice in book)
    made = [
        payment
        for invoice in book
        if invoice.items[0].kind != "NOTA_CREDITO"
        for payment in _of(invoice, offsets.get(invoice.items[0].name))
    ]
    return sorted(made, key=lambda payment: (payment.paid_on, payment.method, payment.reference))


def _offsets(items: Iterable[Item]) -> dict[tuple[str, str, int, date], Item]:
    """The credit notes by the name of the rent that each is taken off."""
    rents: dict[str, list[Item]] = defaultdict(list)
    credits_: list[Item] = []
    for item in items:
        if item.kind == "CANONE":
            rents[item.lease.number].append(item)
        elif item.kind == "NOTA_CREDITO":
            credits_.append(item)
    found = {}
    for credit in credits_:
        later = (rent for rent in rents[credit.lease.number] if rent.due_on >= credit.due_on)
        rent = min(later, key=lambda rent: rent.due_on, default=None)
        if rent is not None:
            found[rent.name] = credit
    return found


def _of(invoice: Invoice, credit: Item | None) -> Iterator[Payment]:
    item = invoice.items[0]
    troubled_from = item.lease.troubled_from
    if item.kind == "CANONE" and troubled_from and item.due_on >= troubled_from:
        yield from _TURNS[item.number % _TROUBLES](item)
        return
    late = timedelta(days=item.lease.late_days if item.kind == "CANONE" else 0)
    paid = [*invoice.items, *([credit] if credit else [])]
    yield _paid(item.due_on + late, item.method, tuple((part, part.gross_cents) for part in paid))


def _paid(day: date, method: str, parts: tuple[tuple[Item, int], ...], excess_cents: int = 0) -> Payment:
    amount = sum(cents for _, cents in parts) + excess_cents
    return Payment(day, method, _reference(parts[0][0], method, day), amount, parts)


def _late(item: Item) -> Iterator[Payment]:
    number, excess = item.lease.overpaid
    yield _paid(item.due_on + _LATE, "BONIFICO", ((item, item.gross_cents),), excess if item.number == number else 0)


def _returned(item: Item) -> Iterator[Payment]:
    debit = _paid(item.due_on, "SDD", ((item, item.gross_cents),))
    yield debit
    yield Payment(
        paid_on=debit.paid_on + _RETURNED_AFTER,
        method=debit.method,
        reference=f"{debit.reference}-R",
        amount_cents=-debit.amount_cents,
        parts=((item, -item.gross_cents),),
        reverses=debit.reference,
        reason=_RETURN_REASONS[item.number // _TROUBLES % len(_RETURN_REASONS)],
    )
    yield _paid(item.due_on + _REPAID_AFTER, "BONIFICO", ((item, item.gross_cents),))


def _in_two_parts(item: Item) -> Iterator[Payment]:
    first = item.gross_cents * _FIRST_PART_PERCENT // 100
    yield _paid(item.due_on, "BONIFICO", ((item, first),))
    yield _paid(item.due_on + _REST_AFTER, "BONIFICO", ((item, item.gross_cents - first),))


_TURNS = (_in_two_parts, _returned, _late)


def _reference(item: Item, method: str, day: date) -> str:
    """A reference as the channel writes it: a transfer has its day, the others name what they pay."""
    lease = item.lease
    if method == "BONIFICO":
        return f"TRN {day:%Y%m%d}{lease.number}"
    if method == "SDD":
        which = f"{item.plan_due_on:%y%m}" if item.kind == "INDICIZZAZIONE" else f"{item.number:03}"
        return f"SDD-{lease.framework or lease.number}-{which}"
    start, digits = _SLIPS[method]
    return f"{start}{lease.number}{item.number:0{digits}}"
