"""Turns a value into the XML of its cell. No text ever becomes a formula, and none can break the file."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import isnan
from operator import index
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import pandas as pd

from core.kit.money import euro_text

LONGEST_TEXT = 32_767
EMPTY = "/>"
_KEPT = 20_000
_SERIAL_OF_DAY_ONE = -693_594
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA_LIKE = tuple("=+-@\t\r\n＝＋－＠")


class Kind(StrEnum):
    """What the cells of a column are. MONEY takes integer cents, LINK takes a `Link` or a text."""

    TEXT = "text"
    LINK = "link"
    MONEY = "money"
    DATE = "date"
    COUNT = "count"


class Link(NamedTuple):
    """A text that opens a path of the portal (`/documents/7`)."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Styles:
    """Style numbers of one workbook; the quoted ones tell a spreadsheet to leave the text alone when it is edited."""

    text: int
    text_quoted: int
    link: int
    link_quoted: int
    money: int
    date: int
    count: int


class Cells(dict[Any, str]):
    """What follows `<c r="A2"` for a value of one column: rendered once per distinct value, forgotten when too many."""

    def __init__(self, kind: Kind, styles: Styles) -> None:
        super().__init__()
        self._render = _renderer(kind, styles)

    def __missing__(self, value: object) -> str:
        if len(self) >= _KEPT:
            self.clear()
        rendered = EMPTY if _missing(value) else self._render(value)
        self[value] = rendered
        return rendered


def _missing(value: object) -> bool:
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    return value == "" or (isinstance(value, float) and isnan(value))


def _renderer(kind: Kind, styles: Styles) -> Callable[[Any], str]:
    def text(value: object) -> str:
        return text_cell(str(value), styles.text, styles.text_quoted)

    def link(value: Link | str) -> str:
        return text_cell(value.text, styles.link, styles.link_quoted) if isinstance(value, Link) else text(value)

    renderers: dict[Kind, Callable[[Any], str]] = {
        Kind.TEXT: text,
        Kind.LINK: link,
        Kind.MONEY: lambda cents: number_cell(euro_text(index(cents)), styles.money),
        Kind.COUNT: lambda count: number_cell(str(index(count)), styles.count),
        Kind.DATE: lambda day: number_cell(str(day.toordinal() + _SERIAL_OF_DAY_ONE), styles.date),
    }
    return renderers[kind]


def number_cell(digits: str, style: int, formula: str = "") -> str:
    """The rest of a number cell; with `formula`, a live cell whose stored result is `digits`."""
    live = f"<f>{formula}</f>" if formula else ""
    return f' s="{style}">{live}<v>{digits}</v></c>'


def text_cell(value: str, style: int, quoted_style: int) -> str:
    """The rest of a text cell; a text that looks like a formula takes the quoted style."""
    shown = cleaned(value)
    space = ' xml:space="preserve"' if shown != shown.strip() else ""
    xml = escape(shown, {"\r": "&#13;"})
    return f' s="{quoted_style if formula_like(shown) else style}" t="inlineStr"><is><t{space}>{xml}</t></is></c>'


def formula_like(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula when it is typed again or pasted elsewhere."""
    return text.startswith(_FORMULA_LIKE)


def cleaned(text: str) -> str:
    """The text as a cell can hold it: without what XML forbids, `_x000D_` escaped, a cut ending in an ellipsis."""
    return _LOOKS_ESCAPED.sub("_x005F_", _fitted(_FORBIDDEN.sub("", text)))


def _fitted(text: str) -> str:
    """At most 32.767 UTF-16 units, which is how Excel counts."""
    if len(text) <= LONGEST_TEXT // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    return units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"
