"""Writes a workbook: typed cells, live columns and totals with their values, a sheet that says who, when and what.

The rows are streamed as XML into the shell that openpyxl makes, which costs a fifteenth of writing them through
openpyxl, and memory stays flat. A text never becomes a formula (`core.exports.cells`).
"""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count as counting
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from core.exports import control, shell
from core.exports.cells import EMPTY, Cells, Styles, formula_cell, text_cell
from core.exports.formulas import Live, results
from core.exports.table import Column, Kind, Link, Table
from core.exports.texts import Rendered
from core.kit.money import euro_text
from core.locale import translations
from core.settings import settings

_SHEET = "xl/worksheets/sheet1.xml"
_RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"
_NOTES = "xl/worksheets/sheet2.xml"
_CELL = re.compile(r'<c r="([A-Z]+\d+)"[^/>]*>.*?</c>')
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_NO_RELATIONS = f'<Relationships xmlns="{_PACKAGE}"></Relationships>'
_MOST_LINKS = 65_530  # of one sheet, in Excel; the texts beyond stay without their link
_CHUNK = 4_000
_IN_MEMORY = 1 << 20


@dataclass(slots=True)
class _Links:
    """The hyperlinks of the sheet: where they are, and where they lead."""

    targets: dict[str, int] = field(default_factory=dict)
    cells: list[str] = field(default_factory=list)

    def placed(self, reference: str, value: object) -> object:
        if not isinstance(value, Link):
            return value
        if len(self.cells) == _MOST_LINKS:
            return value.text
        target = self.targets.setdefault(value.path, len(self.targets) + 1)
        self.cells.append(f'<hyperlink ref="{reference}" r:id="link{target}"/>')
        return value

    def xml(self) -> str:
        return f'<hyperlinks xmlns:r="{_OFFICE}">{"".join(self.cells)}</hyperlinks>' if self.cells else ""

    def relations(self, others: str) -> str:
        """The relations of the sheet, those of the shell among them."""
        origin = settings().public_url.rstrip("/")
        rows = (
            f'<Relationship Id="link{target}" Type="{_OFFICE}/hyperlink" TargetMode="External"'
            f" Target={quoteattr(origin + path)}/>"
            for path, target in self.targets.items()
        )
        return others.replace("</Relationships>", f"{''.join(rows)}</Relationships>")


@dataclass(slots=True)
class _Column:
    """A column while its rows go by: its letter, its cells, the sum so far in cents or pieces."""

    of: Column
    letter: str
    cells: Rendered
    live: Live | None
    sum: int = 0


def write(out: BinaryIO, table: Table) -> int:
    """Write a workbook into `out`; returns how many rows it has. Raises what `Table` says before it writes anything."""
    book, styles = shell.begin(table)
    running = _running(table, styles)
    links = _Links()
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
        count = 0
        for chunk in _chunks(table.rows):
            body.write(_rows_xml(running, links, chunk, first=count + 2).encode())
            count += len(chunk)
        total_styles = shell.finish(book, table, count)
        label = translations(table.notes.lang).gettext("Total")
        body.write(_total_row(running, count, total_styles, label).encode())
        body.seek(0)
        sums = {column.of.key: column.sum for column in running if column.of.total}
        _assemble(out, book, body, links, control.compare(book, table, count, sums, styles))
    return count


def _running(table: Table, styles: Styles) -> list[_Column]:
    lettered = [(get_column_letter(place), column) for place, column in enumerate(table.columns, start=1)]
    letters = {column.key: letter for letter, column in lettered}
    groups = counting()
    running = []
    for letter, column in lettered:
        live = Live.of(column, letters, styles, table.notes.data_date, groups) if column.formula else None
        running.append(_Column(column, letter, results(column.kind) if live else Cells(column.kind, styles), live))
    return running


def _chunks(rows: Iterable[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk


def _rows_xml(columns: list[_Column], links: _Links, chunk: list[Sequence[object]], first: int) -> str:
    numbers = list(map(str, range(first, first + len(chunk))))
    by_column = zip(columns, zip(*chunk, strict=True), strict=True)
    cells = zip(*[_cells_xml(column, links, numbers, values) for column, values in by_column], strict=True)
    return "".join([f'<row r="{row}">{"".join(texts)}</row>' for row, texts in zip(numbers, cells, strict=True)])


def _cells_xml(column: _Column, links: _Links, numbers: list[str], values: Sequence[Any]) -> list[str]:
    letter = column.letter
    if column.of.kind is Kind.LINK:
        values = [links.placed(f"{letter}{row}", value) for row, value in zip(numbers, values, strict=True)]
    tails = list(map(column.cells.__getitem__, values))
    if column.of.total:
        full = EMPTY not in tails
        column.sum += sum(values if full else (v for v, tail in zip(values, tails, strict=True) if tail is not EMPTY))
    if column.live:
        return column.live.cells(numbers, tails)
    opening = f'<c r="{letter}'
    return [f'{opening}{row}"{tail}' for row, tail in zip(numbers, tails, strict=True)]


def _total_row(columns: list[_Column], count: int, styles: dict[Kind, int], label: str) -> str:
    """The last row: live sums of what the reader's filter leaves, with their values as of now."""
    if not any(column.of.total for column in columns):
        return ""
    row = count + 2
    cells = [f'<c r="{column.letter}{row}"{_total(column, count, styles[column.of.kind])}' for column in columns]
    if not columns[0].of.total:
        cells[0] = f'<c r="A{row}"{text_cell(label, styles[Kind.TEXT], styles[Kind.TEXT])}'
    return f'<row r="{row}">{"".join(cells)}</row>'


def _total(column: _Column, count: int, style: int) -> str:
    if not column.of.total:
        return f' s="{style}"/>'
    digits = euro_text(column.sum) if column.of.kind is Kind.MONEY else str(column.sum)
    extent = f"{column.letter}{shell.first_row(count)}:{column.letter}{count + 1}"
    return formula_cell(f"SUBTOTAL(109,{extent})", digits, style)


def _assemble(out: BinaryIO, book: Workbook, body: IO[bytes], links: _Links, live: Mapping[str, str]) -> None:
    """Copy the shell into `out`: the streamed rows in the place of its own, the live cells of the notes in theirs."""
    saved = BytesIO()
    # `book.save` leaves its archive open when the disk is full.
    with ZipFile(saved, "w") as archive:
        ExcelWriter(book, archive).save()
    with ZipFile(saved) as empty, ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        parts = {name: empty.read(name).decode() for name in empty.namelist()}
        parts[_RELATIONS] = links.relations(parts.get(_RELATIONS, _NO_RELATIONS))
        parts[_NOTES] = _CELL.sub(lambda cell: _replaced(cell, live), parts[_NOTES])
        sheet = parts.pop(_SHEET)
        for name, part in parts.items():
            archive.writestr(name, part)
        with archive.open(_SHEET, "w") as target:
            target.write(sheet[: sheet.index("</row>") + len("</row>")].encode())
            shutil.copyfileobj(body, target, _IN_MEMORY)
            # The schema wants the hyperlinks between the filter and the margins.
            rest = sheet[sheet.index("</sheetData>") :]
            target.write(rest.replace("<pageMargins", links.xml() + "<pageMargins", 1).encode())


def _replaced(cell: re.Match[str], live: Mapping[str, str]) -> str:
    rest = live.get(cell[1])
    return cell[0] if rest is None else f'<c r="{cell[1]}"{rest}'
