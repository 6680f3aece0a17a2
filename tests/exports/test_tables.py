"""The rows are a table that formulas and queries can name, with the filter of the sheet; the total stands below it."""

import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import Workbook, load_workbook

from core.exports import workbook
from core.exports.table import Column, Kind, Link, Notes, Table
from tests.exports import office

NOTES = Notes("it", "Aurora", "Fatture", "10093", datetime(2026, 11, 20, tzinfo=UTC), date(2026, 11, 20))
COLUMNS = [Column("N. canone", Kind.COUNT), Column("=1+1"), Column("Importo", Kind.MONEY, total=True)]
ROWS = [(1, "a", 100), (2, "b", 200)]


def written(
    columns: Sequence[Column] = COLUMNS, rows: Sequence[Sequence[object]] = ROWS, sheet: str = "Fatture e pagamenti"
) -> bytes:
    out = BytesIO()
    workbook.write(out, Table(sheet, columns, rows, NOTES))
    return out.getvalue()


def opened(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


def test_the_table_covers_header_and_rows_and_not_the_total() -> None:
    sheet = opened(written()).worksheets[0]
    table = sheet.tables["T_Fatture_e_pagamenti"]
    assert (table.ref, table.autoFilter.ref) == ("A1:C3", "A1:C3")
    assert sheet["C4"].value == "=SUBTOTAL(109,C2:C3)"


def test_its_columns_are_called_as_the_header_says() -> None:
    sheet = opened(written()).worksheets[0]
    (table,) = sheet.tables.values()
    assert [column.name for column in table.tableColumns] == [cell.value for cell in sheet[1]]
    assert [column.id for column in table.tableColumns] == [1, 2, 3]


def test_the_sheet_has_no_second_filter_which_excel_would_refuse() -> None:
    assert opened(written()).worksheets[0].auto_filter.ref is None


def test_every_part_of_the_package_leads_to_one_that_is_there(tmp_path: Path) -> None:
    columns = [*COLUMNS, Column("Fattura", Kind.LINK)]
    content = written(columns, [(1, "a", 100, Link("1/2026", "/documents/1"))])
    with zipfile.ZipFile(BytesIO(content)) as package:
        relations = ElementTree.fromstring(package.read("xl/worksheets/_rels/sheet1.xml.rels"))  # noqa: S314 - our own
        inside = [one.get("Target") for one in relations if one.get("TargetMode") != "External"]
        ids = [one.get("Id") for one in relations]
        assert inside == ["/xl/tables/table1.xml"]
        assert inside[0].removeprefix("/") in package.namelist()
        assert len(set(ids)) == len(ids) == 2
        assert len(set(package.namelist())) == len(package.namelist())
    assert opened(content).worksheets[0]["D2"].hyperlink.target.endswith("/documents/1")


@pytest.mark.parametrize(
    ("columns", "rows"),
    [(COLUMNS, []), ([Column("Data"), Column("DATA")], [("a", "b")]), ([Column("Data"), Column("")], [("a", "b")])],
    ids=["no rows", "two headers alike", "an empty header"],
)
def test_where_excel_takes_no_table_the_sheet_has_the_filter(
    columns: Sequence[Column], rows: Sequence[Sequence[object]]
) -> None:
    sheet = opened(written(columns, rows)).worksheets[0]
    assert dict(sheet.tables) == {}
    assert sheet.auto_filter.ref == f"A1:{'C' if columns is COLUMNS else 'B'}{len(rows) + 1}"


@pytest.mark.parametrize("sheet", ["FY24", "R1C1", "1 x", "A'b:c", "Già città", "x" * 60])
def test_its_name_is_one_that_excel_takes(sheet: str) -> None:
    (name,) = opened(written(sheet=sheet)).worksheets[0].tables
    assert name.startswith("T_")
    assert name.replace("_", "a").isalnum()


def test_libreoffice_keeps_the_table_with_its_filter(tmp_path: Path) -> None:
    (tmp_path / "ours.xlsx").write_bytes(written())
    target = tmp_path / "read"
    target.mkdir()
    (read,) = office.convert([tmp_path / "ours.xlsx"], "xlsx", target)
    (table,) = load_workbook(read).worksheets[0].tables.values()
    assert (table.ref, table.autoFilter.ref) == ("A1:C3", "A1:C3")
