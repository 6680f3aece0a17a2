"""Frames and their rows: types that stay, whole amounts, nothing that is missing turned into something else."""

from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from core.tabular import each, frame


@dataclass(frozen=True)
class Row:
    number: int
    document: int | None
    name: str
    invoice: str | None
    due_on: date
    paid_on: date | None
    provisional: bool


ROWS = [
    Row(9_007_199_254_740_993, 7, "a", "1/2024", date(2024, 2, 29), None, True),
    Row(0, None, "b", None, date(1950, 1, 1), date(2199, 12, 31), False),
]
TYPES = {
    "number": "int64",
    "document": "Int64",
    "name": "str",
    "invoice": "str",
    "due_on": "datetime64[us]",
    "paid_on": "datetime64[us]",
    "provisional": "bool",
}


def test_rows_come_back_as_they_went_in() -> None:
    table = frame([astuple(row) for row in ROWS], Row)
    assert {name: str(type_) for name, type_ in table.dtypes.items()} == TYPES
    assert each(table, Row) == ROWS


def test_an_empty_frame_keeps_its_types() -> None:
    table = frame([], Row)
    assert {name: str(type_) for name, type_ in table.dtypes.items()} == TYPES
    assert each(table, Row) == []


def test_a_part_of_a_frame_has_its_rows() -> None:
    table = frame([astuple(row) for row in ROWS], Row)
    assert each(table[table["invoice"].isna()], Row) == ROWS[1:]
    assert isinstance(table.iloc[:1], pd.DataFrame)
    assert each(table.iloc[:1], Row) == ROWS[:1]


@pytest.mark.parametrize("number", [1.5, 2.0, Decimal("1.5"), "7"])
def test_no_amount_is_anything_but_a_whole_number(number: object) -> None:
    row = (number, *astuple(ROWS[0])[1:])
    with pytest.raises(TypeError):
        frame([row], Row)
