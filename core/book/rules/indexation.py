"""The index charge: what a change of the index since the contract was signed adds to a quarter, or takes off it.

Two methods, one per contract. Quarterly: outstanding · (index − base) · days / 360 for each month, rounded once for
the quarter. Simple: rent · (index − base) / rents a year. An index is a share; stored it is in ppm (20630 = 2,063 %).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Generic

from core.book.rules.rates import PPM
from core.kit.dates import add_months, month_end
from core.kit.errors import N_
from core.kit.figures import Number, half_up, named, total
from core.kit.money import divide_half_up

INDEX_DIVISOR = 360
DAYS_OF_YEAR = 365
_THREE_DECIMALS = Decimal("0.001")
_STEP_PPM = 10
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class IndexedMonth(Generic[Number]):
    """A month of a quarter: its first day, cents outstanding at its start, days with both ends, mean of the index."""

    month: date
    outstanding: Number
    days: Number
    index: Number


def index_ppm(mean_percent: Decimal | str) -> int:
    """A monthly mean in percent (`2.063476`), rounded once to three decimals, in ppm (20630)."""
    return int(Decimal(mean_percent).quantize(_THREE_DECIMALS, ROUND_HALF_UP) * (PPM // 100))


def mean_ppm(fixings: Sequence[Decimal]) -> int:
    """The mean of a month's daily fixings in percent, rounded once to three decimals, in ppm."""
    mean = sum(map(Fraction, fixings), Fraction(0)) / len(fixings)
    return _to_three_decimals(mean * PPM / 100)


def on_365_days(index_ppm: int) -> int:
    """An index per 360 days as one per 365 days, in ppm with three decimals of a percent: 3,462 becomes 3,510."""
    return _to_three_decimals(Fraction(index_ppm * DAYS_OF_YEAR, INDEX_DIVISOR))


def _to_three_decimals(ppm: Fraction) -> int:
    return divide_half_up(ppm.numerator, ppm.denominator * _STEP_PPM) * _STEP_PPM


def share(ppm: int) -> Fraction:
    """A rate in parts per million as a share."""
    return Fraction(ppm, PPM)


def month_part(month: IndexedMonth[Number], base: Number, divisor: int = INDEX_DIVISOR) -> Number:
    """Cents, not rounded, that a month adds to the charge of its quarter."""
    part = month.outstanding * (month.index - base) * month.days / divisor
    return named(part, N_("Indexation of %(month)s"), month=month.month)


def quarter_charge(months: Sequence[IndexedMonth[Number]], base: Number, divisor: int = INDEX_DIVISOR) -> Number:
    """Cents of indexation of a quarter, rounded once; negative where the index fell below its base."""
    parts = [month_part(month, base, divisor) for month in months]
    return named(half_up(total(parts)), N_("Indexation of the quarter"))


def simple_charge(rent: Number, index: Number, base: Number, rents_a_year: Number) -> Number:
    """Cents of indexation of one rent by the simple method, rounded once; may be negative."""
    return named(half_up(rent * (index - base) / rents_a_year), N_("Indexation of the instalment"))


def quarters(first: date, last: date) -> Iterator[tuple[date, date, date]]:
    """The quarters an index is adjusted for: competence from, competence to, day the calendar quarter ends.

    The days before the first whole quarter are charged with it: 21/06 to 30/09, then 01/10 to 31/12.
    """
    start = first
    while start <= last:
        ends_on = _quarter_end(start)
        if start == first and start != add_months(ends_on.replace(day=1), -2):
            ends_on = _quarter_end(ends_on + _DAY)
        yield start, min(ends_on, last), ends_on
        start = ends_on + _DAY


def _quarter_end(day: date) -> date:
    return month_end(date(day.year, (day.month + 2) // 3 * 3, 1))


def months_of(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days first..last cut at the months' ends."""
    start = first
    while start <= last:
        yield start, min(month_end(start), last)
        start = month_end(start) + _DAY


def days_of(first: date, last: date) -> int:
    """The days of a competence, both ends included: 21/06 to 30/09 are 102."""
    return (last - first).days + 1
