"""What each customer owes: the due items of every plan and the invoices that carry them, numbered by day of issue."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache, partial

from core.book.rules import DatedRow, vat_cents
from core.intake.story.cast import Lease
from core.intake.story.plans import Plan

VAT_BP = 2200
_ISSUED_BEFORE_DUE = timedelta(days=15)
# Month and day on which the index row of a quarter, named by its last month, is due.
_INDEX_DUE = {3: (4, 29), 6: (7, 28), 9: (10, 27), 12: (1, 28)}
_BY_TRANSFER = ("ANTICIPO", "RISCATTO")
# Rents are alike: their VAT is worked out once.
_vat_cents = lru_cache(10_000)(partial(vat_cents, vat_bp=VAT_BP))


@dataclass(frozen=True, slots=True)
class Item:
    """A due item, in cents; it is never invoiced where its lease ends before."""

    lease: Lease
    kind: str
    number: int
    plan_due_on: date
    due_on: date
    method: str
    net_cents: int
    fees_cents: int = 0
    causale: str = ""
    invoiced: bool = True

    @property
    def name(self) -> tuple[str, str, int, date]:
        """What tells it from every other item."""
        return self.lease.number, self.kind, self.number, self.plan_due_on

    @property
    def vat_cents(self) -> int:
        """VAT on rent and fees, rounded once."""
        return _vat_cents(self.net_cents + self.fees_cents)

    @property
    def gross_cents(self) -> int:
        """What the customer owes."""
        return self.net_cents + self.fees_cents + self.vat_cents

    @property
    def issued_on(self) -> date:
        """The day of its invoice."""
        return max(self.lease.signed_on, self.due_on - _ISSUED_BEFORE_DUE)


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice and its due items; several where leases of one agreement are billed together."""

    number: str
    issued_on: date
    items: tuple[Item, ...]


def items(plan: Plan) -> list[Item]:
    """The due items of a plan. A lease ended early owes its outstanding principal instead of what was to come.

    What was to come is written too, never invoiced: it is in the ledger until the termination is known.
    """
    lease = plan.lease
    rows = [row for row in plan.rows if row.row.amount_cents]
    if lease.terminated_on is None:
        return [_item(lease, row) for row in rows]
    kept = [row for row in rows if row.due_on <= lease.terminated_on]
    to_come = (replace(_item(lease, row), invoiced=False) for row in rows[len(kept) :])
    return [*(_item(lease, row) for row in kept), _settlement(lease, kept[-1], lease.terminated_on), *to_come]


def _item(lease: Lease, row: DatedRow) -> Item:
    item = Item(
        lease=lease,
        kind=row.row.kind,
        number=row.row.number,
        plan_due_on=row.due_on,
        due_on=row.due_on,
        method="BONIFICO" if row.row.kind in _BY_TRANSFER or row.row.number in lease.transfers else lease.method,
        net_cents=row.row.amount_cents,
        fees_cents=lease.fees_cents if row.row.kind == "CANONE" and row.row.number == 1 else 0,
    )
    if item.kind != "INDICIZZAZIONE":
        return item
    kind = "NOTA_CREDITO" if item.net_cents < 0 else item.kind
    return replace(item, kind=kind, due_on=_index_due_on(row.due_on))


def _index_due_on(quarter_end: date) -> date:
    month, day = _INDEX_DUE[quarter_end.month]
    return date(quarter_end.year + (month < quarter_end.month), month, day)


def _settlement(lease: Lease, last: DatedRow, terminated_on: date) -> Item:
    return Item(
        lease=lease,
        kind="RISCATTO",
        number=last.row.number + 1,
        plan_due_on=terminated_on,
        due_on=terminated_on,
        method="BONIFICO",
        net_cents=last.row.outstanding_cents,
        causale="Estinzione anticipata",
    )


def invoices(owed: Iterable[Item], series: str = "") -> Iterator[Invoice]:
    """The invoices of a book in order of issue, numbered `1/2016` from one in each year, `1/A/2016` in series `A/`."""
    together: dict[tuple[object, ...], list[Item]] = defaultdict(list)
    for item in owed:
        if item.invoiced:
            together[_billed_with(item)].append(item)
    bills = sorted(together.values(), key=lambda bill: (bill[0].issued_on, *bill[0].name))
    numbered: dict[int, int] = defaultdict(int)
    for bill in bills:
        issued_on = bill[0].issued_on
        numbered[issued_on.year] += 1
        yield Invoice(f"{numbered[issued_on.year]}/{series}{issued_on.year}", issued_on, tuple(bill))


def _billed_with(item: Item) -> tuple[object, ...]:
    if not item.lease.framework:
        return item.name
    return item.lease.framework, item.kind, item.number, item.due_on
