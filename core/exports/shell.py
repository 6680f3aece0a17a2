"""The workbook around the rows: styles, widths, frozen header, print set-up, and the sheet that says what the file is.

openpyxl makes it; the rows are streamed in beside it by `core.exports.workbook`.
"""

import re
from collections.abc import Iterator
from datetime import UTC

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table as NamedTable
from openpyxl.worksheet.table import TableColumn
from openpyxl.worksheet.worksheet import Worksheet

from core.exports.cells import Styles, cleaned
from core.exports.names import sheet_name
from core.exports.table import Kind, Notes, Table
from core.exports.texts import formula_like
from core.kit.dates import ROME
from core.locale import translations

EURO = r"#,##0.00\ [$€-410]"
_DAY = "dd/mm/yy"
_FULL_DAY = "dd/mm/yyyy"
_MINUTE = "dd/mm/yyyy hh:mm"
_COUNT = "#,##0"
_A4 = 9
_LONGEST_FOOTER = 100
_PETROL = "0B5C6B"
_RULE = Side(style="thin", color="7F8C98")
_BOLD = Font(name="Calibri", sz=11, b=True)
_LINK = Font(name="Calibri", sz=11, u="single", color=_PETROL)
_LEFT = Alignment(horizontal="left")
_RIGHT = Alignment(horizontal="right", indent=1)  # a gap to the text of the next column
_FIGURES = {Kind.MONEY: EURO, Kind.COUNT: _COUNT}
_NOTE_WIDTHS = {"A": 28, "B": 22, "C": 22, "D": 16, "E": 12}


def begin(table: Table) -> tuple[Workbook, Styles]:
    """A workbook with the header of its data sheet, and the numbers of the styles that the rows will use."""
    book = Workbook()
    data = book.active
    data.title = sheet_name(table.sheet)
    for position, column in enumerate(table.columns, start=1):
        data.column_dimensions[get_column_letter(position)].width = column.width
        head(data.cell(1, position), column.title, column.kind)
    data.freeze_panes = "A2"
    _print_set_up(data, table.notes)
    book.properties.creator = cleaned(table.notes.company)
    book.properties.title = cleaned(table.notes.title)
    book.properties.created = table.notes.at.astimezone(UTC).replace(tzinfo=None)
    return book, _styles(data)


def first_row(count: int) -> int:
    """Where the rows begin. Without rows it is the header, whose text counts nothing in a sum."""
    return min(2, count + 1)


def finish(book: Workbook, table: Table, count: int) -> dict[Kind, int]:
    """Complete the workbook once its `count` rows are known; returns the styles of the total row."""
    data = book.active
    _name_rows(data, f"A1:{get_column_letter(len(table.columns))}{count + 1}", count)
    # An empty last cell tells openpyxl how far the sheet reaches.
    data.cell(count + 1 + any(column.total for column in table.columns), len(table.columns))
    _describe(book.create_sheet(), count, table.notes)
    looks = {"font": _BOLD, "border": Border(top=_RULE)}
    return {kind: _style(data, _FIGURES.get(kind), alignment=_aligned(kind), **looks) for kind in Kind}


def _name_rows(data: Worksheet, extent: str, count: int) -> None:
    """Make header and rows a table that formulas and queries can name, with its filter; the total stands below it.

    Excel takes no table without rows or with two headers alike: there the sheet has the filter.
    """
    titles = [cell.value for cell in data[1]]
    if not count or "" in titles or len({title.lower() for title in titles}) < len(titles):
        data.auto_filter.ref = extent
        return
    named = NamedTable(displayName="T_" + re.sub(r"\W+", "_", data.title), ref=extent)
    # Otherwise openpyxl would make every cell of the extent to read the first row.
    named.tableColumns = [TableColumn(id=n, name=title) for n, title in enumerate(titles, start=1)]
    named.autoFilter = AutoFilter(ref=extent)
    data.add_table(named)


def _aligned(kind: Kind) -> Alignment:
    return _RIGHT if kind in _FIGURES else _LEFT


def head(cell: Cell, title: str, kind: Kind) -> None:
    """Write the header of a column of such cells."""
    put(cell, title)
    cell.font = _BOLD
    cell.fill = PatternFill("solid", start_color="F4F6F8")
    cell.border = Border(bottom=_RULE)
    cell.alignment = _aligned(kind)


def _print_set_up(data: Worksheet, notes: Notes) -> None:
    _fit_to_width(data, "landscape")
    data.print_title_rows = "1:1"
    data.oddFooter.left.text = cleaned(f"{notes.company} - {notes.title}")[:_LONGEST_FOOTER].replace("&", "&&")
    data.oddFooter.right.text = "&P / &N"


def _fit_to_width(sheet: Worksheet, orientation: str) -> None:
    sheet.page_setup.orientation = orientation
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _styles(data: Worksheet) -> Styles:
    return Styles(
        text=_style(data),
        text_quoted=_style(data, quotePrefix=True),
        link=_style(data, font=_LINK),
        link_quoted=_style(data, font=_LINK, quotePrefix=True),
        money=_style(data, EURO, alignment=_RIGHT),
        date=_style(data, _DAY, alignment=_LEFT),
        count=_style(data, _COUNT, alignment=_RIGHT),
    )


def _style(data: Worksheet, number_format: str | None = None, **looks: object) -> int:
    """The number under which the workbook keeps a style, read from a cell that belongs to no row."""
    cell = WriteOnlyCell(data)
    cell.number_format = number_format or "General"
    for name, look in looks.items():
        setattr(cell, name, look)
    return int(cell.style_id)


def _describe(sheet: Worksheet, count: int, notes: Notes) -> None:
    sheet.title = sheet_name(translations(notes.lang).gettext("Filters"))
    _fit_to_width(sheet, "portrait")
    for letter, width in _NOTE_WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    for row, (label, value, number_format) in enumerate(_facts(count, notes), start=1):
        put(sheet.cell(row, 1), label)
        sheet.cell(row, 1).font = _BOLD
        put(sheet.cell(row, 2), value)
        sheet.cell(row, 2).alignment = _LEFT
        if number_format:
            sheet.cell(row, 2).number_format = number_format


def _facts(count: int, notes: Notes) -> Iterator[tuple[str, object, str]]:
    _ = translations(notes.lang).gettext
    yield _("Company"), notes.company, ""
    yield _("Content"), notes.title, ""
    yield _("Exported by"), notes.who, ""
    yield _("Exported on"), notes.at.astimezone(ROME).replace(tzinfo=None), _MINUTE
    yield _("Data as of"), notes.data_date, _FULL_DAY
    for label, value in notes.filters:
        yield label, value, ""
    yield _("Rows"), count, _COUNT


def put(cell: Cell, value: object) -> None:
    """Write a value; a text stays a text whatever it starts with."""
    if not isinstance(value, str):
        cell.value = value
        return
    shown = cleaned(value)
    cell.value = shown
    cell.data_type = "s"
    cell.quotePrefix = formula_like(shown)
