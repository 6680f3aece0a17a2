"""The text of one cell as a value: amounts, days, rates, identifiers. A cell that does not fit says why."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum.exceptions import ValidationError
from stdnum.it import codicefiscale, iva

from core.book import rules
from core.kit.money import parse_cents
from core.mail.addresses import NotOneAddress, one_address

PPM_PER_PERCENT = 10_000
BP_PER_PERCENT = 100
LARGEST_CENTS = 10**13
LARGEST_PERCENT = 100
LARGEST_COUNT = 9_999
FIRST_YEAR, LAST_YEAR = 1950, 2199
_YES = frozenset({"yes", "y", "si", "sì", "s", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})
_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)
_ITALIAN_DAY = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_PERCENT = re.compile(r"[-+]?\d{1,6}(?:[.,]\d{1,12})?", re.ASCII)

Parser = Callable[[str], object]


class CellError(ValueError):
    """A cell does not hold what its column asks for; the text says what that is."""


def text(longest: int | None = None) -> Parser:
    """Parser of free text of at most `longest` characters, without control characters."""

    def parse(cell: str) -> str:
        plain = cell.replace("\r\n", "\n")
        if any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in plain):
            raise CellError("holds a control character")
        if longest is not None and len(plain) > longest:
            raise CellError(f"is {len(plain)} characters long, at most {longest} fit")
        return plain

    return parse


def one_of(*words: str) -> Parser:
    """Parser of one of the given words, upper or lower case."""

    def parse(cell: str) -> str:
        if cell.upper() not in words:
            raise CellError(f"must be one of {', '.join(words)}")
        return cell.upper()

    return parse


def count(lowest: int = 0) -> Parser:
    """Parser of a whole number from `lowest` to 9999."""

    def parse(cell: str) -> int:
        if not re.fullmatch(r"\d{1,4}", cell, re.ASCII) or int(cell) < lowest:
            raise CellError(f"must be a whole number from {lowest} to {LARGEST_COUNT}")
        return int(cell)

    return parse


def amount(cell: str) -> int:
    """Cents of an amount of euro."""
    try:
        cents = parse_cents(cell)
    except ValueError:
        raise CellError("must be an amount of euro such as 2316,38") from None
    if abs(cents) > LARGEST_CENTS:
        raise CellError("is too large an amount")
    return cents


def day(cell: str) -> date:
    """A date, written 2024-04-05 or 05/04/2024."""
    match = _ISO_DAY.fullmatch(cell) or _ITALIAN_DAY.fullmatch(cell)
    if match is None:
        raise CellError("must be a date such as 2024-04-05 or 05/04/2024")
    return _date(int(match["year"]), int(match["month"]), int(match["day"]))


def month(cell: str) -> date:
    """The first day of a month written 2022-09."""
    match = _MONTH.fullmatch(cell)
    if match is None:
        raise CellError("must be a month such as 2022-09")
    return _date(int(match[1]), int(match[2]), 1)


def _date(year: int, month_number: int, day_number: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(f"must lie between {FIRST_YEAR} and {LAST_YEAR}")
    try:
        return date(year, month_number, day_number)
    except ValueError:
        raise CellError("is not a day of the calendar") from None


def yes_no(cell: str) -> bool:
    """Yes or no."""
    word = cell.lower()
    if word not in _YES | _NO:
        raise CellError("must be yes or no")
    return word in _YES


def ppm(cell: str) -> int:
    """Parts per million of a percentage with at most four decimals: 7,938 is 79380."""
    return _exact(cell, PPM_PER_PERCENT, "four")


def basis_points(cell: str) -> int:
    """Basis points of a percentage with at most two decimals, not negative: 22 is 2200."""
    points = _exact(cell, BP_PER_PERCENT, "two")
    if points < 0:
        raise CellError("must not be negative")
    return points


def index_ppm(cell: str) -> int:
    """Parts per million of an index in percent, rounded once and half up to three decimals: 2,063476 is 20630."""
    return rules.index_ppm(_percent(cell))


def _exact(cell: str, units: int, decimals: str) -> int:
    scaled = _percent(cell) * units
    if scaled != int(scaled):
        raise CellError(f"has more than {decimals} decimals")
    return int(scaled)


def _percent(cell: str) -> Decimal:
    if not _PERCENT.fullmatch(cell):
        raise CellError("must be a percentage such as 7,938")
    percent = Decimal(cell.replace(",", "."))
    if abs(percent) > LARGEST_PERCENT:
        raise CellError(f"must lie between -{LARGEST_PERCENT} and {LARGEST_PERCENT} percent")
    return percent


def iban(cell: str) -> str:
    """An IBAN without spaces and dashes, its national part checked too; the bank need not be known."""
    compact = re.sub(r"[\s-]", "", cell).upper()
    try:
        return str(IBAN(compact, validate_bban=True))
    except SchwiftyException as error:
        raise CellError(f"is not an IBAN: {_sentence(error)}") from None


def tax_code(cell: str) -> str:
    """A codice fiscale of 16 characters, or the 11 digits of a company's."""
    try:
        return str(codicefiscale.validate(cell))
    except ValidationError as error:
        raise CellError(f"is not a codice fiscale: {_sentence(error)}") from None


def vat_number(cell: str) -> str:
    """An Italian partita IVA of 11 digits."""
    try:
        return str(iva.validate(cell))
    except ValidationError as error:
        raise CellError(f"is not a partita IVA: {_sentence(error)}") from None


def email(cell: str) -> str:
    """One e-mail address; whether it exists is not asked."""
    try:
        return one_address(cell)
    except NotOneAddress:
        raise CellError("must be one e-mail address such as name@company.it") from None


def _sentence(error: Exception) -> str:
    said = " ".join(str(error).split()).rstrip(".")
    return said[:1].lower() + said[1:]
