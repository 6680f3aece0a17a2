"""From files to rows: separators, encodings, headers, spreadsheet row numbers, documents, the shapes of index rates."""

from datetime import date
from pathlib import Path

import pytest

from core.intake.columns import CUSTOMERS, DOCUMENTS, INDEX_RATES, PLAN_ROWS
from core.intake.reading import NoBook, read
from tests.intake.books import MB, PDF, Tables, found, parsed, small, write

CUSTOMERS_HEADER = "code;name;tax_code;vat_no;pec;address\n"


def customers(folder: Path, content: bytes | str) -> list[tuple[str, int, str, str]]:
    """The faults of a folder whose customers.csv is `content`."""
    data = content.encode() if isinstance(content, str) else content
    (folder / CUSTOMERS).write_bytes(data)
    return found(parsed(folder).faults)


def test_semicolons_and_commas_read_the_same(tmp_path: Path) -> None:
    semicolons = parsed(write(tmp_path / "a", small())).rows
    assert parsed(write(tmp_path / "b", small(), delimiter=",")).rows == semicolons


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    book = parsed(write(tmp_path, small(), encoding="utf-8-sig"))
    assert book.faults == []
    assert book.of(CUSTOMERS)[0].values["code"] == "A1"


def test_italian_dates_are_dates(tmp_path: Path) -> None:
    tables = small()
    tables["plan_rows"][0]["due_on"] = "15/01/2024"
    assert parsed(write(tmp_path, tables)).of(PLAN_ROWS)[0].values["due_on"] == date(2024, 1, 15)


def test_columns_come_in_any_order_and_optional_ones_may_be_missing(tmp_path: Path) -> None:
    assert customers(tmp_path, "address;pec;name;code\nVia Po 1;a@pec.example;Anna;A1\n") == []


def test_a_row_is_numbered_as_a_spreadsheet_numbers_it(tmp_path: Path) -> None:
    content = CUSTOMERS_HEADER + 'A1;Anna;;;a@pec.example;"Via Po 1\nTorino"\n\nB2;Bruno;;;bad;Via\n'
    assert customers(tmp_path, content) == [(CUSTOMERS, 4, "pec", "must be one e-mail address such as name@company.it")]


def test_every_bad_cell_of_a_row_is_told(tmp_path: Path) -> None:
    assert customers(tmp_path, CUSTOMERS_HEADER + "A1234567890123;;;123;a@pec.example;Via\n") == [
        (CUSTOMERS, 2, "code", "is 14 characters long, at most 12 fit"),
        (CUSTOMERS, 2, "name", "is empty"),
        (CUSTOMERS, 2, "vat_no", "is not a partita IVA: the number has an invalid length"),
    ]


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (CUSTOMERS_HEADER + "A1;Anna\n", [(CUSTOMERS, 2, "", "has 2 cells, the header has 6")]),
        (
            "code;nome;pec;address\nA1;Anna;a@pec.example;Via\n",
            [(CUSTOMERS, 1, "name", "is missing"), (CUSTOMERS, 1, "nome", "is not a column of this file")],
        ),
        ("code;code;name;pec;address\n", [(CUSTOMERS, 1, "code", "is there twice")]),
        ("code;name;pec;address;\n", [(CUSTOMERS, 1, "(no name)", "is not a column of this file")]),
        (b"code;name\nA1;Citt\xe0\n", [(CUSTOMERS, 0, "", "is not written in UTF-8 (byte 18)")]),
        (
            CUSTOMERS_HEADER + 'A1;"Anna;;;a@pec.example;Via\n',
            [(CUSTOMERS, 2, "", "cannot be read as CSV: unexpected end of data")],
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, content: bytes | str, faults: list[tuple[str, int, str, str]]
) -> None:
    assert customers(tmp_path, content) == faults


def test_an_empty_file_misses_its_columns(tmp_path: Path) -> None:
    assert {column for _, _, column, _ in customers(tmp_path, "")} == {"code", "name", "pec", "address"}


def test_strange_files_are_told_and_notes_are_not(tmp_path: Path) -> None:
    folder = write(tmp_path, small())
    for name in ("customer.csv", "invoices.xlsx", "README.md", ".hidden"):
        (folder / name).write_text("")
    (folder / "old").mkdir()
    reason = "is not a file of a book"
    assert found(parsed(folder).faults) == [(name, 0, "", reason) for name in ("customer.csv", "invoices.xlsx", "old")]


def test_a_folder_without_a_book_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(NoBook, match="There is no book in"):
        parsed(tmp_path)


def with_document(folder: Path, name: str) -> list[tuple[str, int, str, str]]:
    tables: Tables = {"documents": [{"invoice": "1/2024", "file": name, "title": ""}]}
    return found(read(write(folder, tables, documents=False), largest_document=1_000).faults)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent.pdf", "is not a file in documents/"),
        ("../customers.csv", "must be the plain name of a file in documents/"),
        ("a\\b.pdf", "must be the plain name of a file in documents/"),
        ("..", "must be the plain name of a file in documents/"),
        ("text.pdf", "is not a PDF"),
        ("large.pdf", "is larger than 0 MB"),
        ("link.pdf", "is not a file in documents/"),
    ],
)
def test_a_document_that_is_not_a_pdf_of_the_folder_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    folder = tmp_path / "book" / "documents"
    folder.mkdir(parents=True)
    (folder / "text.pdf").write_bytes(b"hello")
    (folder / "large.pdf").write_bytes(PDF + b"x" * 1_000)
    (folder / "link.pdf").symlink_to(tmp_path)
    assert with_document(tmp_path, name) == [(DOCUMENTS, 2, "file", reason)]


def rates(folder: Path, content: str) -> tuple[list[dict[str, object]], list[tuple[str, int, str, str]]]:
    (folder / INDEX_RATES).write_text(content)
    book = parsed(folder)
    return [row.values for row in book.sound(INDEX_RATES)], found(book.faults)


def test_the_books_own_index_rates(tmp_path: Path) -> None:
    values, faults = rates(tmp_path, "month;percent\n2022-12;2,063476\n")
    assert faults == []
    assert values == [{"code": "EURIBOR3M", "month": date(2022, 12, 1), "ppm": 20630, "source": ""}]


def test_the_averaged_table_is_rounded_once_from_six_decimals_and_marked_where_provisional(tmp_path: Path) -> None:
    content = (
        "month,percent_360,percent_360_6dec,target_days,missing_fixings,source\n"
        "2022-12,2.0635,2.063476,21,0,mean of daily fixings\n2024-12,2.8246,2.824550,20,1,mean of daily fixings\n"
    )
    values, faults = rates(tmp_path, content)
    assert faults == []
    assert [(v["month"], v["ppm"], v["source"]) for v in values] == [
        (date(2022, 12, 1), 20630, "mean of daily fixings"),
        (date(2024, 12, 1), 28250, "mean of daily fixings (provvisorio)"),
    ]


def test_the_central_banks_table_is_read_by_name_and_its_series_checked(tmp_path: Path) -> None:
    header = "KEY,FREQ,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
    content = f"{header}FM.M.U2.EUR.RT.MM.EURIBOR3MD_.HSTA,M,2026-07,2.4253913,A\nFM.OTHER,M,2026-08,2.3,A\n"
    values, faults = rates(tmp_path, content)
    assert values == [
        {
            "code": "EURIBOR3M",
            "month": date(2026, 7, 1),
            "ppm": 24250,
            "source": "ECB FM.M.U2.EUR.RT.MM.EURIBOR3MD_.HSTA",
        }
    ]
    assert faults == [(INDEX_RATES, 3, "KEY", "must be one of FM.M.U2.EUR.RT.MM.EURIBOR3MD_.HSTA")]


def test_whoever_waits_hears_of_each_file(tmp_path: Path) -> None:
    heard: list[str] = []
    read(write(tmp_path, small()), largest_document=MB, done=heard.append)
    assert len(heard) == len(small())
