"""How far the first sheet of an .xlsx file reaches and what it holds, found without keeping any of it.

Every cell must be written in the plain way of spreadsheet programs, so that the reader sees no more than was seen here.
"""

import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from core.intake import archives
from core.intake.archives import MEGABYTE
from core.intake.cells import SheetError

MOST_ROWS = 250_000
MOST_COLUMNS = 64
MOST_CELLS = 3_000_000
# Places in the box around the cells for each of them: optional columns may be empty, a lone cell may not lie far off.
MOST_SPREAD = 4
MOST_ERRORS = 10_000
SMALL_BOX = 100_000
LARGEST_TEXTS = 256 * MEGABYTE
LARGEST_LIST = MEGABYTE
LONGEST_TAG = MEGABYTE
PACKAGE, WORKBOOK, RELATIONS = "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STRINGS = "xl/sharedStrings.xml"

_AS_CSV = "save it as CSV"
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
_OPEN = rb"<(?:[^\s<>/:!?]+:)?"
_REFERENCE = rb"""\s+r\s*=\s*["']([A-Z]{1,3})([1-9][0-9]{0,6})["']"""
_OTHERS = rb"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*?"""
_CELL = re.compile(_OPEN + rb"c(?=[\s/>])(?:" + _OTHERS + _REFERENCE + rb")?")
_ERROR_CELL = re.compile(
    _OPEN
    + rb"""c(?=[^<>]*?\st\s*=\s*["']e["'])"""
    + _OTHERS
    + _REFERENCE
    + rb"[^<>]*>(?:<f[^<]*(?:</f>)?)?(?:<v>([^<]*))?"
)
_DIMENSION = re.compile(_OPEN + rb"""dimension\s+ref\s*=\s*["'](?:[A-Z0-9]*:)?([A-Z]{1,3})([0-9]{1,7})["']""")
_STRING = re.compile(_OPEN + rb"si(?=[\s/>])")

Errors = dict[int, dict[int, str]]
Members = dict[str, zipfile.ZipInfo]


@dataclass(slots=True)
class _Extent:
    """What was seen of a sheet so far; rows and columns count from 1."""

    row: int = 0
    column: int = 0
    cells: int = 0
    shared: int = 0
    errors: Errors = field(default_factory=dict)


def require_readable(path: Path) -> Errors:
    """Refuse a file whose first sheet cannot be read safely. Raises SheetError.

    Returns the cells that show an error such as #REF!, by row and column: the reader takes them for empty.
    """
    members = {name.lower(): member for name, member in archives.checked(path).items()}
    with path.open("rb") as file:
        extent = _extent(file, members[_first_sheet(file, members)])
        strings = members.get(STRINGS.lower())
        longest = _longest_text(file, strings) if strings else 0
    _require_dense(extent)
    if longest * extent.shared > LARGEST_TEXTS:
        raise SheetError(f"holds a text of some {longest} characters among {extent.shared}: {_AS_CSV}")
    return extent.errors


def _first_sheet(file: BinaryIO, members: Members) -> str:
    """The part that holds the first sheet, as the reader finds it; refused where there could be another."""
    workbooks = {target for kind, _, target in _links(file, members, PACKAGE) if kind.endswith("/officeDocument")}
    workbook = _document(file, members, WORKBOOK)
    sheet = workbook.find("{*}sheets/{*}sheet")
    if workbooks - {WORKBOOK, f"/{WORKBOOK}"} or sheet is None or sheet is not workbook.find(".//{*}sheet"):
        raise SheetError("has no sheet to read")
    links = {value for name, value in sheet.items() if name.endswith("}id")}
    targets = [target for _, link, target in _links(file, members, RELATIONS) if link in links]
    parts = [one.removeprefix("/") if one.startswith(("/xl/", "xl/")) else f"xl/{one}" for one in targets]
    found = [part.lower() for part in parts if _SHEET_PART.fullmatch(part) and part.lower() in members]
    if len(found) != 1 or len(parts) != 1:
        raise SheetError("has no sheet to read")
    return found[0]


def _links(file: BinaryIO, members: Members, part: str) -> Iterator[tuple[str, str, str]]:
    for link in _document(file, members, part).iterfind(".//{*}Relationship"):
        yield link.get("Type", ""), link.get("Id", ""), link.get("Target", "")


def _document(file: BinaryIO, members: Members, part: str) -> ET.Element:
    member = members.get(part.lower())
    if member is None or member.file_size > LARGEST_LIST:
        raise SheetError(f"is not an .xlsx file: {part} is missing or too large")
    try:
        return ET.fromstring(b"".join(archives.unpacked(file, member)))  # noqa: S314 - archives let no DOCTYPE pass
    except ET.ParseError as error:
        raise SheetError(f"is damaged: {part} cannot be read") from error


def _extent(file: BinaryIO, sheet: zipfile.ZipInfo) -> _Extent:
    extent = _Extent()
    for piece in _cut_between_tags(file, sheet):
        if b"dimension" in piece and (declared := _DIMENSION.search(piece)):
            _require_within(int(declared[2]), _column_number(declared[1]))
        _see(extent, piece)
    return extent


def _see(extent: _Extent, piece: bytes) -> None:
    found = _CELL.findall(piece)
    if not found:
        return
    columns, numbers = {column for column, _ in found}, {number for _, number in found}
    if b"" in columns:
        raise _unusual()
    extent.row = max(extent.row, *map(int, numbers))
    extent.column = max(extent.column, *map(_column_number, columns))
    extent.cells += len(found)
    _require_within(extent.row, extent.column)
    if extent.cells > MOST_CELLS:
        raise SheetError(f"has more than {MOST_CELLS} cells: {_AS_CSV}")
    extent.shared += piece.count(b'"s"') + piece.count(b"'s'")
    if b'"e"' in piece or b"'e'" in piece:
        _see_errors(extent, piece)


def _see_errors(extent: _Extent, piece: bytes) -> None:
    for cell in _ERROR_CELL.finditer(piece):
        shown = (cell[3] or b"#ERROR").decode("utf-8", "replace")
        extent.errors.setdefault(int(cell[2]), {})[_column_number(cell[1])] = shown
    if len(extent.errors) > MOST_ERRORS:
        raise SheetError(f"has errors of formulas in more than {MOST_ERRORS} rows")


def _require_within(row: int, column: int) -> None:
    if row > MOST_ROWS + 1:
        raise SheetError(f"has cells down to row {row} or beyond, at most {MOST_ROWS} rows are read: {_AS_CSV}")
    if column > MOST_COLUMNS:
        raise SheetError(f"has cells in column {column} or beyond, at most {MOST_COLUMNS} columns are read")


def _require_dense(extent: _Extent) -> None:
    if extent.row * extent.column > max(SMALL_BOX, MOST_SPREAD * extent.cells):
        reason = f"has {extent.cells} cells spread over {extent.row} rows and {extent.column} columns"
        raise SheetError(f"{reason}: take out what lies beside the table, or {_AS_CSV}")


def _column_number(letters: bytes) -> int:
    """A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _longest_text(file: BinaryIO, strings: zipfile.ZipInfo) -> int:
    """At most how many bytes the longest of the shared texts has."""
    done = longest = found = last = 0
    for piece in _cut_between_tags(file, strings):
        for opening in _STRING.finditer(piece):
            at = done + opening.start()
            longest, found, last = max(longest, at - last if found else 0), found + 1, at
        if found > MOST_CELLS:
            raise SheetError(f"has more than {MOST_CELLS} texts: {_AS_CSV}")
        done += len(piece)
    return max(longest, done - last)


def _cut_between_tags(file: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    rest = b""
    for piece in archives.unpacked(file, member):
        whole = rest + piece
        cut = max(whole.rfind(b"<"), 0)
        if b"<!" in whole or b"\0" in whole or len(whole) - cut > LONGEST_TAG:
            raise _unusual()
        yield whole[:cut]
        rest = whole[cut:]
    yield rest


def _unusual() -> SheetError:
    return SheetError(f"is not written as spreadsheet programs write it: {_AS_CSV}")
