"""What a spreadsheet finds in a workbook of the portal."""

import csv
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from core.exports import workbook
from core.exports.table import Column, Kind, Link, Notes, Table
from tests.exports import office

COLUMNS = [
    Column("Causale", width=30),
    Column("Scadenza", Kind.DATE),
    Column("N. canone", Kind.COUNT, total=True),
    Column("Importo", Kind.MONEY, total=True),
    Column("Fattura", Kind.LINK),
]
NOTES = Notes(
    lang="it",
    company="Aurora & C.",
    title="Fatture e pagamenti",
    who="10093",
    at=datetime(2026, 11, 20, 6, 30, tzinfo=UTC),
    data_date=date(2026, 11, 19),
    filters=[("Contratto", "84963"), ("Ricerca", "=1+1")],
)
DAY = date(2024, 4, 5)
TEXTS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    "_x000D_",
    "_x005F_x000d_",
    "a\x00b\x0bc",
    "lone \ud800 surrogate",
    "   spaces   ",
    "two\nlines",
    "quotes \" and ' and ;",
    "</t></is></c><c><f>1+1</f>",
    "Città di Forlì … € 😀",
    "x" * 40_000,
]
KEPT = {
    "a\x00b\x0bc": "abc",
    "lone \ud800 surrogate": "lone  surrogate",
    "x" * 40_000: "x" * 32_766 + "…",
}
AMOUNTS = [-5, 123_456_789_012_345, 0, 231_638]
ROWS = [(text, DAY, 1, AMOUNTS[i % len(AMOUNTS)], Link(f"{i}/2026", f"/documents/{i}")) for i, text in enumerate(TEXTS)]
EXPECTED_TEXTS = [KEPT.get(text, text) for text in TEXTS]
EXPECTED_TOTAL = 4 * sum(AMOUNTS) / 100
TOTAL_ROW = len(ROWS) + 2


def written(rows: Iterable[Sequence[object]], columns: Sequence[Column] = COLUMNS) -> BytesIO:
    out = BytesIO()
    workbook.write(out, Table("Fatture", columns, rows, NOTES))
    return out


def opened(rows: Iterable[Sequence[object]], columns: Sequence[Column] = COLUMNS, *, values: bool = False) -> Workbook:
    return load_workbook(written(rows, columns), data_only=values)


def sheet_xml(file: BytesIO) -> str:
    return zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()


def decoded(text: str) -> str:
    """openpyxl leaves `_x005F_` in inline texts as it stands; the format means an underscore."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


@pytest.fixture(scope="module")
def through_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file as LibreOffice reads it."""
    source, target = tmp_path_factory.mktemp("ours"), tmp_path_factory.mktemp("libreoffice")
    (source / "stored.xlsx").write_bytes(written(ROWS).getvalue())
    office.convert([source / "stored.xlsx"], "xlsx", target)
    office.convert([source / "stored.xlsx"], office.SHOWN, target)
    return target


def test_texts_come_back_as_they_were():
    sheet = opened(ROWS).worksheets[0]
    assert [decoded(sheet.cell(row, 1).value) for row in range(2, TOTAL_ROW)] == EXPECTED_TEXTS
    assert {sheet.cell(row, 1).data_type for row in range(2, TOTAL_ROW)} == {"s"}


def test_libreoffice_reads_the_same_texts(through_libreoffice):
    shown = next(through_libreoffice.glob("*.csv")).read_text()
    assert [row[0] for row in csv.reader(shown.splitlines(keepends=True), delimiter=";")][1:-1] == EXPECTED_TEXTS
    sheet = load_workbook(through_libreoffice / "stored.xlsx").worksheets[0]
    assert {sheet.cell(row, 1).data_type for row in range(2, TOTAL_ROW)} == {"s"}


def test_dates_and_amounts_are_dates_and_numbers():
    sheet = opened(ROWS).worksheets[0]
    assert (sheet["B2"].value, sheet["B2"].number_format) == (datetime(2024, 4, 5), "dd/mm/yy")  # noqa: DTZ001
    assert [sheet.cell(row, 4).value for row in range(2, 6)] == [-0.05, 1234567890123.45, 0, 2316.38]
    assert "€" in sheet["D2"].number_format


def test_libreoffice_reads_the_same_dates_and_amounts(through_libreoffice):
    sheet = load_workbook(through_libreoffice / "stored.xlsx").worksheets[0]
    assert sheet["B2"].value == datetime(2024, 4, 5)  # noqa: DTZ001
    assert [sheet.cell(row, 4).value for row in range(2, 6)] == [-0.05, 1234567890123.45, 0, 2316.38]


def test_libreoffice_shows_dates_and_amounts_as_italians_write_them(through_libreoffice):
    shown = next(through_libreoffice.glob("*.csv")).read_text()
    assert "=1+1;05/04/24;1;-0,05 €;0/2026" in shown
    assert "+1;05/04/24;1;1.234.567.890.123,45 €;1/2026" in shown


def test_totals_are_formulas_with_the_right_value_stored():
    formulas, values = opened(ROWS).worksheets[0], opened(ROWS, values=True).worksheets[0]
    assert formulas.cell(TOTAL_ROW, 4).value == f"=SUBTOTAL(109,D2:D{TOTAL_ROW - 1})"
    assert values.cell(TOTAL_ROW, 4).value == EXPECTED_TOTAL
    assert values.cell(TOTAL_ROW, 3).value == len(ROWS)


def test_the_only_formulas_of_the_file_are_the_totals():
    hostile = [
        Column(text[:200], kind, total=kind is Kind.MONEY) for text, kind in zip(TEXTS, [*Kind] * 4, strict=False)
    ]
    rows = [
        [Link(t, "/documents/1") if c.kind is Kind.LINK else t if c.kind is Kind.TEXT else None for c in hostile]
        for t in TEXTS
    ]
    file = zipfile.ZipFile(written(rows, hostile))
    formulas = [f for name in file.namelist() for f in re.findall(rb"<f\b.*?</f>", file.read(name))]
    assert len(formulas) == sum(column.total for column in hostile)
    assert all(formula.startswith(b"<f>SUBTOTAL(109,") for formula in formulas)


@pytest.mark.parametrize("title", ["=1+1", "\x00=1+1"])
def test_texts_that_look_like_formulas_carry_the_quote_prefix(title):
    sheet = opened(ROWS, [Column(title), *COLUMNS[1:]]).worksheets[0]
    assert [bool(sheet.cell(row, 1).quotePrefix) for row in range(1, 10)] == [*[True] * 7, False, False]


def test_a_missing_value_is_an_empty_cell_and_counts_nothing():
    sheet = opened([(None, None, None, None, None), ("a", DAY, 2, 150, "1/2026")], values=True).worksheets[0]
    assert [cell.value for cell in sheet[2]] == [None] * 5
    assert sheet["D4"].value == 1.5


def test_an_empty_export_has_its_header_and_totals_of_zero(tmp_path):
    formulas, values = opened([]).worksheets[0], opened([], values=True).worksheets[0]
    assert [cell.value for cell in formulas[1]] == [column.title for column in COLUMNS]
    assert (formulas["D2"].value, values["D2"].value) == ("=SUBTOTAL(109,D1:D1)", 0)
    assert formulas.max_row == 2


def test_an_export_without_totals_ends_with_its_last_row():
    sheet = opened([("a",), ("b",)], [Column("Testo")]).worksheets[0]
    assert [row[0] for row in sheet.values] == ["Testo", "a", "b"]
    assert sheet.dimensions == "A1:A3"


def test_a_link_leads_to_the_portal_by_its_public_address(configured):
    sheet = opened([("a", DAY, 1, 1, Link("1/2026", '/documents/1?a="&b')), ("b", DAY, 1, 1, "2/2026")]).worksheets[0]
    assert sheet["E2"].hyperlink.target == configured.public_url + '/documents/1?a="&b'
    assert (sheet["E3"].value, sheet["E3"].hyperlink) == ("2/2026", None)


def test_links_beyond_what_a_sheet_can_hold_stay_as_texts(monkeypatch):
    monkeypatch.setattr(workbook, "_MOST_LINKS", 2)
    sheet = opened([(Link(f"{i}", "/documents/7"),) for i in range(4)], [Column("Fattura", Kind.LINK)]).worksheets[0]
    assert [bool(sheet.cell(row, 1).hyperlink) for row in range(2, 6)] == [True, True, False, False]
    assert [sheet.cell(row, 1).value for row in range(2, 6)] == ["0", "1", "2", "3"]
    assert sheet["A4"].font.u is None


def test_rows_beyond_one_chunk_keep_their_order_and_extent():
    sheet = opened(((f"r{i}", DAY, 1, i, None) for i in range(9_001)), values=True).worksheets[0]
    assert (sheet.max_row, sheet["A2"].value, sheet["A9002"].value) == (9_003, "r0", "r9000")
    assert sheet["D9003"].value == sum(range(9_001)) / 100


def test_the_extent_of_the_sheet_is_known_to_its_total():
    assert f'<dimension ref="A1:E{TOTAL_ROW}"' in sheet_xml(written(ROWS))


def test_the_sheet_is_ready_to_scroll_and_to_print():
    sheet = opened(ROWS).worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows in {"1:1", "$1:$1"}
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.column_dimensions["A"].width == 30
    assert "Aurora &amp;&amp; C. - Fatture e pagamenti" in sheet_xml(written(ROWS))


def test_the_second_sheet_says_who_when_which_filters_and_how_many_rows():
    sheet = opened(ROWS).worksheets[1]
    facts = dict(sheet.iter_rows(values_only=True))
    when = datetime(2026, 11, 20, 7, 30)  # noqa: DTZ001 - a cell knows no time zone; it is Rome's time
    assert [*facts.values()] == [
        *("Aurora & C.", "Fatture e pagamenti", "10093", when),
        *(datetime(2026, 11, 19), "84963", "=1+1", len(ROWS)),  # noqa: DTZ001
    ]
    assert (facts["Contratto"], facts["Ricerca"]) == ("84963", "=1+1")
    assert sheet.cell(7, 2).data_type == "s"


def test_the_sheets_are_named_in_the_language_of_the_reader():
    assert opened(ROWS).sheetnames == ["Fatture", "Filtri"]
    assert opened(ROWS).worksheets[0].cell(TOTAL_ROW, 1).value == "Totale"


def test_the_rows_of_a_frame_are_written_as_they_are():
    frame = pd.DataFrame(
        {
            "causale": pd.Series(["Pagamento", None], dtype="str"),
            "due_on": pd.to_datetime(["2024-04-05", None]),
            "number": pd.array([7, None], dtype="Int64"),
            "gross_cents": [231_638, -5],
            "invoice": [Link("1/2026", "/documents/1"), None],
        }
    )
    sheet = opened(frame.itertuples(index=False), values=True).worksheets[0]
    assert [cell.value for cell in sheet[2]] == ["Pagamento", datetime(2024, 4, 5), 7, 2316.38, "1/2026"]  # noqa: DTZ001
    assert [cell.value for cell in sheet[3]] == [None, None, None, -0.05, None]
    assert [cell.value for cell in sheet[4]][2:4] == [7, 2316.33]


def test_the_file_says_whose_it_is_and_when_it_was_made():
    properties = opened(ROWS).properties
    assert (properties.creator, properties.title) == ("Aurora & C.", "Fatture e pagamenti")
    assert properties.created == datetime(2026, 11, 20, 6, 30)  # noqa: DTZ001 - openpyxl reads UTC without its zone


@pytest.mark.parametrize("row", [("a",), ("a", DAY, 1, 1, None, None)])
def test_a_row_of_another_length_is_a_bug_and_writes_nothing(row):
    out = BytesIO()
    with pytest.raises(ValueError, match="zip"):
        workbook.write(out, Table("Fatture", COLUMNS, [row], NOTES))
    assert out.getvalue() == b""
