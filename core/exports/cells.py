"""Turns a value into the XML of its cell. No text ever becomes a formula, and none can break the file."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import index
from typing import Any
from xml.sax.saxutils import escape

from core.exports.table import Kind, Link
from core.exports.texts import Rendered, formula_like, kept
from core.kit.money import euro_text

EMPTY = "/>"
_SERIAL_OF_DAY_ONE = -693_594
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


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


class Cells(Rendered):
    """What follows `<c r="A2"` for a value of one column."""

    def __init__(self, kind: Kind, styles: Styles) -> None:
        super().__init__(_renderer(kind, styles), EMPTY)


def _renderer(kind: Kind, styles: Styles) -> Callable[[Any], str]:
    def text(value: object) -> str:
        return text_cell(str(value), styles.text, styles.text_quoted)

    def link(value: Link | str) -> str:
        return text_cell(value.text, styles.link, styles.link_quoted) if isinstance(value, Link) else text(value)

    money, count, day = (f' s="{style}"><v>' for style in (styles.money, styles.count, styles.date))
    renderers: dict[Kind, Callable[[Any], str]] = {
        Kind.TEXT: text,
        Kind.LINK: link,
        Kind.MONEY: lambda value: f"{money}{euro_text(index(value))}</v></c>",
        Kind.COUNT: lambda value: f"{count}{index(value)}</v></c>",
        Kind.DATE: lambda value: f"{day}{value.toordinal() + _SERIAL_OF_DAY_ONE}</v></c>",
    }
    return renderers[kind]


def formula_cell(formula: str, digits: str, style: int) -> str:
    """The rest of a live cell whose stored result is `digits`."""
    return f' s="{style}"><f>{escape(formula)}</f><v>{digits}</v></c>'


def live_text_cell(formula: str, text: str, style: int) -> str:
    """The rest of a live cell whose stored result is a text."""
    return f' s="{style}" t="str"><f>{escape(formula)}</f><v>{escape(text)}</v></c>'


def text_cell(value: str, style: int, quoted_style: int) -> str:
    """The rest of a text cell; a text that looks like a formula takes the quoted style."""
    shown = cleaned(value)
    space = ' xml:space="preserve"' if shown != shown.strip() else ""
    xml = escape(shown).replace("\r", "&#13;")
    return f' s="{quoted_style if formula_like(shown) else style}" t="inlineStr"><is><t{space}>{xml}</t></is></c>'


def cleaned(text: str) -> str:
    """The text as a cell can hold it: without what XML forbids, `_x000D_` escaped, a cut ending in an ellipsis."""
    return _LOOKS_ESCAPED.sub("_x005F_", kept(text))
