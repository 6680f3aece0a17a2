"""What a spreadsheet or a program finds in a CSV of the portal."""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exports import delimited
from core.exports.table import Column, Kind, Link, Notes, Table
from tests.exports import office

COLUMNS = [
    Column("Causale"),
    Column("Scadenza", Kind.DATE),
    Column("N. canone", Kind.COUNT),
    Column("Importo", Kind.MONEY, total=True),
    Column("Fattura", Kind.LINK),
]
NOTES = Notes("it", "Aurora", "Fatture", "10093", datetime(2026, 11, 20, tzinfo=UTC), date(2026, 11, 20))
DAY = date(2024, 4, 5)
ROW = ("Pagamento", DAY, 7, 231_638, Link("1/2026", "/documents/1"))
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A1", "\x00=1", "  =1+1"]


def table(*rows: object, columns: list[Column] = COLUMNS) -> Table:
    return Table("Fatture", columns, rows, NOTES)


def written(*rows: object, columns: list[Column] = COLUMNS) -> bytes:
    out = BytesIO()
    delimited.write(out, table(*rows, columns=columns))
    return out.getvalue()


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def texts(*values: str) -> list[str]:
    return [row[0] for row in read(written(*((value,) for value in values), columns=[Column("Testo")]))[1:]]


def test_the_bytes_are_what_an_italian_excel_opens() -> None:
    header = "Causale;Scadenza;N. canone;Importo;Fattura\r\n"
    assert written(ROW) == b"\xef\xbb\xbf" + f"{header}Pagamento;05/04/2024;7;2316,38;1/2026\r\n".encode()


@pytest.mark.parametrize(("cents", "shown"), [(-5, "-0,05"), (0, "0,00"), (123_456_789_012_345, "1234567890123,45")])
def test_an_amount_stays_a_number_below_zero_too(cents: int, shown: str) -> None:
    assert read(written(("", DAY, 1, cents, "")))[1][3] == shown


def test_a_program_reads_the_numbers_and_dates_back() -> None:
    content = BytesIO(written(ROW, ("Storno", None, None, -5, None)))
    frame = pd.read_csv(content, sep=";", decimal=",", parse_dates=["Scadenza"], dayfirst=True)
    assert frame["Importo"].tolist() == [2316.38, -0.05]
    assert frame["Scadenza"][0] == pd.Timestamp("2024-04-05")


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_could_be_a_formula_is_kept_from_being_one(text: str) -> None:
    assert texts(text) == ["'" + text.replace("\x00", "")]


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_no_text_begins_like_a_formula_and_every_other_comes_back(text: str) -> None:
    shown = texts(f"{text}.")[0]
    plain = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", f"{text}.")
    assert shown in (plain, f"'{plain}")
    assert not shown.lstrip().startswith(tuple("=+-@＝＋－＠"))


def test_a_title_and_a_link_are_guarded_too() -> None:
    content = written((Link("=1+1", "/documents/1"),), columns=[Column("=2+2", Kind.LINK)])
    assert read(content) == [["'=2+2"], ["'=1+1"]]


def test_separators_quotes_and_line_breaks_stay_inside_their_field() -> None:
    assert texts('a;=1+1"\r\nb', "x") == ['a;=1+1"\r\nb', "x"]


def test_a_missing_value_is_an_empty_field() -> None:
    assert read(written((None, pd.NaT, pd.NA, None, "")))[1] == [""] * 5


def test_a_text_too_long_for_a_cell_ends_in_an_ellipsis() -> None:
    assert texts("x" * 40_000) == ["x" * 32_766 + "…"]


def test_rows_are_written_as_they_come() -> None:
    out, written_before = BytesIO(), []

    def rows() -> Iterator[tuple[object, ...]]:
        for _ in range(10_000):
            written_before.append(len(out.getvalue()))
            yield ROW

    assert delimited.write(out, Table("Fatture", COLUMNS, rows(), NOTES)) == 10_000
    assert len(out.getvalue()) - written_before[-1] < 20_000


def test_a_table_without_rows_has_its_header() -> None:
    assert read(written()) == [[column.title for column in COLUMNS]]


def test_a_row_of_another_length_is_a_bug() -> None:
    with pytest.raises(ValueError, match="zip"):
        written(("a",))


def test_a_float_never_passes_for_an_amount() -> None:
    with pytest.raises(TypeError):
        written(("a", DAY, 1, 23.5, ""))


def test_libreoffice_opens_it_as_texts_dates_and_numbers(tmp_path: Path) -> None:
    (tmp_path / "our.csv").write_bytes(written(*((text, DAY, 1, -5, "1/2026") for text in DANGEROUS[:4])))
    target = tmp_path / "read"
    target.mkdir()
    office.convert([tmp_path / "our.csv"], "xlsx", target, office.AS_ITALIAN_CSV)
    sheet = pd.read_excel(target / "our.xlsx", header=None, engine="openpyxl")
    assert sheet[0].tolist() == ["Causale", *(f"'{text}" for text in DANGEROUS[:4])]
    assert sheet[3][1:].tolist() == [-0.05] * 4
