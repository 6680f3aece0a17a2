"""What an address asks of a statement of account: one contract or all, from which day to which."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from core.book.ledger import LONGEST_NUMBER
from core.kit import addresses
from core.kit.dates import add_months
from core.kit.errors import N_, WrongPeriod

PRESETS = ("year", "last_year", "12m", "start")
_TO_COME = N_("This period has not begun yet. Choose a first day up to today.")
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)


class Period(NamedTuple):
    """Both days belong to it; `since` is None from the first movement on."""

    since: date | None
    until: date


@dataclass(frozen=True, slots=True)
class StatementFilters:
    """A contract or all, and a period: the first and last day, or one of PRESETS where both are missing."""

    contract: str | None = None
    preset: str = PRESETS[0]
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, address: Mapping[str, str]) -> "StatementFilters":
        """The filters of an address: `contract`, `period`, `from`, `to`. What cannot be one counts as absent."""
        return cls(
            contract=addresses.text(address.get("contract"), LONGEST_NUMBER) or None,
            preset=addresses.one_of(address.get("period"), PRESETS) or PRESETS[0],
            since=addresses.day(address.get("from"), FIRST_DAY, LAST_DAY),
            until=addresses.day(address.get("to"), FIRST_DAY, LAST_DAY),
        )

    @property
    def dated(self) -> bool:
        """Whether days were given, in place of a preset."""
        return self.since is not None or self.until is not None

    def period(self, today: date) -> Period:
        """The days asked for: none after today, of which nothing is known; a last day alone begins with its year.

        Raises WrongPeriod.
        """
        if not self.dated:
            return _preset(self.preset, today)
        if self.since and self.since > today:
            raise WrongPeriod(_TO_COME)
        if self.since and self.until and self.since > self.until:
            raise WrongPeriod
        until = min(self.until or today, today)
        since = self.since or until.replace(month=1, day=1)
        return Period(since, until)


def _preset(name: str, today: date) -> Period:
    match name:
        case "last_year":
            return Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
        case "12m":
            return Period(add_months(today, -12) + timedelta(days=1), today)
        case "start":
            return Period(None, today)
        case _:
            return Period(today.replace(month=1, day=1), today)
