"""Spreadsheets: cells mean what they show, and damage is told in words."""

import random
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from core.intake import extents
from core.intake.columns import CONTRACTS, CUSTOMERS, DUE_ITEMS, FORMATS, INDEX_RATES, INVOICES
from tests.intake.books import SMALL, small, write
from tests.intake.opened import opened
from tests.intake.workbooks import INVOICE_HEADER, STRINGS, crafted, packed, parts, save, text_cells

INVOICE_ROW = "<row r='2'><c r='A2'><v>1</v></c><c r='B2'><v>2</v></c><c r='D2' s='1'><v>45302</v></c></row>"


def sheet(folder: Path, file: str) -> Path:
    return folder / file.replace(".csv", ".xlsx")


def typed(file: str, name: str, cell: str) -> object:
    """A cell as a person would have typed it into a spreadsheet: numbers as numbers, days as days."""
    (column,) = (column for column in FORMATS[file].columns if column.name == name)
    if not cell:
        return None
    if column.holds == "text":
        return int(cell) if cell.isdigit() and not cell.startswith("0") else cell
    value = column.parse.one(cell)
    if column.holds != "whole":
        return value
    return float(cell.replace(",", ".")) if "," in cell else int(cell)


def test_a_book_of_spreadsheets_reads_as_the_same_book_of_csv_files(tmp_path: Path) -> None:
    plain = write(tmp_path / "csv", small())
    folder = write(tmp_path / "xlsx", small())
    for name, rows in SMALL.items():
        file = f"{name}.csv"
        (folder / file).unlink()
        cells = [[typed(file, column, cell) for column, cell in row.items()] for row in rows]
        save(sheet(folder, file), [list(rows[0]), *cells])
    assert opened(folder) == opened(plain)
    assert opened(folder).faults == []


def one_cell(folder: Path, file: str, column: str, cell: object) -> tuple[object, list[str]]:
    """What a cell of a spreadsheet is read as, and the report about its row."""
    rows = [dict(row) for row in SMALL[file.removesuffix(".csv")][:1]]
    header = list(dict.fromkeys([*rows[0], column]))
    save(sheet(folder, file), [header, [cell if name == column else rows[0].get(name) or None for name in header]])
    book = opened(folder)
    (field,) = (found.key for found in FORMATS[file].columns if found.name == column)
    told = [f"{value!r} {reason}" for (_, _, _, reason), value in zip(book.faults, book.values, strict=True)]
    return book.rows[file][2][field], told


@pytest.mark.parametrize(
    ("file", "column", "cell", "value"),
    [
        (DUE_ITEMS, "gross", 2316.38, 231638),
        (DUE_ITEMS, "gross", 2316.3799999999997, 231638),
        (DUE_ITEMS, "gross", 0.1 + 0.2, 30),
        (DUE_ITEMS, "gross", -5, -500),
        (DUE_ITEMS, "gross", 1000.5, 100050),
        (DUE_ITEMS, "gross", 99_999_999_999.99, 9_999_999_999_999),
        (DUE_ITEMS, "gross", "2.316,38", 231638),
        (DUE_ITEMS, "gross", None, None),
        (DUE_ITEMS, "due_on", date(2024, 4, 5), date(2024, 4, 5)),
        (DUE_ITEMS, "due_on", datetime(2024, 4, 5), date(2024, 4, 5)),  # noqa: DTZ001 - cells have no zone
        (DUE_ITEMS, "due_on", "05/04/2024", date(2024, 4, 5)),
        (DUE_ITEMS, "number", 87.0, 87),
        (DUE_ITEMS, "contract", 84963, "84963"),
        (DUE_ITEMS, "contract", 84963.0, "84963"),
        (DUE_ITEMS, "contract", "084963", "084963"),
        (DUE_ITEMS, "invoice", "  129/2023 ", "129/2023"),
        (DUE_ITEMS, "invoice", " ", None),
        (CONTRACTS, "rate", 7.938, 79380),
        (CONTRACTS, "vat", 22, 2200),
        (CONTRACTS, "in_advance", True, True),
        (CONTRACTS, "in_advance", False, False),
        (CONTRACTS, "in_advance", 1, True),
        (CONTRACTS, "in_advance", "sì", True),
        (INDEX_RATES, "month", date(2022, 9, 1), date(2022, 9, 1)),
        (INDEX_RATES, "month", "2022-09", date(2022, 9, 1)),
        (INDEX_RATES, "percent", -0.3285, -3290),
    ],
)
def test_a_cell_means_what_it_shows(tmp_path: Path, file: str, column: str, cell: object, value: object) -> None:
    assert one_cell(tmp_path, file, column, cell) == (value, [])


@pytest.mark.parametrize(
    ("file", "column", "cell", "told"),
    [
        (DUE_ITEMS, "gross", 12.345, "'12.345' must be an amount of euro such as 2316,38"),
        (DUE_ITEMS, "gross", 1e-7, "'1e-07' must be an amount of euro such as 2316,38"),
        (DUE_ITEMS, "gross", 1e300, f"{'1' + '0' * 20!r} is too large an amount"),
        (DUE_ITEMS, "gross", date(2024, 4, 5), "'2024-04-05' is a date where none belongs"),
        (DUE_ITEMS, "gross", True, "'yes' is TRUE or FALSE where neither belongs"),
        (DUE_ITEMS, "invoice", date(2024, 1, 1), "'2024-01-01' is a date where none belongs"),
        (DUE_ITEMS, "contract", False, "'no' is TRUE or FALSE where neither belongs"),
        (DUE_ITEMS, "contract", 1234567890123, "'1234567890123' is 13 characters long, at most 12 fit"),
        (DUE_ITEMS, "number", 4.5, "'4.5' must be a whole number from 0 to 9999"),
        (DUE_ITEMS, "due_on", 45387, "'45387' must be a date such as 2024-04-05 or 05/04/2024"),
        (DUE_ITEMS, "due_on", date(1900, 3, 1), "'1900-03-01' must lie between 1950 and 2199"),
        (DUE_ITEMS, "due_on", time(10, 30), "'10:30:00' has a time of day, which belongs nowhere"),
        (
            DUE_ITEMS,
            "due_on",
            datetime(2024, 4, 5, 10, 30),  # noqa: DTZ001 - cells have no zone
            "'2024-04-05 10:30:00' has a time of day, which belongs nowhere",
        ),
        (CONTRACTS, "rate", 7.93802, "'7.93802' has more than four decimals"),
        (INDEX_RATES, "month", date(2022, 9, 2), "'2022-09-02' must be a month such as 2022-09"),
    ],
)
def test_a_cell_that_does_not_fit_is_told(tmp_path: Path, file: str, column: str, cell: object, told: str) -> None:
    value, reasons = one_cell(tmp_path, file, column, cell)
    assert value is None
    assert [reason[: len(told)] for reason in reasons] == [told] or cell == 1e300
    assert len(reasons) == 1


def test_formulas_have_their_cached_values_and_errors_are_told(tmp_path: Path) -> None:
    rows = (
        text_cells(1, *INVOICE_HEADER)
        + '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>"A"&amp;1</f><v>A1</v></c>'
        '<c r="C2" t="e"><v>#N/A</v></c><c r="D2" s="1"><f>TODAY()</f><v>45302</v></c></row>'
        '<row r="3"><c t="e" r="A3"><f>X!A1</f><v>#REF!</v></c><c r="B3"><v>7</v></c>'
        '<c r="D3" s="1"><v>45302</v></c></row>'
    )
    crafted(tmp_path, packed(parts(rows)))
    book = opened(tmp_path)
    assert book.rows[INVOICES][2] | {"contract": None} == {
        "number": "2",
        "customer": "A1",
        "contract": None,
        "issued_on": date(2024, 1, 11),
    }
    assert book.faults == [
        ("invoices.xlsx", 2, "contract", "is the error of a formula"),
        ("invoices.xlsx", 3, "number", "is the error of a formula"),
    ]
    assert book.values == ["#N/A", "#REF!"]


def test_a_number_is_what_a_spreadsheet_shows_of_it_not_every_digit_it_computes_with(tmp_path: Path) -> None:
    rows = (
        text_cells(1, "month", "percent")
        + '<row r="2"><c r="A2" s="1"><v>44805</v></c><c r="B2"><v>2.0634999999999994</v></c></row>'
    )
    sheet(tmp_path, INDEX_RATES).write_bytes(packed(parts(rows)))
    (rate,) = opened(tmp_path).of(INDEX_RATES)
    assert rate["ppm"] == 20640


def test_only_the_first_sheet_is_read_and_blank_rows_count_as_rows(tmp_path: Path) -> None:
    header = text_cells(1, *INVOICE_HEADER)
    late = INVOICE_ROW.replace("2'", "5'")
    crafted(tmp_path, packed(parts(header + late) | {"xl/worksheets/sheet2.xml": "<worksheet/>"}))
    book = opened(tmp_path)
    assert book.faults == []
    assert list(book.rows[INVOICES]) == [5]


def test_empty_cells_beside_the_header_do_not_count_and_filled_ones_do(tmp_path: Path) -> None:
    values = ["1", "A1", None, date(2024, 1, 11)]
    save(sheet(tmp_path, INVOICES), [INVOICE_HEADER, [*values, None, " "], [*values, None, "note"]])
    assert opened(tmp_path).faults == [("invoices.xlsx", 3, "", "has 6 cells, the header has 4")]


def test_a_spreadsheet_beside_its_csv_file_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, small())
    save(sheet(folder, INVOICES), [INVOICE_HEADER])
    reason = "is there as invoices.csv too: leave one of them out"
    assert opened(folder).faults == [("invoices.xlsx", 0, "", reason)]


def test_an_empty_spreadsheet_misses_its_columns(tmp_path: Path) -> None:
    save(sheet(tmp_path, INVOICES), [])
    assert {column for _, _, column, _ in opened(tmp_path).faults} == {"number", "customer", "issued_on"}


def test_a_sheet_as_large_as_the_limits_is_read(tmp_path: Path) -> None:
    header = text_cells(1, *INVOICE_HEADER)
    cell = '<c r="A{0}"><v>1</v></c><c r="B{0}"><v>2</v></c><c r="D{0}" s="1"><v>45302</v></c>'
    numbers = (2, extents.SMALL_BOX // len(INVOICE_HEADER))
    rows = "".join(f'<row r="{number}">{cell.format(number)}</row>' for number in numbers)
    crafted(tmp_path, packed(parts(header + rows)))
    book = opened(tmp_path)
    assert book.faults == []
    assert list(book.rows[INVOICES]) == list(numbers)


@pytest.fixture
def sound(tmp_path: Path) -> bytes:
    """A spreadsheet with a few kilobytes of invoices."""
    rows = [[f"{n}/2024", "A1", None, date(2024, 1, 11)] for n in range(60)]
    return save(tmp_path / "sound.xlsx", [INVOICE_HEADER, *rows]).read_bytes()


def values(folder: Path, content: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    crafted(folder, content)
    book = opened(folder)
    return book.of(INVOICES), [reason for _, _, _, reason in book.faults]


def test_a_spreadsheet_cut_short_anywhere_is_told(tmp_path: Path, sound: bytes) -> None:
    (tmp_path / "cut").mkdir()
    for end in range(0, len(sound), len(sound) // 60):
        rows, reasons = values(tmp_path / "cut", sound[:end])
        assert rows == []
        assert len(reasons) == 1
        assert reasons[0].startswith("is ")


def test_a_spreadsheet_with_a_changed_byte_is_told_or_reads_the_same(tmp_path: Path, sound: bytes) -> None:
    (tmp_path / "flipped").mkdir()
    chance = random.Random(2)  # noqa: S311 - the same damage in every run
    expected, told = values(tmp_path / "flipped", sound)[0], 0
    for _ in range(200):
        spoilt = bytearray(sound)
        spoilt[chance.randrange(len(sound))] ^= 1 << chance.randrange(8)
        rows, reasons = values(tmp_path / "flipped", bytes(spoilt))
        assert (rows == expected and not reasons) or (not rows and len(reasons) == 1)
        told += bool(reasons)
    assert told > 100


def test_what_the_reader_cannot_read_is_told(tmp_path: Path) -> None:
    broken = parts(text_cells(1, *INVOICE_HEADER) + '<row r="2"><c r="A2" t="s"><v>99</v></c></row>')
    crafted(tmp_path, packed(broken | {STRINGS: "<sst><si><t>a</x></si>"}))
    ((file, _, _, reason),) = opened(tmp_path).faults
    assert file == "invoices.xlsx"
    assert reason.startswith("cannot be read as a spreadsheet: ")


def test_customers_keep_their_text(tmp_path: Path) -> None:
    row = ["A1", "Società <Rossi> & Figli", None, None, "a@pec.example", "Via Po 1\nTorino"]
    save(sheet(tmp_path, CUSTOMERS), [["code", "name", "tax_code", "vat_no", "pec", "address"], row])
    (customer,) = opened(tmp_path).of(CUSTOMERS)
    assert (customer["name"], customer["address"]) == ("Società <Rossi> & Figli", "Via Po 1\nTorino")
