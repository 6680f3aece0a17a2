"""Key figures: the row of cards under a page's title."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.ui import menu

NARROWEST_CARD = 150


@dataclass(frozen=True, slots=True)
class Link:
    """A way from a figure to the rows behind it."""

    page: str
    label: str
    filters: dict[str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, ready to read, with its date or scope below; `alarm` is what has to be put right, in red."""

    label: str
    value: str
    note: str = ""
    alarm: bool = False
    link: Link | None = None


def alarm(text: str) -> str:
    """A line that says something is wrong: icon, words, red."""
    return f":small[:red[:material/error: {text}]]"


def quiet(text: str) -> str:
    """A line that explains: small, grey."""
    return f":small[:gray[{text}]]"


def cards(figures: Sequence[Figure]) -> None:
    """The row of figures; two by two on a phone."""
    grid = st.grid(len(figures), min_column_width=NARROWEST_CARD, border=True)
    for figure in figures:
        with grid.cell(), st.container(gap=None):
            _card(figure)


def _card(figure: Figure) -> None:
    st.metric(figure.label, figure.value)
    st.markdown(alarm(figure.note) if figure.alarm else quiet(figure.note))
    if figure.link:
        go_to(figure.link)


def go_to(link: Link) -> None:
    """A link to another page of the portal, with filters."""
    st.page_link(
        menu.ENTRIES[link.page].file,
        label=link.label,
        icon=":material/arrow_forward:",
        icon_position="right",
        query_params=link.filters or None,
    )
