"""The dated plan of a contract: when each row falls due and the days it pays for, with the index rows of its quarters.

Due dates that start on a month's end keep to the months' ends. An index row has no principal; its interest is what the
index adds, and it falls due on the last day of its quarter.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from core.book.rules.balances import outstanding_on
from core.book.rules.indexation import IndexedMonth, days_of, months_of, quarter_charge, quarters, share
from core.book.rules.plans import Row
from core.book.rules.terms import Terms
from core.kit.dates import add_months, month_end

_DAY = timedelta(days=1)
_DATES_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class Days:
    """The dates that a plan hangs on: start of the contract, delivery of the goods, first rent, end and riscatto."""

    starts_on: date
    delivered_on: date
    first_due_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Index:
    """The means of an index in ppm by first day of month, as far as they are known, and the base of the contract."""

    ppm: Mapping[date, int]
    base_ppm: int


@dataclass(frozen=True, slots=True)
class DatedRow:
    """A row of the plan, its due date and the days it pays for, both ends included."""

    row: Row
    due_on: date
    accrues_from: date
    accrues_to: date


def dated_plan(terms: Terms, days: Days, rows: Sequence[Row], index: Index | None = None) -> tuple[DatedRow, ...]:
    """The whole plan by due date, an index row before the rent of its day; index rows as far as the index is known."""
    base = list(_dated(terms, days, rows))
    charges = _index_rows(terms, days, base, index) if index else ()
    return tuple(sorted([*base, *charges], key=_order))


def _order(dated: DatedRow) -> tuple[date, bool, int]:
    return dated.due_on, dated.row.kind != "INDICIZZAZIONE", dated.row.number


@lru_cache(_DATES_KEPT)
def due_dates(first: date, count: int, period_months: int = 1) -> tuple[date, ...]:
    """`count` dates a period apart; a first date on a month's end keeps to the months' ends."""
    days = [add_months(first, period_months * step) for step in range(count)]
    return tuple(map(month_end, days)) if first == month_end(first) else tuple(days)


def _dated(terms: Terms, days: Days, rows: Sequence[Row]) -> Iterator[DatedRow]:
    """Each row with its days: a rent in advance pays for the period it opens, one in arrears for that it closes."""
    dates = due_dates(days.first_due_on, terms.instalments + 1, terms.period_months)
    start = days.delivered_on if terms.at_closing else days.delivered_on + _DAY
    for row in rows:
        if row.kind == "ANTICIPO":
            yield DatedRow(row, days.starts_on, days.starts_on, days.delivered_on)
        elif row.kind == "CANONE":
            due_on = dates[max(0, row.number - max(1, terms.at_closing))]
            end = dates[row.number] - _DAY if terms.at_closing else due_on
            yield DatedRow(row, due_on, start, end)
            start = end + _DAY
        else:
            yield DatedRow(row, days.ends_on, min(start, days.ends_on), days.ends_on)


def _index_rows(terms: Terms, days: Days, base: Sequence[DatedRow], index: Index) -> Iterator[DatedRow]:
    """A row for each quarter until a mean is not known, its charge on what the base plan has outstanding."""
    balances = [(dated.due_on, dated.row.outstanding_cents) for dated in base]
    for start, end, closes_on in quarters(days.delivered_on + _DAY, days.ends_on):
        if any(first.replace(day=1) not in index.ppm for first, _ in months_of(start, closes_on)):
            return
        months = [
            IndexedMonth(
                month=first.replace(day=1),
                outstanding=Fraction(outstanding_on(balances, terms.price_cents, first)),
                days=Fraction(days_of(first, last)),
                index=share(index.ppm[first.replace(day=1)]),
            )
            for first, last in months_of(start, end)
        ]
        charge = int(quarter_charge(months, share(index.base_ppm)))
        left = outstanding_on(balances, terms.price_cents, closes_on - _DAY)
        yield DatedRow(Row("INDICIZZAZIONE", 0, charge, 0, charge, left), closes_on, start, end)
