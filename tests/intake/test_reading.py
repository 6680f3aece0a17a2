"""From files to blocks: separators, encodings, headers, numbers of rows, documents, shapes of index rates."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from core.intake import reading
from core.intake.columns import CUSTOMERS, DOCUMENTS, DUE_ITEMS, FORMATS, INDEX_RATES, INVOICES, PAPERS, PLAN_ROWS
from core.intake.reading import open_book
from tests.intake.books import MB, PDF, Tables, small, write
from tests.intake.opened import CUSTOMERS_HEADER, customers, opened


def test_semicolons_and_commas_read_the_same(tmp_path: Path) -> None:
    semicolons = opened(write(tmp_path / "a", small()))
    assert opened(write(tmp_path / "b", small(), delimiter=",")) == semicolons
    assert len(semicolons.rows) == len(small())


def test_files_come_in_the_order_of_the_format_and_rows_in_blocks_of_bounded_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BLOCK_ROWS", 2)
    source = open_book(write(tmp_path, small()), largest_document=MB)
    assert source.files == tuple(FORMATS)
    shapes = [(block.file, list(block.numbers)) for block in source.blocks]
    assert [file for file, _ in dict.fromkeys((file, "") for file, _ in shapes)] == list(FORMATS)
    assert [numbers for file, numbers in shapes if file == DUE_ITEMS] == [[2], [3, 4], [5, 6]]


def test_a_book_is_the_same_whatever_the_size_of_its_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = small()
    tables["due_items"][1]["net"] = "many"
    folder = write(tmp_path, tables)
    whole = opened(folder)
    monkeypatch.setattr(reading, "BLOCK_ROWS", 1)
    assert opened(folder) == whole
    assert whole.unsound[DUE_ITEMS] == {3}
    assert whole.rows[DUE_ITEMS][3]["net_cents"] is None


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    book = opened(write(tmp_path, small(), encoding="utf-8-sig"))
    assert book.faults == []
    assert book.of(CUSTOMERS)[0]["code"] == "A1"


def test_italian_dates_are_dates(tmp_path: Path) -> None:
    tables = small()
    tables["plan_rows"][0]["due_on"] = "15/01/2024"
    assert opened(write(tmp_path, tables)).of(PLAN_ROWS)[0]["due_on"] == date(2024, 1, 15)


def test_spaces_around_a_cell_do_not_count_and_blank_rows_are_no_rows(tmp_path: Path) -> None:
    content = (
        CUSTOMERS_HEADER + " A1 ;\u00a0Anna  Neri ; ;;a@pec.example;Via\n ;;;\t;;\n\nB2;Bruno;;;b@pec.example;Via\n"
    )
    assert customers(tmp_path, content) == []
    rows = opened(tmp_path).rows[CUSTOMERS]
    assert list(rows) == [2, 5]
    assert (rows[2]["code"], rows[2]["name"], rows[2]["tax_code"]) == ("A1", "Anna  Neri", None)


def test_what_an_item_leaves_out_follows_from_its_day_and_kind(tmp_path: Path) -> None:
    tables = small()
    for row in tables["due_items"]:
        del row["plan_due_on"], row["causale"], row["fees"]
    rows = opened(write(tmp_path, tables)).of(DUE_ITEMS)
    assert [row["plan_due_on"] for row in rows] == [row["due_on"] for row in rows]
    assert [row["causale"] for row in rows][:2] == ["Anticipo", "Pagamento"]
    assert {row["fees_cents"] for row in rows} == {0}


def test_columns_come_in_any_order_and_optional_ones_may_be_missing(tmp_path: Path) -> None:
    assert customers(tmp_path, "address;pec;name;code\nVia Po 1;a@pec.example;Anna;A1\n") == []


def test_a_row_is_numbered_as_a_spreadsheet_numbers_it(tmp_path: Path) -> None:
    content = CUSTOMERS_HEADER + 'A1;Anna;;;a@pec.example;"Via Po 1\nTorino"\n\nB2;Bruno;;;bad;Via\n'
    assert customers(tmp_path, content) == [(CUSTOMERS, 4, "pec", "must be one e-mail address such as name@company.it")]


def test_a_file_of_nothing_but_its_header_is_read(tmp_path: Path) -> None:
    assert customers(tmp_path, CUSTOMERS_HEADER) == []
    assert opened(tmp_path).rows == {}


def test_a_generator_makes_blocks_of_its_own_rows() -> None:
    file = FORMATS[INVOICES]
    header, rows = ["number", "customer", "issued_on"], [(2, ["1/2024", "A1", "2024-01-10"]), (3, ["", "A1", "then"])]
    made, faults = reading.block(file, header, rows)
    assert (made.file, made.numbers, made.sound) == (INVOICES, [2, 3], [True, False])
    assert {field: list(values) for field, values in made.values.items()} == {
        "number": ["1/2024", None],
        "customer": ["A1", "A1"],
        "contract": [None, None],
        "issued_on": [date(2024, 1, 10), None],
    }
    assert [(fault.column, fault.value, fault.reason) for fault in faults] == [
        ("number", "", "is empty"),
        ("issued_on", "then", "must be a date such as 2024-04-05 or 05/04/2024"),
    ]


def with_document(folder: Path, table: str, name: str) -> list[tuple[str, int, str, str]]:
    tables: Tables = {table: [small()[table][0] | {"file": name}]}
    book = opened(write(folder, tables, documents=False), largest_document=1_000)
    assert book.rows[f"{table}.csv"][2]["sha256"] is None
    return book.faults


def test_a_document_comes_with_its_hash(tmp_path: Path) -> None:
    (row,) = opened(write(tmp_path, small())).of(DOCUMENTS)
    named = {"invoice": "1/2024", "file": "anticipo.pdf", "title": None}
    assert row == named | {"found_as": "anticipo.pdf", "sha256": sha256(PDF).hexdigest()}


def test_the_mark_of_an_export_is_no_part_of_the_name_of_a_paper(tmp_path: Path) -> None:
    tables, key = {"papers": small()["papers"]}, sha256(PDF).hexdigest()
    called = (f"contratto_{key[:16]}.pdf", f"lettera_{'0' * 16}.pdf")
    for row, name in zip(tables["papers"], called, strict=True):
        row["file"] = name
    papers = opened(write(tmp_path, tables)).of(PAPERS)
    assert [(row["file"], row["found_as"]) for row in papers] == [("contratto.pdf", called[0]), (called[1], called[1])]


@pytest.mark.parametrize("table", ["documents", "papers"])
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
def test_a_document_that_is_not_a_pdf_of_the_folder_is_refused(
    tmp_path: Path, table: str, name: str, reason: str
) -> None:
    folder = tmp_path / "book" / "documents"
    folder.mkdir(parents=True)
    (folder / "text.pdf").write_bytes(b"hello")
    (folder / "large.pdf").write_bytes(PDF + b"x" * 1_000)
    (folder / "link.pdf").symlink_to(tmp_path)
    assert with_document(tmp_path, table, name) == [(f"{table}.csv", 2, "file", reason)]


def rates(folder: Path, content: str) -> tuple[list[dict[str, object]], list[tuple[str, int, str, str]]]:
    (folder / INDEX_RATES).write_text(content)
    book = opened(folder)
    return book.of(INDEX_RATES), book.faults


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
