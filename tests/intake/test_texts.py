"""What the portal writes into the files of a book, an import reads as the same value."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake import texts
from core.intake.columns import FORMATS, Column

CENTS = st.integers(-(10**13), 10**13)
PPM = st.integers(-1_000_000, 1_000_000)
BASIS_POINTS = st.integers(0, 10_000)
VALUES = {
    "in_advance": st.booleans(),
    "rate_ppm": PPM,
    "index_base_ppm": PPM,
    "ppm": PPM.map(lambda ppm: ppm // 10 * 10),
    "vat_bp": BASIS_POINTS,
    "mora_spread_bp": BASIS_POINTS,
    "month": st.dates(date(1950, 1, 1), date(2199, 12, 1)).map(lambda day: day.replace(day=1)),
}
WRITTEN = [
    (name, column)
    for name, file in FORMATS.items()
    for column in file.columns
    if column.key in VALUES or column.key.endswith("_cents")
]


@pytest.mark.parametrize(("name", "column"), WRITTEN, ids=lambda found: getattr(found, "name", found))
@given(data=st.data())
def test_a_value_is_read_as_it_was_written(name: str, column: Column, data: st.DataObject) -> None:
    values = data.draw(st.lists(VALUES.get(column.key, CENTS), min_size=1, max_size=5))
    cells = texts.cells(column.key, values)
    assert [column.parse.one(cell) for cell in cells] == values


@pytest.mark.parametrize(
    ("field", "value", "cell"),
    [
        ("price_cents", 231_638, "2316,38"),
        ("amount_cents", -5, "-0,05"),
        ("rate_ppm", 79_380, "7,9380"),
        ("index_base_ppm", -3_860, "-0,386"),
        ("index_base_ppm", 20_635, "2,0635"),
        ("ppm", 0, "0,000"),
        ("vat_bp", 2_200, "22"),
        ("mora_spread_bp", 850, "8,50"),
        ("month", date(2022, 9, 1), "2022-09"),
        ("in_advance", True, "yes"),
        ("deposit_cents", None, ""),
    ],
)
def test_a_value_is_written_as_the_demo_book_has_it(field: str, value: object, cell: str) -> None:
    assert list(texts.cells(field, [value])) == [cell]


def test_texts_counts_and_days_are_left_to_the_writer_of_the_file() -> None:
    for values in (["a", None], [1, 2], [date(2024, 4, 5)]):
        assert texts.cells("anything", values) is values
