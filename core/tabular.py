"""DataFrames, which is what reads give, and their rows: a dataclass names the columns of a frame and their types.

Empty frames keep the types, amounts stay int64, and a missing value is None in a row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")
_TYPES: dict[object, str] = {
    int: "int64",
    int | None: "Int64",
    str: "str",
    str | None: "str",
    date: "datetime64[us]",
    date | None: "datetime64[us]",
    bool: "bool",
}


@lru_cache
def _columns(of: "type[DataclassInstance]") -> dict[str, str]:
    """The columns of a frame whose rows are `of`, with their types."""
    return {field.name: _TYPES[field.type] for field in fields(of)}


def frame(rows: Iterable[Sequence[Any]], of: "type[DataclassInstance]") -> pd.DataFrame:
    """The rows of a select, whose columns stand in the order of the fields of `of`, as a DataFrame."""
    types = _columns(of)
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    made = {name: _array(values, types[name]) for name, values in zip(types, columns, strict=True)}
    return pd.DataFrame(made, copy=False)


def _array(values: Sequence[Any], type_: Any) -> Any:  # noqa: ANN401 - of numpy or pandas
    if type_ in {"int64", "bool"}:
        return np.array(values, type_ if not values else None).astype(type_, casting="safe")
    if type_ == "datetime64[us]":
        return np.array(values, "datetime64[D]").astype(type_)
    return pd.array(values, type_)


def each(table: pd.DataFrame, of: type[T]) -> list[T]:
    """The rows of such a frame, or of a part of it, for who writes them one by one."""
    columns = [_values(table[name], type_) for name, type_ in _columns(of).items()]
    return [of(*values) for values in zip(*columns, strict=True)]


def _values(column: pd.Series, type_: str) -> list[Any]:
    if type_ == "datetime64[us]":
        return list(column.to_numpy().astype("datetime64[D]").tolist())
    if type_ in {"Int64", "str"}:
        return [None if value is pd.NA or value != value else value for value in column.tolist()]  # noqa: PLR0124 - NaN
    return list(column.tolist())
