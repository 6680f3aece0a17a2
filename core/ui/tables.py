"""Tables a customer reads: real HTML through st.table, every cell already text, figures right.

Cells are Markdown. What comes from data is escaped here and never marked up; our own marks are badges, greys, reds
and links.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal

import pyarrow as pa
import streamlit as st

from core.ui import filters
from core.ui.guard import View

NONE = "–"
PAGER_WIDTH = 240
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# Streamlit rewrites these in finished text, where a backslash no longer helps: icon and emoji codes, web and mail
# addresses, arrows and comparison signs. An invisible word joiner inside keeps them what they are.
_JOINER = "\u2060"
_REWRITTEN = re.compile(r"(?<=:)(?=[\w+/-]+:)|(?<=://)|(?<=www)(?=\.)|(?=@)|(?<=[<>~-])(?=[-=>])", re.IGNORECASE)


# A ledger says the same few dozen texts again and again.
@lru_cache(4_096)
def escape(text: str) -> str:
    """Text of a user or of a file as Markdown that shows exactly that text, on one line."""
    return _PUNCTUATION.sub(r"\\\1", _REWRITTEN.sub(_JOINER, " ".join(text.split())))


class Kind(StrEnum):
    """What a column holds, hence how it is written and aligned."""

    TEXT = "text"
    MONEY = "money"
    OVERDUE = "overdue"
    DAY = "day"
    COUNT = "count"
    FIGURE = "figure"


_RIGHT = {Kind.MONEY, Kind.OVERDUE, Kind.COUNT, Kind.FIGURE}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the rows' field, the title (a message), what it holds; `write` where a cell takes more than its field.

    What `write` returns is Markdown.
    """

    key: str
    title: str
    kind: Kind = Kind.TEXT
    write: Callable[[View, Any], str] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `name` is its key in style and tests; on a phone its rows may become `cards`, or two `lines` each."""

    name: str
    columns: Sequence[Column] = field(default_factory=tuple)
    phone: Literal["", "cards", "lines"] = ""


def money(view: View, cents: int) -> str:
    """An amount; zero is grey."""
    text = view.formats.money(cents)
    return text if cents else f":gray[{text}]"


def overdue(view: View, cents: int) -> str:
    """An overdue amount: red and bold, and grey when there is none."""
    return f":red[**{view.formats.money(cents)}**]" if cents else money(view, 0)


_WRITERS: dict[Kind, Callable[[View, Any], str]] = {
    Kind.TEXT: lambda _view, value: escape(str(value)),
    Kind.MONEY: money,
    Kind.OVERDUE: overdue,
    Kind.DAY: lambda view, value: view.formats.day(value),
    Kind.COUNT: lambda view, value: view.formats.count(value),
}


def cells(view: View, table: Table, rows: Sequence[object]) -> pa.Table:
    """The rows as text, under translated titles; a missing value is a dash."""
    texts = [pa.array(_texts(view, column, rows), pa.string()) for column in table.columns]
    return pa.Table.from_arrays(texts, names=[view._(column.title) for column in table.columns])


def _texts(view: View, column: Column, rows: Sequence[object]) -> list[str]:
    if column.write:
        return [column.write(view, row) for row in rows]
    write, values = _WRITERS[column.kind], [getattr(row, column.key) for row in rows]
    return [NONE if value is None else write(view, value) for value in values]


def show(view: View, table: Table, rows: Sequence[object], *, alt: str) -> None:
    """Draw a table; `alt` is its name for those who do not see it."""
    with st.container(key=key_of(table)):
        draw(view, table, rows, alt=alt)


def draw(view: View, table: Table, rows: Sequence[object], *, alt: str) -> None:
    """Draw one of several tables of a kind, inside a container with its key: a key stands once on a page."""
    st.table(cells(view, table, rows), border="horizontal", hide_index=True, alt=alt)


def key_of(table: Table) -> str:
    """The key of the table's container, by which the style sheet knows it."""
    return f"table_{table.name}_{table.phone}" if table.phone else f"table_{table.name}"


def style(translate: Callable[[str], str], table: Table) -> str:
    """The rules of one table, from its columns: figures right, and titles for what its rows become on a phone."""
    key = f".st-key-{key_of(table)}"
    right = ",".join(f":nth-child({n})" for n, column in enumerate(table.columns, start=1) if column.kind in _RIGHT)
    rules = [f"{key} :is(td,th):is({right}){{text-align:right!important}}"]
    if table.phone:
        titles = [json.dumps(translate(column.title), ensure_ascii=False) for column in table.columns]
        rules += [f"{key} td:nth-child({n})::before{{content:{title}}}" for n, title in enumerate(titles, start=1)]
    return "".join(rules)


def pager(view: View, prefix: str, number: int, size: int, total: int) -> None:
    """The range on show and the pages, below a table; the page is kept in the address."""
    first, last = (number - 1) * size + 1, min(number * size, total)
    key = f"{prefix}_{filters.PAGE}"
    st.session_state[key] = number
    with st.container(horizontal=True, vertical_alignment="center", key=f"pager_{prefix}"):
        st.caption(
            view._("%(first)s - %(last)s of %(total)s")
            % {name: view.formats.count(n) for name, n in (("first", first), ("last", last), ("total", total))},
            width="stretch",
        )
        st.pagination(-(-total // size), key=key, width=PAGER_WIDTH, on_change=_turn, args=(key,))


def _turn(key: str) -> None:
    filters.write_page(int(st.session_state[key]))
