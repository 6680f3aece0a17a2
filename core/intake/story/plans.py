"""The plan of each lease of the story: the engine's rows with their days, and the index rows of the closed quarters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from math import gcd

from core.book import rules
from core.intake.story.cast import Lease

_DAY = timedelta(days=1)
_TERMS_KEPT = 2_000
Index = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row of the plan and its days."""

    row: rules.Row
    due_on: date
    accrues_from: date
    accrues_to: date


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows of a lease by due date, an index row before the rent of its day, and the rate they come from."""

    lease: Lease
    rate: Decimal
    rows: tuple[PlanRow, ...]


def draw(lease: Lease, index: Index) -> Plan:
    """The whole plan; index rows as far as the index is known. `index` has ppm by first day of month."""
    terms = lease.terms
    rate = _rate(terms)
    base = list(_dated(lease, _plan(terms, rate)))
    rows = [*base, *_index_rows(lease, base, index)]
    return Plan(lease, rate, tuple(sorted(rows, key=_order)))


def _rate(terms: rules.Terms) -> Decimal:
    """The solved rate, the same for terms in proportion: ten vans alike cost ten times the rent of one."""
    amounts = terms.price_cents, terms.deposit_cents, terms.rent_cents, terms.residual_cents
    share = gcd(*amounts)
    price, deposit, rent, residual = (amount // share for amount in amounts)
    return _solved(
        replace(terms, price_cents=price, deposit_cents=deposit, rent_cents=rent, residual_cents=residual),
    )


@lru_cache(_TERMS_KEPT)
def _solved(terms: rules.Terms) -> Decimal:
    return rules.solved_rate(rules.flows(terms), terms.price_cents, terms.period_months)


@lru_cache(_TERMS_KEPT)
def _plan(terms: rules.Terms, rate: Decimal) -> Sequence[rules.Row]:
    return rules.plan(terms, rate)


@lru_cache(_TERMS_KEPT)
def _due_dates(first: date, count: int, period_months: int) -> Sequence[date]:
    return rules.due_dates(first, count, period_months)


def _order(row: PlanRow) -> tuple[date, bool, int]:
    return row.due_on, row.row.kind != "INDICIZZAZIONE", row.row.number


def _dated(lease: Lease, rows: Sequence[rules.Row]) -> Iterator[PlanRow]:
    terms = lease.terms
    due = _due_dates(lease.first_due_on, terms.instalments + 1, lease.period_months)
    start = lease.delivered_on if lease.in_advance else lease.delivered_on + _DAY
    for row in rows:
        if row.kind == "ANTICIPO":
            yield PlanRow(row, lease.starts_on, lease.starts_on, lease.delivered_on)
        elif row.kind == "CANONE":
            due_on = due[row.number - 1]
            end = due[row.number] - _DAY if lease.in_advance else due_on
            yield PlanRow(row, due_on, start, end)
            start = end + _DAY
        else:
            yield PlanRow(row, lease.ends_on, min(start, lease.ends_on), lease.ends_on)


def _index_rows(lease: Lease, base: list[PlanRow], index: Index) -> Iterator[PlanRow]:
    if lease.index_base is None:
        return
    balances = [(row.due_on, row.row.outstanding_cents) for row in base]
    price = lease.terms.price_cents
    for start, end, closes_on in rules.index_periods(lease.delivered_on + _DAY, lease.ends_on):
        if closes_on.replace(day=1) not in index:
            return
        months = (
            rules.IndexedMonth(
                outstanding_cents=rules.outstanding_on(balances, price, first),
                days=(last - first).days + 1,
                index_ppm=index[first.replace(day=1)],
            )
            for first, last in rules.calendar_months(start, end)
        )
        charge = rules.index_charge(months, index[lease.index_base])
        left = rules.outstanding_on(balances, price, closes_on - _DAY)
        yield PlanRow(rules.Row("INDICIZZAZIONE", 0, charge, 0, charge, left), closes_on, start, end)
