"""The title block of a page: the one h1, the line that answers the page's question, the tools at the right."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def title(text: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Draw the title; returns where the lead line goes, and where the tools go.

    It is drawn before anything is read, so that a page that cannot show its data still says which page it is.
    """
    block = st.container(horizontal=True, vertical_alignment="bottom", key="title_block")
    left = block.container(width="stretch", gap=None)
    left.title(text, anchor=False)
    return left, block
