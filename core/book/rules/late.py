"""Interest on what is paid late: the reference rate of each half-year plus the spread of the contract."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic

from core.kit.errors import N_
from core.kit.figures import Number, half_up, named, total

DAYS_OF_YEAR = 365
_JULY = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LateDays(Generic[Number]):
    """Days at one yearly rate, a share: that of the half-year of `since`."""

    since: date
    days: Number
    rate: Number


def late_rate(reference: Number, spread: Number) -> Number:
    """The yearly rate of late interest: the reference rate of the half-year plus the agreed spread, as shares."""
    return named(reference + spread, N_("Late interest rate"))


def late_interest(unpaid: Number, late: Sequence[LateDays[Number]], divisor: int = DAYS_OF_YEAR) -> Number:
    """Cents of late interest on an unpaid amount in cents, rounded once; `divisor` is 365 or 360 by contract."""
    parts = [_late_part(unpaid, part, divisor) for part in late]
    return named(half_up(total(parts) if parts else unpaid * 0), N_("Late interest"))


def _late_part(unpaid: Number, late: LateDays[Number], divisor: int) -> Number:
    return named(unpaid * late.rate * late.days / divisor, N_("Late interest at the rate of %(day)s"), day=late.since)


def late_days(due_on: date, day: date) -> Iterator[tuple[date, int]]:
    """The days from a due date to a day, by half-year: the day whose reference rate holds, and how many they are.

    The due date itself is not counted; nothing is late on it or before.
    """
    start = due_on + _DAY
    while start <= day:
        rate_of, following = _half_year(start)
        last = min(day, following - _DAY)
        yield rate_of, (last - start).days + 1
        start = following


def _half_year(day: date) -> tuple[date, date]:
    """The first days of a day's half-year and of the one after it."""
    january, july = date(day.year, 1, 1), date(day.year, _JULY, 1)
    return (january, july) if day < july else (july, date(day.year + 1, 1, 1))
