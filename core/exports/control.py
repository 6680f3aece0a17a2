"""The block below the notes that says whether the workbook's totals are still those of the portal.

A reader who changed a figure, added a row or took one away sees it there.
"""

from collections.abc import Mapping

from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter, quote_sheetname

from core.exports import shell
from core.exports.cells import Cells, Styles, formula_cell, live_text_cell
from core.exports.formulas import quoted
from core.exports.table import Control, Kind, Table
from core.kit.errors import N_
from core.kit.money import euro_text
from core.locale import translations

_TITLES = {
    N_("Control"): Kind.TEXT,
    N_("Total of the file"): Kind.MONEY,
    N_("Total of the portal"): Kind.MONEY,
    N_("Difference"): Kind.MONEY,
    N_("Outcome"): Kind.TEXT,
}
_SAME, _DIFFERENT = N_("OK"), N_("different")
_RED = "B3261E"


def compare(book: Workbook, table: Table, count: int, sums: Mapping[str, int], styles: Styles) -> dict[str, str]:
    """Write the block; returns the rest of its live cells by address, as openpyxl writes no formula with its result.

    `sums` are the totals of the file by key, in cents. Raises KeyError for a control of a column without a total.
    """
    if not table.control:
        return {}
    gettext = translations(table.notes.lang).gettext
    notes = book.worksheets[1]
    top = notes.max_row + 2
    for position, (title, kind) in enumerate(_TITLES.items(), start=1):
        shell.head(notes.cell(top, position), gettext(title), kind)
    same, different = gettext(_SAME), gettext(_DIFFERENT)
    live: dict[str, str] = {}
    for row, control in enumerate(table.control, start=top + 1):
        shell.put(notes.cell(row, 1), control.label)
        for position in range(2, len(_TITLES) + 1):
            notes.cell(row, position, 0)  # in whose place the live cell comes
        extent = _extent(book, table, control, count)
        live |= _line(row, control.cents, sums[control.key], extent, (same, different), styles)
    rule = CellIsRule(operator="notEqual", formula=[quoted(same)], font=Font(color=_RED, b=True))
    notes.conditional_formatting.add(f"E{top + 1}:E{top + len(table.control)}", rule)
    return live


def _line(row: int, portal: int, file: int, extent: str, outcomes: tuple[str, str], styles: Styles) -> dict[str, str]:
    same, different = outcomes
    outcome = f"IF(D{row}=0,{quoted(same)},{quoted(different)})"
    return {
        f"B{row}": formula_cell(f"ROUND(SUM({extent}),2)", euro_text(file), styles.money),
        f"C{row}": Cells(Kind.MONEY, styles)[portal],
        f"D{row}": formula_cell(f"ROUND(B{row}-C{row},2)", euro_text(file - portal), styles.money),
        f"E{row}": live_text_cell(outcome, same if file == portal else different, styles.text),
    }


def _extent(book: Workbook, table: Table, control: Control, count: int) -> str:
    """The cells of the column, whatever a filter hides of them."""
    letter = get_column_letter([column.key for column in table.columns].index(control.key) + 1)
    sheet = quote_sheetname(book.active.title)
    return f"{sheet}!${letter}${shell.first_row(count)}:${letter}${count + 1}"
