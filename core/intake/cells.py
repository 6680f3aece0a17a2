"""The text of one cell as a value: amounts, days, rates, identifiers. A cell that does not fit says why."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

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
# A book has some thousand days, each of them many times.
_MANY_DAYS = 16_384
_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)
_ITALIAN_DAY = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)
_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})(?:-01)?", re.ASCII)
_FIRST_DAY = re.compile(r"0?1/(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)
_PERCENT = re.compile(r"[-+]?\d{1,6}(?:[.,]\d{1,12})?", re.ASCII)

_USUAL_AMOUNT = r"-?[0-9]{1,11}[.,][0-9]{2}"
_USUAL_AMOUNTS = re.compile(rf"{_USUAL_AMOUNT}(?:\n{_USUAL_AMOUNT})*")

Holds = Literal["text", "whole", "day", "flag"]
One = Callable[[str], Any]
Usual = Callable[[Sequence[str]], Sequence[Any] | None]


class CellError(ValueError):
    """A cell does not hold what its column asks for; the text says what that is."""


class SheetError(ValueError):
    """A file cannot be read, or not beyond the `row` where this was found; the text says why. 0 is the file itself."""

    def __init__(self, reason: str, row: int = 0) -> None:
        self.row = row
        super().__init__(reason)


class Odd(str):
    """A cell of a spreadsheet that was not written as a text or a number: a date, a yes or no, an error.

    It has a meaning only where the column holds the same; elsewhere it is refused for its `reason`. It equals nothing
    but itself, so that it is never taken for a text that looks the same.
    """

    __slots__ = ("holds", "reason")
    __hash__ = object.__hash__

    holds: Holds | None
    reason: str

    def __new__(cls, shown: str, reason: str, holds: Holds | None = None) -> "Odd":
        """A cell shown as this text."""
        odd = super().__new__(cls, shown)
        odd.reason, odd.holds = reason, holds
        return odd

    def __eq__(self, other: object) -> bool:
        return self is other


@dataclass(frozen=True, slots=True)
class Parser:
    """How the cells of a column are read, and what they hold.

    `one` is what a stripped cell means; it raises CellError. `usual` reads a whole column at once, to the same values,
    where each cell of it has the usual shape and nothing around it; if one has not, it returns None.
    """

    one: One
    holds: Holds
    usual: Usual | None = None

    def __call__(self, cell: str) -> object:
        """What a cell means. Raises CellError."""
        return self.one(cell)

    def each(self, written: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        """What each of these cells means, and why the others mean nothing. `written` is cell to stripped cell."""
        values: dict[str, Any] = {}
        reasons: dict[str, str] = {}
        for cell, stripped in written.items():
            try:
                values[cell] = self.one(stripped)
            except CellError as error:
                reasons[cell] = str(error)
        return values, reasons


def parser(holds: Holds, usual: Usual | None = None) -> Callable[[One], Parser]:
    """Make a function of one cell the parser of a column."""
    return lambda one: Parser(one, holds, usual)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" and character not in "\n\t"


def text(longest: int | None = None) -> Parser:
    """Parser of free text of at most `longest` characters, without control characters."""

    def parse(cell: str) -> str:
        plain = cell.replace("\r\n", "\n")
        if not plain.isprintable() and any(map(_is_control, plain)):
            raise CellError("holds a control character")
        if longest is not None and len(plain) > longest:
            raise CellError(f"is {len(plain)} characters long, at most {longest} fit")
        return plain

    def usual(cells: Sequence[str]) -> Sequence[str] | None:
        plain = all(cells) and list(map(str.strip, cells)) == list(cells) and "".join(cells).isprintable()
        return cells if plain and (longest is None or max(map(len, cells), default=0) <= longest) else None

    return Parser(parse, "text", usual)


def one_of(*words: str) -> Parser:
    """Parser of one of the given words, upper or lower case."""

    def parse(cell: str) -> str:
        if cell.upper() not in words:
            raise CellError(f"must be one of {', '.join(words)}")
        return cell.upper()

    return Parser(parse, "text")


def count(lowest: int = 0) -> Parser:
    """Parser of a whole number from `lowest` to 9999."""

    def parse(cell: str) -> int:
        if not re.fullmatch(r"\d{1,4}", cell, re.ASCII) or int(cell) < lowest:
            raise CellError(f"must be a whole number from {lowest} to {LARGEST_COUNT}")
        return int(cell)

    return Parser(parse, "whole")


def _usual_amounts(cells: Sequence[str]) -> list[int] | None:
    column = "\n".join(cells)
    if not _USUAL_AMOUNTS.fullmatch(column):
        return None
    cents = [int(figures) for figures in column.replace(",", "").replace(".", "").split("\n")]
    return cents if len(cents) == len(cells) else None


@parser("whole", usual=_usual_amounts)
def amount(cell: str) -> int:
    """Cents of an amount of euro."""
    try:
        cents = parse_cents(cell)
    except ValueError:
        raise CellError("must be an amount of euro such as 2316,38") from None
    if abs(cents) > LARGEST_CENTS:
        raise CellError("is too large an amount")
    return cents


@parser("day")
@lru_cache(_MANY_DAYS)
def day(cell: str) -> date:
    """A date, written 2024-04-05 or 05/04/2024."""
    match = _ISO_DAY.fullmatch(cell) or _ITALIAN_DAY.fullmatch(cell)
    if match is None:
        raise CellError("must be a date such as 2024-04-05 or 05/04/2024")
    return _date(int(match["year"]), int(match["month"]), int(match["day"]))


@parser("day")
def month(cell: str) -> date:
    """The first day of a month, written 2022-09 or as that day, which is what a spreadsheet makes of it."""
    match = _MONTH.fullmatch(cell) or _FIRST_DAY.fullmatch(cell)
    if match is None:
        raise CellError("must be a month such as 2022-09")
    return _date(int(match["year"]), int(match["month"]), 1)


def _date(year: int, month_number: int, day_number: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(f"must lie between {FIRST_YEAR} and {LAST_YEAR}")
    try:
        return date(year, month_number, day_number)
    except ValueError:
        raise CellError("is not a day of the calendar") from None


@parser("flag")
def yes_no(cell: str) -> bool:
    """Yes or no."""
    word = cell.lower()
    if word not in _YES | _NO:
        raise CellError("must be yes or no")
    return word in _YES


@parser("whole")
def ppm(cell: str) -> int:
    """Parts per million of a percentage with at most four decimals: 7,938 is 79380."""
    return _exact(cell, PPM_PER_PERCENT, "four")


@parser("whole")
def basis_points(cell: str) -> int:
    """Basis points of a percentage with at most two decimals, not negative: 22 is 2200."""
    points = _exact(cell, BP_PER_PERCENT, "two")
    if points < 0:
        raise CellError("must not be negative")
    return points


@parser("whole")
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


@parser("text")
def iban(cell: str) -> str:
    """An IBAN without spaces and dashes, its national part checked too; the bank need not be known."""
    compact = re.sub(r"[\s-]", "", cell).upper()
    try:
        return str(IBAN(compact, validate_bban=True))
    except SchwiftyException as error:
        raise CellError(f"is not an IBAN: {_sentence(error)}") from None


@parser("text")
def tax_code(cell: str) -> str:
    """A codice fiscale of 16 characters, or the 11 digits of a company's."""
    try:
        return str(codicefiscale.validate(cell))
    except ValidationError as error:
        raise CellError(f"is not a codice fiscale: {_sentence(error)}") from None


@parser("text")
def vat_number(cell: str) -> str:
    """An Italian partita IVA of 11 digits."""
    try:
        return str(iva.validate(cell))
    except ValidationError as error:
        raise CellError(f"is not a partita IVA: {_sentence(error)}") from None


@parser("text")
def email(cell: str) -> str:
    """One e-mail address; whether it exists is not asked."""
    try:
        return one_address(cell)
    except NotOneAddress:
        raise CellError("must be one e-mail address such as name@company.it") from None


def _sentence(error: Exception) -> str:
    said = " ".join(str(error).split()).rstrip(".")
    return said[:1].lower() + said[1:]
