"""How the customers of the story pay: on the day, some days late, or, where a lease is in trouble, wrong in turn."""

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
    """Every payment of the story by day. A credit note is taken off the next rent of its lease, in one payment."""
    book = list(book)
    rents = sorted((i.items[0] for i in book if i.items[0].kind == "CANONE"), key=lambda item: item.due_on)
    offsets = {_next_rent(rents, i.items[0]).name: i.items[0] for i in book if i.items[0].kind == "NOTA_CREDITO"}
    made = [
        payment
        for invoice in book
        if invoice.items[0].kind != "NOTA_CREDITO"
        for payment in _of(invoice, offsets.get(invoice.items[0].name))
    ]
    return sorted(made, key=lambda payment: (payment.paid_on, payment.method, payment.reference))


def _next_rent(rents: Iterable[Item], credit: Item) -> Item:
    return next(rent for rent in rents if rent.lease is credit.lease and rent.due_on >= credit.due_on)


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
    which = f"{item.plan_due_on:%y%m}" if item.kind == "INDICIZZAZIONE" else f"{item.number:03}"
    by_method = {
        "SDD": f"SDD-{lease.framework or lease.number}-{which}",
        "BONIFICO": f"TRN {day:%Y%m%d}{lease.number}",
        "MAV": f"MAV 0{lease.number}{item.number:011}",
        "PAGOPA": f"IUV 30{lease.number}{item.number:011}",
        "BOLLETTINO": f"VCYL {lease.number}{item.number:07}",
    }
    return by_method[method]
