"""Bombs and files that are no spreadsheets are refused in words before the reader is given them."""

import random
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from core.intake import archives, extents, spreadsheets
from core.intake.cells import SheetError
from core.intake.columns import INVOICES
from tests.intake.opened import opened
from tests.intake.workbooks import (
    INVOICE_HEADER,
    PACKAGE,
    RELATIONS,
    SHEET,
    WORKBOOK,
    crafted,
    packed,
    parts,
    text_cells,
)


@pytest.fixture
def unopened(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The reader must not be called."""

    def fail(_path: object) -> None:
        pytest.fail("the reader was given the file")

    monkeypatch.setattr(spreadsheets, "CalamineWorkbook", type("Reader", (), {"from_path": staticmethod(fail)}))
    yield
    assert CalamineWorkbook is not spreadsheets.CalamineWorkbook


def lying(content: bytes, member: str, size: int) -> bytes:
    """The ZIP file with another unpacked size for a member in its directory."""
    changed = bytearray(content)
    at = content.rindex(member.encode()) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    struct.pack_into("<L", changed, at + 24, size)
    return bytes(changed)


def renamed(content: bytes) -> bytes:
    """The ZIP file with a further name for its last member, in the directory only."""
    at, end = content.rindex(b"PK\x01\x02"), content.rindex(b"PK\x05\x06")
    field = struct.pack("<HHBL", 0x7075, 5 + len(SHEET), 1, 0) + SHEET.encode()
    changed = bytearray(content[:end] + field + content[end:])
    struct.pack_into("<H", changed, at + 30, len(field))
    struct.pack_into("<L", changed, end + len(field) + 12, len(field) + struct.unpack_from("<L", content, end + 12)[0])
    return bytes(changed)


def many_rows(count: int) -> str:
    return "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(1, count + 1))


def far(reference: str) -> dict[str, str]:
    return parts(text_cells(1, *INVOICE_HEADER) + f'<row r="2"><c r="{reference}"><v>1</v></c></row>')


def two_sheets(hidden: str) -> dict[str, str]:
    plain = parts()
    return plain | {WORKBOOK: plain[WORKBOOK].replace("<sheets>", f"{hidden}<sheets>")}


BOMB = packed(parts(" " * 20_000_000))
ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
REFUSED: dict[str, tuple[bytes, str]] = {
    "a cell at the far end": (packed(far("XFD1048576")), "has cells down to row 1048576"),
    "a cell far to the right": (packed(far("BM2")), "has cells in column 65 or beyond, at most 64"),
    "a cell far below": (packed(far("A250002")), "has cells down to row 250002 or beyond, at most 250000 rows"),
    "a lone cell": (packed(far("AA200000")), "has 5 cells spread over 200000 rows and 27 columns"),
    "a declared size": (
        packed(parts(before='<dimension ref="A1:XFD1048576"/>')),
        "has cells down to row 1048576",
    ),
    "many tiny rows": (packed(parts(many_rows(300_000))), "has cells down to row 25"),
    "a reference in disguise": (
        packed(parts("""<row><c x=">" r="XFD1048576"><v>1</v></c></row>""")),
        "has cells down to row 1048576",
    ),
    "a reference behind another": (
        packed(parts("""<row><c x=' r="A1"' r="XFD1048576"><v>1</v></c></row>""")),
        "has cells down to row 1048576",
    ),
    "a cell without a reference": (
        packed(parts("<row><c><v>1</v></c></row>")),
        "is not written as spreadsheet programs",
    ),
    "a prefix": (packed(parts('<x:row><x:c r="XFD9"/></x:row>')), "has cells in column 16384"),
    "a comment": (packed(parts("<!-- -->")), "is not written as spreadsheet programs"),
    "another encoding": (
        packed({**{k: v.encode() for k, v in parts().items()}, SHEET: "<c r='XFD9'/>".encode("utf-16")}),
        "is not written as spreadsheet programs",
    ),
    "an endless tag": (packed(parts("x" * 3_000_000), zipfile.ZIP_STORED), "is not written as spreadsheet programs"),
    "packed too well": (BOMB, "unpacks to more than 100 times its size or 200 MB"),
    "packed too well, with a lie": (lying(BOMB, SHEET, 1_000), "unpacks to more than 100 times its size or 200 MB"),
    "a lie": (
        lying(packed(parts(text_cells(1, *INVOICE_HEADER))), SHEET, 10),
        "is damaged: a part of it is not what it was",
    ),
    "too many parts": (packed({f"{n}.xml": "" for n in range(501)}), "holds 501 parts, at most 500"),
    "entities": (packed(parts(ENTITY)), "declares a document type or entities"),
    "entities in another part": (
        packed(parts() | {"docProps/app.xml": ENTITY}),
        "declares a document type or entities",
    ),
    "entities across chunks": (
        packed(parts() | {"other.xml": " " * (archives.CHUNK - 4) + "<!DOCTYPE x>"}, zipfile.ZIP_STORED),
        "declares a document type or entities",
    ),
    "one text a million times": (
        packed(
            parts(
                "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_000)),
                strings=f"<si><t>{random.Random(1).randbytes(10_000).hex()}</t></si>",  # noqa: S311 - not to pack well
            )
        ),
        "holds a text of some 20",
    ),
    "a part twice": (packed(parts() | {SHEET.upper(): ""}), "is damaged: two parts have one name"),
    "a part of two names": (renamed(packed(parts() | {"other.xml": "<x/>"})), "is damaged: two parts have one name"),
    "errors all over": (
        packed(parts("".join(f'<row r="{n}"><c r="A{n}" t="e"><v>#N/A</v></c></row>' for n in range(1, 10_010)))),
        "has errors of formulas in more than 10000 rows",
    ),
    "two first sheets": (packed(two_sheets('<x><sheet r:id="r2"/></x>')), "has no sheet to read"),
    "a workbook elsewhere": (
        packed(parts() | {PACKAGE: parts()[PACKAGE].replace("xl/", "../xl/")}),
        "has no sheet to read",
    ),
    "no sheet": (packed(parts() | {RELATIONS: "<x/>"}), "has no sheet to read"),
    "a sheet elsewhere": (
        packed(parts() | {RELATIONS: parts()[RELATIONS].replace("worksheets/sheet1", "styles")}),
        "has no sheet to read",
    ),
    "no workbook": (packed({"word/document.xml": "<x/>"}), "is not an .xlsx file: _rels/.rels is missing"),
    "a workbook that is none": (packed(parts() | {WORKBOOK: "<x>"}), "is damaged: xl/workbook.xml cannot be read"),
    "an unusual packing": (packed(parts(), zipfile.ZIP_BZIP2), "is packed in a way that .xlsx files are not"),
    "something behind the end": (packed(parts()) + b"PK\x05\x06" + b"\0" * 18, "is not an .xlsx file"),
    "something in a comment": (
        packed(parts())[:-2] + b"\x02\0hi",
        "is damaged: something stands before it or follows its end",
    ),
    "a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "is protected by a password, or an old .xls"),
    "nothing": (b"", "is empty"),
    "zeros": (b"\0" * 5_000, "is not an .xlsx file"),
    "a PDF": (b"%PDF-1.7\n%%EOF\n", "is not an .xlsx file"),
    "only a beginning": (b"PK\x03\x04", "is damaged: it cannot be unpacked"),
}


@pytest.mark.usefixtures("unopened")
@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_would_need_too_much_or_is_none_is_refused_unopened(tmp_path: Path, name: str) -> None:
    content, reason = REFUSED[name]
    crafted(tmp_path, content)
    book = opened(tmp_path)
    ((file, row, column, told),) = book.faults
    assert (file, row, column, told[: len(reason)]) == ("invoices.xlsx", 0, "", reason)
    assert book.unread == {INVOICES}
    assert book.rows == {}


@pytest.mark.usefixtures("unopened")
def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    content = bytearray(packed(parts()))
    at = content.rindex(SHEET.encode()) - 46
    content[at + 8] |= 1
    path = crafted(tmp_path, bytes(content))
    with pytest.raises(SheetError, match="is protected by a password: save it without one"):
        archives.checked(path)


@pytest.mark.usefixtures("unopened")
def test_cells_are_counted_not_only_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extents, "MOST_CELLS", 3)
    path = crafted(tmp_path, packed(parts(text_cells(1, *INVOICE_HEADER))))
    with pytest.raises(SheetError, match="has more than 3 cells: save it as CSV"):
        extents.require_readable(path)


@pytest.mark.usefixtures("unopened")
def test_shared_texts_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extents, "MOST_CELLS", 3)
    path = crafted(tmp_path, packed(parts(strings="<si><t>a</t></si>" * 4)))
    with pytest.raises(SheetError, match="has more than 3 texts: save it as CSV"):
        extents.require_readable(path)
