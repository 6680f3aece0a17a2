"""Writes a table as CSV the way an Italian Excel opens it: UTF-8 with BOM, semicolons, decimal comma, `dd/mm/yyyy`.

A text never becomes a formula: where it could, an apostrophe stands before it. An amount below zero stays a number.
There is no first line `sep=;` for an Excel that splits on commas: with one, Excel takes no notice of the BOM, and every
other program reads a row more. The workbook opens everywhere.
"""

import csv
from collections.abc import Callable
from io import TextIOWrapper
from operator import index
from typing import TYPE_CHECKING, Any, BinaryIO

from core.exports.table import Kind, Link, Table
from core.exports.texts import Rendered, formula_like, kept
from core.kit.money import euro_text

if TYPE_CHECKING:
    import _csv

_RENDER: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: lambda value: guarded(str(value)),
    Kind.LINK: lambda value: guarded(value.text if isinstance(value, Link) else str(value)),
    Kind.MONEY: lambda cents: euro_text(index(cents)).replace(".", ","),
    Kind.COUNT: lambda count: str(index(count)),
    Kind.DATE: lambda day: day.strftime("%d/%m/%Y"),
}


def write(out: BinaryIO, table: Table) -> int:
    """Write header and rows into `out`, row by row as they come; returns how many rows. Raises what `Table` says."""
    text = TextIOWrapper(out, "utf-8-sig", newline="")
    try:
        return _write(csv.writer(text, delimiter=";"), table)
    finally:
        text.detach()


def _write(lines: "_csv.Writer", table: Table) -> int:
    fields = [Rendered(_RENDER[column.kind], empty="") for column in table.columns]
    lines.writerow([guarded(column.title) for column in table.columns])
    count = 0
    for row in table.rows:
        lines.writerow([field[value] for field, value in zip(fields, row, strict=True)])
        count += 1
    return count


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula, blanks before it or not."""
    shown = kept(text)
    return f"'{shown}" if formula_like(shown) or formula_like(shown.lstrip()) else shown
