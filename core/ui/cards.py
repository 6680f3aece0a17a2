"""Key figures: the row of cards under a page's title."""

from collections.abc import Callable, Sequence
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
class Card:
    """A figure on a card, ready to read, with its date or scope below; `alarm` is what has to be put right, in red.

    `why` names its explanation.
    """

    label: str
    value: str
    note: str = ""
    alarm: bool = False
    link: Link | None = None
    why: str = ""


def alarm(text: str) -> str:
    """A line that says something is wrong: icon, words, red."""
    return f":small[:red[:material/error: {text}]]"


def quiet(text: str) -> str:
    """A line that explains: small, grey."""
    return f":small[:gray[{text}]]"


def row(cards: Sequence[Card], explained: Callable[[Card], None] | None = None) -> None:
    """Cards side by side; two by two on a phone. `explained` draws the way to the explanation of a card's figure."""
    grid = st.grid(len(cards), min_column_width=NARROWEST_CARD, border=True)
    for card in cards:
        if card.link is None:
            draw(grid, card)
            continue
        cell = grid.cell()
        draw(cell, card)
        with cell:
            go_to(card.link)
            if card.why and explained:
                explained(card)


def draw(place: DeltaGenerator, card: Card) -> None:
    """A figure; its note stands where Streamlit would put a change, without the arrow."""
    note = f":material/error: {card.note}" if card.alarm else card.note
    colour: Literal["red", "gray"] = "red" if card.alarm else "gray"
    place.metric(card.label, card.value, note, delta_color=colour, delta_arrow="off")


def go_to(link: Link) -> None:
    """A link to another page of the portal, with filters."""
    st.page_link(
        menu.ENTRIES[link.page].file,
        label=link.label,
        icon=":material/arrow_forward:",
        icon_position="right",
        query_params=link.filters or None,
    )
