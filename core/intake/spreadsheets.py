"""The first sheet of an .xlsx file as rows of text, as a CSV file of the same cells would have them.

The reader keeps a whole sheet in memory, as a box from the first cell to the last, with each text once more for each
cell. So the file is looked through first (`extents`), and one that would need too much is refused unread.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from core.intake import extents
from core.intake.blocks import BLOCK_ROWS
from core.intake.cells import Odd, SheetError

Numbered = tuple[int, tuple[str, ...]]

# A spreadsheet computes with more digits than it shows: 2316.3799999999997 was entered, and is seen, as 2316.38.
_DIGITS_SHOWN = 15


def rows(path: Path) -> Iterator[list[Numbered]]:
    """The rows of the first sheet in chunks, each row with its number. Raises SheetError."""
    numbered = _fitted(_numbered(extents.require_readable(path), path))
    while chunk := list(islice(numbered, BLOCK_ROWS)):
        yield chunk


def _sheet(path: Path) -> CalamineSheet:
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            return workbook.get_sheet_by_index(0)
    except CalamineError as error:
        raise SheetError(f"cannot be read as a spreadsheet: {error}") from error


def _numbered(errors: extents.Errors, path: Path) -> Iterator[Numbered]:
    sheet = _sheet(path)
    left = sheet.start[1] if sheet.start else 0
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = tuple(_TEXTS[type(value)](value) for value in values)
        wrong = errors.get(number)
        yield number, tuple(_or_error(cells, wrong, left)) if wrong else cells


def _or_error(cells: tuple[str, ...], wrong: dict[int, str], left: int) -> Iterator[str]:
    for column, cell in enumerate(cells, start=left + 1):
        yield Odd(wrong[column], "is the error of a formula") if column in wrong else cell


def _fitted(numbered: Iterable[Numbered]) -> Iterator[Numbered]:
    """The rows as wide as the first one that has a cell filled, the header; wider where a cell beyond it is filled."""
    width = 0
    for number, cells in numbered:
        width = width or max((at for at, cell in enumerate(cells, start=1) if cell), default=0)
        yield number, cells if any(cells[width:]) else cells[:width]


def _number(value: float) -> str:
    if value.is_integer():
        return str(int(value))
    return f"{value:.{_DIGITS_SHOWN}g}"


@lru_cache
def _flag(value: bool) -> Odd:
    return Odd("yes" if value else "no", "is TRUE or FALSE where neither belongs", "flag")


@lru_cache(4_096)
def _day(value: date) -> Odd:
    return Odd(value.isoformat(), "is a date where none belongs", "day")


def _moment(value: datetime | time | timedelta) -> Odd:
    return Odd(str(value), "has a time of day, which belongs nowhere")


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: str.strip,
    int: str,
    float: _number,
    bool: _flag,
    date: _day,
    datetime: _moment,
    time: _moment,
    timedelta: _moment,
}
