"""Key figures: the row of cards under a page's title."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

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
        if figure.link is None:
            _card(grid, figure)
        else:
            cell = grid.cell()
            _card(cell, figure)
            with cell:
                go_to(figure.link)


def _card(place: DeltaGenerator, figure: Figure) -> None:
    """A figure; its note stands where Streamlit would put a change, without the arrow."""
    note = f":material/error: {figure.note}" if figure.alarm else figure.note
    colour: Literal["red", "gray"] = "red" if figure.alarm else "gray"
    place.metric(figure.label, figure.value, note, delta_color=colour, delta_arrow="off")


def go_to(link: Link) -> None:
    """A link to another page of the portal, with filters."""
    st.page_link(
        menu.ENTRIES[link.page].file,
        label=link.label,
        icon=":material/arrow_forward:",
        icon_position="right",
        query_params=link.filters or None,
    )
