"""Columns whose cells are live: what a column's formula becomes in the rows of a sheet.

Its text is ours alone: what stands in for a brace is a cell's address or an amount, never a text of somebody's.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from operator import index
from typing import Any
from xml.sax.saxutils import escape

from core.exports.cells import EMPTY, Styles
from core.exports.table import Column, Kind
from core.exports.texts import Rendered
from core.kit.money import euro_text

DATA_DATE = "data_date"
_BRACES = re.compile(r"\{(?P<above>above\.)?(?P<key>\w+)\}")
_ROW, _ABOVE = "\x01", "\x02"
_FIRST_ROW = "2"  # below the header
_DIGITS: dict[Kind, Callable[[Any], str]] = {
    Kind.MONEY: lambda cents: euro_text(index(cents)),
    Kind.COUNT: lambda count: str(index(count)),
}


def quoted(text: str) -> str:
    """A text as it stands in a formula; only a text of the portal's own may."""
    return '"{}"'.format(text.replace('"', '""'))


def results(kind: Kind) -> Rendered:
    """What ends a live cell: its stored result, or an empty cell. Raises KeyError for a kind that is not a figure."""
    digits = _DIGITS[kind]
    return Rendered(lambda value: f"<v>{digits(value)}</v></c>", EMPTY)


@dataclass(frozen=True, slots=True)
class Live:
    """A column of live cells. The rows of a chunk share one formula, which makes a cell as short as one of a number.

    No formula speaks of another sheet: the rows stay live where they are copied to, and Excel shares no such formula.
    `first` is the formula of the sheet's first row, `others` that of the rest, as XML with signs for the row numbers.
    `groups` counts the shared formulas of the sheet.
    """

    letter: str
    style: int
    first: str
    others: str
    groups: Iterator[int]

    @classmethod
    def of(
        cls, column: Column, letters: Mapping[str, str], styles: Styles, data_date: date, groups: Iterator[int]
    ) -> "Live":
        """The column as its sheet has it, with `letters` by key.

        Raises KeyError for a key that no column has, or that `opening` lacks.
        """

        def cell(brace: re.Match[str]) -> str:
            if brace["key"] == DATA_DATE:
                return f"DATE({data_date.year},{data_date.month},{data_date.day})"
            return letters[brace["key"]] + (_ABOVE if brace["above"] else _ROW)

        def opening(brace: re.Match[str]) -> str:
            return f"({euro_text(index(column.opening[brace['key']]))})" if brace["above"] else cell(brace)

        money = column.kind is Kind.MONEY
        # What is zero in cents has to be zero there too, and not a remainder of decimals shown as -0,00.
        formula = f"ROUND({column.formula},2)" if money else column.formula
        first, others = (escape(_BRACES.sub(filled, formula)) for filled in (opening, cell))
        return cls(letters[column.key], styles.money if money else styles.count, first, others, groups)

    def cells(self, rows: list[str], results: list[str]) -> list[str]:
        """The cells of a chunk: `rows` are their numbers, `results` how each ends, an empty one `EMPTY`."""
        group = next(self.groups)
        opening, shared = f'<c r="{self.letter}', f'" s="{self.style}"><f t="shared" si="{group}"/>'
        cells = [
            f'{opening}{row}"{result}' if result is EMPTY else f"{opening}{row}{shared}{result}"
            for row, result in zip(rows, results, strict=True)
        ]
        start = 1 if rows[0] == _FIRST_ROW else 0
        if start and results[0] is not EMPTY:
            cells[0] = self._cell(rows[0], self.first, results[0])
        head = next((place for place in range(start, len(rows)) if results[place] is not EMPTY), None)
        if head is not None:
            extent = f' t="shared" ref="{self.letter}{rows[head]}:{self.letter}{rows[-1]}" si="{group}"'
            cells[head] = self._cell(rows[head], self.others, results[head], extent)
        return cells

    def _cell(self, row: str, formula: str, result: str, extent: str = "") -> str:
        text = formula.replace(_ROW, row).replace(_ABOVE, str(int(row) - 1))
        return f'<c r="{self.letter}{row}" s="{self.style}"><f{extent}>{text}</f>{result}'
