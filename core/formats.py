"""The one way to show an amount, a date, a time or a count, in the language of the reader."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, get_decimal_symbol, get_group_symbol

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


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def masked_iban(iban: str) -> str:
    """An account number of which only the beginning and the end are told: `IT60 •••• 3456`."""
    return f"{iban[:4]} •••• {iban[-4:]}"


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of one language (`it`, `en-GB`, ...)."""

    lang: str

    def money(self, cents: int) -> str:
        """An amount of cents in euro: `2.316,38 €`, with a no-break space and the sign after the figure."""
        return _money(short(self.lang), int(cents))

    def part_of_money(self, cents: Fraction) -> str:
        """An amount on its way to being rounded, up to a ten-thousandth of a cent: `99,134568 €`."""
        amount, locale = _decimal(cents / 100), _locale(short(self.lang))
        return format_currency(amount, "EUR", format="#,##0.00####\xa0¤", locale=locale, currency_digits=False)

    def share(self, share: Fraction) -> str:
        """A share in percent, up to a millionth: `22 %`, `7,938017 %`."""
        return format_decimal(_decimal(share), format="#,##0.######\xa0%", locale=_locale(short(self.lang)))

    def number(self, number: Fraction) -> str:
        """A number that counts nothing: `360`, `0,5`."""
        return format_decimal(_decimal(number), format="#,##0.######", locale=_locale(short(self.lang)))

    def month(self, day: date) -> str:
        """The month of a day: `luglio 2022`."""
        return _date(short(self.lang), day, "MMMM y")

    def short_month(self, day: date) -> str:
        """The month of a day on the axis of a chart: `04/24`."""
        return _date(short(self.lang), day, "MM/yy")

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

    @property
    def separators(self) -> str:
        """The decimal sign and that of the thousands, as a chart takes them: `,.`."""
        locale = _locale(short(self.lang))
        return get_decimal_symbol(locale) + get_group_symbol(locale)

    def count(self, number: int) -> str:
        """A count: `1.234`."""
        return _count(short(self.lang), int(number))
