"""A value becomes the cell that shows it; no text becomes anything but a text."""

import re
from datetime import date
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exports.cells import EMPTY, Cells, Styles, cleaned
from core.exports.table import Kind, Link
from core.exports.texts import LONGEST_TEXT

STYLES = Styles(text=1, text_quoted=2, link=3, link_quoted=4, money=5, date=6, count=7)
REMOVED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
TRICKY = st.lists(
    st.sampled_from(
        ["_", "x", "000D", "_x005F_", "_x000d_", "=", "＝", "\t", "\r", "\n", " ", "<", "</t>", "&", "\x00"]
    )
).map("".join)


def cell(kind: Kind, value: object) -> ElementTree.Element:
    return ElementTree.fromstring('<c r="A2"' + Cells(kind, STYLES)[value])  # noqa: S314 - our own XML


def text_of(element: ElementTree.Element) -> str:
    """The text as Excel and LibreOffice read it: `_x005F_` stands for an underscore."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), element.findtext("is/t") or "")


@given(ANY_TEXT | TRICKY)
def test_any_text_survives_but_for_what_xml_forbids(text):
    assert text_of(cell(Kind.TEXT, text)) == REMOVED.sub("", text)


@pytest.mark.parametrize("text", [" a", "a ", "\na", "a\t", " "])
def test_outer_spaces_are_declared_or_a_spreadsheet_would_drop_them(text):
    preserved = "{http://www.w3.org/XML/1998/namespace}space"
    assert cell(Kind.TEXT, text).find("is/t").get(preserved) == "preserve"
    assert cell(Kind.TEXT, text.strip() or "a").find("is/t").get(preserved) is None


@given(ANY_TEXT | TRICKY | st.sampled_from("=+-@＝").flatmap(lambda first: ANY_TEXT.map(first.__add__)))
def test_no_text_ever_makes_a_formula_or_a_second_element(text):
    for element in (cell(Kind.TEXT, text), cell(Kind.LINK, Link(text, "/documents/1"))):
        assert {child.tag for child in element.iter()} <= {"c", "is", "t"}
        assert element.get("t", "inlineStr") == "inlineStr"


@pytest.mark.parametrize("first", [*"=+-@\t\r\n", "＝", "＋", "－", "＠"])
def test_a_text_that_looks_like_a_formula_is_marked_to_be_left_alone(first):
    assert cell(Kind.TEXT, f"{first}1+1").get("s") == "2"
    assert cell(Kind.LINK, Link(f"{first}1+1", "/documents/1")).get("s") == "4"
    assert cell(Kind.TEXT, f"1{first}1").get("s") == "1"


def test_a_formula_behind_a_forbidden_character_is_marked_too():
    assert cell(Kind.TEXT, "\x00=1+1").get("s") == "2"


@pytest.mark.parametrize(("length", "kept"), [(LONGEST_TEXT, LONGEST_TEXT), (40_000, LONGEST_TEXT)])
def test_a_text_longer_than_a_cell_is_cut_and_says_so(length, kept):
    shown = text_of(cell(Kind.TEXT, "a" * length))
    assert len(shown) == kept
    assert shown.endswith("…") == (length > LONGEST_TEXT)


def test_a_cut_counts_like_excel_and_never_splits_a_character():
    shown = cleaned("😀" * 20_000)
    assert shown == "😀" * ((LONGEST_TEXT - 1) // 2) + "…"


@pytest.mark.parametrize(
    ("cents", "digits"),
    [(-5, "-0.05"), (0, "0.00"), (123456789012345, "1234567890123.45"), (np.int64(231638), "2316.38")],
)
def test_an_amount_is_exact_decimal_text(cents, digits):
    assert (cell(Kind.MONEY, cents).findtext("v"), cell(Kind.MONEY, cents).get("s")) == (digits, "5")


@pytest.mark.parametrize("kind", [Kind.MONEY, Kind.COUNT])
def test_a_float_never_passes_for_an_amount_or_a_count(kind):
    with pytest.raises(TypeError):
        cell(kind, 23.5)


@pytest.mark.parametrize("day", [date(2024, 4, 5), pd.Timestamp("2024-04-05")])
def test_a_date_is_its_serial_number(day):
    assert cell(Kind.DATE, day).findtext("v") == "45387"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("value", [None, "", float("nan"), pd.NA, pd.NaT])
def test_a_missing_value_is_an_empty_cell(kind, value):
    assert Cells(kind, STYLES)[value] is EMPTY


def test_the_memory_of_rendered_texts_is_bounded():
    cells = Cells(Kind.COUNT, STYLES)
    for value in range(50_000):
        cells[value]
    assert len(cells) <= 20_000
