"""What a formula of a column becomes in the cells of its rows."""

from datetime import date
from io import BytesIO
from itertools import count
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from core.exports import workbook
from core.exports.cells import Styles
from core.exports.formulas import Live, quoted, results
from core.exports.table import Column, Kind, Table
from tests.exports.test_tables import NOTES

STYLES = Styles(text=1, text_quoted=2, link=3, link_quoted=4, money=5, date=6, count=7)
LETTERS = {"left": "C", "due": "B", "kept": "D"}
DAY = date(2024, 4, 5)
ABOVE = {"formula": "{above.kept}-{left}", "opening": {"kept": -500}}


def live(formula: str, kind: Kind = Kind.MONEY, **more: Any) -> Live:
    column = Column("Saldo", kind, key="kept", formula=formula, **more)
    return Live.of(column, LETTERS, STYLES, DAY, count())


def cells(formulas: Live, *values: int | None, first: int = 2) -> list[ElementTree.Element]:
    ends = results(Kind.MONEY)
    texts = formulas.cells([str(first + place) for place in range(len(values))], [ends[value] for value in values])
    return [ElementTree.fromstring(text) for text in texts]  # noqa: S314 - our own XML


def formulas(found: list[ElementTree.Element]) -> list[str | None]:
    return [cell.findtext("f") for cell in found]


def test_a_key_is_the_cell_of_its_row() -> None:
    assert formulas(cells(live("{left}-{kept}"), 1)) == ["ROUND(C2-D2,2)"]


def test_the_row_above_the_first_is_what_the_column_opens_with() -> None:
    assert formulas(cells(live(**ABOVE), 1, 2)) == ["ROUND((-5.00)-C2,2)", "ROUND(D2-C3,2)"]


def test_later_rows_share_the_formula_of_the_first_of_them() -> None:
    found = cells(live(**ABOVE), 1, 2, 3, first=4002)
    assert formulas(found) == ["ROUND(D4001-C4002,2)", "", ""]
    shared = [cell.find("f").attrib for cell in found]
    assert shared == [{"t": "shared", "ref": "D4002:D4004", "si": "0"}, *[{"t": "shared", "si": "0"}] * 2]


def test_every_chunk_and_every_column_has_a_formula_of_its_own() -> None:
    groups = count()
    both = [Live.of(Column("", Kind.MONEY, key="kept", formula="{left}"), LETTERS, STYLES, DAY, groups) for _ in "ab"]
    found = [cells(column, 1, 1, first=4002)[1].find("f").get("si") for column in (*both, *both)]
    assert found == ["0", "1", "2", "3"]


@pytest.mark.parametrize("first", [2, 4002])
def test_a_missing_value_is_an_empty_cell_and_the_next_one_has_the_formula(first: int) -> None:
    found = cells(live("{left}"), None, None, 7, None, 8, first=first)
    assert [len(cell) for cell in found] == [0, 0, 2, 0, 2]
    assert found[2].find("f").attrib == {"t": "shared", "ref": f"D{first + 2}:D{first + 4}", "si": "0"}
    assert [cell.findtext("v") for cell in found] == [None, None, "0.07", None, "0.08"]


def test_the_day_of_the_data_is_a_date_that_needs_no_other_sheet() -> None:
    assert formulas(cells(live("IF({due}<{data_date},{left},0)"), 1)) == ["ROUND(IF(B2<DATE(2024,4,5),C2,0),2)"]


def test_a_count_is_not_rounded_and_has_its_own_look() -> None:
    (cell,) = cells(live("{left}+1", Kind.COUNT), 1)
    assert (cell.findtext("f"), cell.get("s")) == ("C2+1", "7")
    assert cells(live("{left}"), 1)[0].get("s") == "5"


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.LINK, Kind.DATE])
def test_only_figures_have_formulas(kind: Kind) -> None:
    with pytest.raises(KeyError):
        results(kind)


@pytest.mark.parametrize("formula", ["{nobody}", "{above.left}"], ids=["no column", "no opening"])
def test_a_formula_of_what_is_not_there_is_a_bug(formula: str) -> None:
    with pytest.raises(KeyError):
        live(formula)


def test_a_float_never_passes_for_a_result_or_an_opening() -> None:
    with pytest.raises(TypeError):
        results(Kind.MONEY)[23.5]
    with pytest.raises(TypeError):
        live("{above.kept}", opening={"kept": 1.5})


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="￾￿"), max_size=20))
def test_a_quoted_text_is_one_text_in_the_formula(text: str) -> None:
    (cell,) = cells(live(f"IF({{left}}={quoted(text).replace('{', '').replace('}', '')},1,0)"), 1)
    inside = cell.findtext("f").removeprefix("ROUND(IF(C2=").removesuffix(",1,0),2)")
    assert inside[1:-1].replace('""', "") == text.replace('"', "").replace("{", "").replace("}", "")
    assert inside[1:-1].count('"') % 2 == 0


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(-(10**12), 10**12), st.booleans()), min_size=1, max_size=30))
def test_openpyxl_reads_a_formula_in_every_row_that_has_a_value(moves: list[tuple[int, bool]]) -> None:
    columns = [
        Column("Quota", Kind.MONEY, key="share"),
        Column("Residuo", Kind.MONEY, key="left", formula="{above.left}-{share}", opening={"left": 0}),
    ]
    out = BytesIO()
    workbook.write(out, Table("Piano", columns, [(share, share if there else None) for share, there in moves], NOTES))
    sheet = load_workbook(out).worksheets[0]
    expected = [f"=ROUND(B{row - 1}-A{row},2)" if there else None for row, (_, there) in enumerate(moves, start=2)]
    if moves[0][1]:
        expected[0] = "=ROUND((0.00)-A2,2)"
    assert [sheet.cell(row, 2).value for row in range(2, len(moves) + 2)] == expected
