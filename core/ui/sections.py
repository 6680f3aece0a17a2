"""Sections of a page about one thing: facts in a list, figures in a strip, ways to what belongs to it."""

from collections.abc import Mapping, Sequence
from typing import Literal

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.ui import cards, menu
from core.ui.cards import Card, Link
from core.ui.guard import View

_NARROWEST_FIGURE = 140


def facts(place: DeltaGenerator, key: str, title: str, values: Mapping[str, str]) -> None:
    """A section that lists facts: the name at the left, the value (Markdown) at the right."""
    with place:
        st.header(title, anchor=False)
        with st.container(key=f"list_{key}"):
            columns = [pa.array(texts, pa.string()) for texts in (values.keys(), values.values())]
            table = pa.Table.from_arrays(columns, names=["name", "value"])
            st.table(table, border=False, hide_header=True, hide_index=True, alt=title)


def strip(key: str, shown: Sequence[Card]) -> None:
    """Figures side by side inside a card; two by two on a phone."""
    grid = st.grid(len(shown), min_column_width=_NARROWEST_FIGURE, key=f"strip_{key}")
    for card in shown:
        cards.draw(grid, card)


def ways(view: View, key: str, links: Sequence[Link], width: Literal["stretch", "content"] = "stretch") -> None:
    """Links to pages, drawn as buttons; those the visitor may not open are left out."""
    with st.container(horizontal=True, width=width, key=f"ways_{key}"):
        for link in links:
            entry = menu.ENTRIES[link.page]
            if entry.open_to(view.access):
                icon = f":material/{entry.icon}:"
                st.page_link(entry.file, label=link.label, icon=icon, query_params=link.filters or None)
