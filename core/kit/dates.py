"""Business dates: months, month ends, Rome. Instants are UTC and live in `clock`."""

import calendar
from datetime import date
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")


def month_end(day: date) -> date:
    """Last day of the month of `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The same-numbered day `months` later (or earlier); the month's last day where it is missing (art. 2963 c.c.)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))
