"""What a text has to be in any file for a spreadsheet, and the memory of what has been rendered already."""

import re
from collections.abc import Callable
from math import isnan
from typing import Any

import pandas as pd

LONGEST_TEXT = 32_767
_KEPT = 20_000
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA_LIKE = tuple("=+-@\t\r\n＝＋－＠")


class Rendered(dict[Any, str]):
    """The texts of values: rendered once per distinct value, forgotten when too many; `empty` for a missing value."""

    def __init__(self, render: Callable[[Any], str], empty: str) -> None:
        super().__init__()
        self._render = render
        self._empty = empty

    def __missing__(self, value: object) -> str:
        if len(self) >= _KEPT:
            self.clear()
        rendered = self._empty if _missing(value) else self._render(value)
        self[value] = rendered
        return rendered


def _missing(value: object) -> bool:
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    return value == "" or (isinstance(value, float) and isnan(value))


def formula_like(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula when it is typed again or pasted elsewhere."""
    return text.startswith(_FORMULA_LIKE)


def kept(text: str) -> str:
    """The text without the characters that no file may have, a text too long for a cell ending in an ellipsis."""
    return _fitted(_FORBIDDEN.sub("", text))


def _fitted(text: str) -> str:
    """At most 32.767 UTF-16 units, which is how Excel counts."""
    if len(text) <= LONGEST_TEXT // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    return units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"
