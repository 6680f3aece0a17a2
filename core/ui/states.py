"""What stands where there is nothing to show: never an empty grid."""

from typing import Literal

import streamlit as st

from core.ui import filters
from core.ui.guard import View


def empty(icon: str, sentence: str, line: str) -> None:
    """Nothing yet: an icon, one sentence, and what will appear here."""
    with st.container(border=True, key="empty", horizontal_alignment="center", gap=None):
        st.markdown(f":gray[:material/{icon}:]", width="content")
        st.markdown(f"**{sentence}**", width="content")
        st.markdown(f":small[:gray[{line}]]", width="content")


def no_match(view: View, sentence: str, line: str) -> None:
    """A filter that lets nothing through: it is named, and can be taken away."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="no_match"):
        with st.container(gap=None, width="stretch"):
            st.markdown(f":material/filter_alt_off: **{sentence}**")
            st.markdown(f":small[:gray[{line}]]")
        without_filters(view, "remove_filters")


def without_filters(view: View, key: str, kind: Literal["secondary", "tertiary"] = "secondary") -> None:
    """The button that takes every filter away: the whole page follows, wherever the button stands."""
    if st.button(view._("Remove the filters"), key=key, type=kind):
        filters.clear()
        st.rerun()
