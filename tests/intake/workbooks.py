"""Small .xlsx files for the tests: honest ones by openpyxl, crafted ones part by part."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"
INVOICE_HEADER = ("number", "customer", "contract", "issued_on")
PACKAGE = "_rels/.rels"
WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
STRINGS = "xl/sharedStrings.xml"


def save(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    """A workbook of one sheet, saved by openpyxl."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Foglio1")
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def parts(rows: str = "", *, before: str = "", strings: str = "") -> dict[str, str]:
    """The parts of a workbook whose sheet holds these rows, written in XML."""
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        PACKAGE: f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        WORKBOOK: f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        RELATIONS: f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        STRINGS: f'<sst xmlns="{_MAIN}">{strings}</sst>',
        SHEET: f'<worksheet xmlns="{_MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>',
    }


def packed(members: dict[str, str] | dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """These parts as a ZIP file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def text_cells(number: int, *texts: str) -> str:
    """A row of XML with these texts, from column A."""
    cells = (f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in enumerate(texts))
    return f'<row r="{number}">{"".join(cells)}</row>'


def crafted(folder: Path, content: bytes) -> Path:
    """This file as the invoices of a book."""
    path = folder / "invoices.xlsx"
    path.write_bytes(content)
    return path
