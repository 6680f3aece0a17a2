"""The one way to show an amount, a date, a time or a count, in the language of the reader."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from core.kit.dates import ROME
from core.locale import TAGS, short

# Babel takes some 30 µs for an amount; a ledger shows the same few hundred again and again.
_MANY = 65_536


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(TAGS[language], sep="-")


@lru_cache(_MANY)
def _money(language: str, cents: int) -> str:
    whole, rest = divmod(abs(cents), 100)

    amount = Decimal(f"{'-' if cents < 0 else ''}{whole}.{rest:02d}")
    return format_currency(amount, "EUR", format="#,##0.00\xa0¤", locale=_locale(language), group_separator=True)


@lru_cache(_MANY)
def _date(language: str, day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=_locale(language))


@lru_cache(_MANY)
def _count(language: str, number: int) -> str:
    return format_decimal(number, locale=_locale(language), group_separator=True)


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of one language (`it`, `en-GB`, ...)."""

    lang: str

    def money(self, cents: int) -> str:
        """An amount of cents in euro: `2.316,38 €`, with a no-break space and the sign after the figure."""
        return _money(short(self.lang), int(cents))

    def day(self, day: date) -> str:
        """A date in tables, cards and figures: `30/04/24`."""
        return _date(short(self.lang), day, "dd/MM/yy")

    def full_day(self, day: date) -> str:
        """A date in sentences, forms and papers: `30/04/2024`."""
        return _date(short(self.lang), day, "dd/MM/yyyy")

    def long_day(self, day: date) -> str:
        """A date in words: `venerdì 5 aprile 2024`."""
        pattern = {"it": "EEEE d MMMM y", "en": "EEEE d MMMM y", "es": "EEEE d 'de' MMMM 'de' y"}[short(self.lang)]
        return _date(short(self.lang), day, pattern)

    def time(self, instant: datetime) -> str:
        """The time of an instant in Rome: `07:30`."""
        return format_time(instant.astimezone(ROME), "HH:mm", locale=_locale(short(self.lang)))

    def count(self, number: int) -> str:
        """A count: `1.234`."""
        return _count(short(self.lang), int(number))
