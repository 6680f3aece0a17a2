"""The page: the widgets of the portal's invoices page and the table of 25 rows, and nothing behind them."""

import streamlit as st
from memory import FRAMES, NAMED, TEXTS

SIZE = 25


def home() -> None:
    st.title("Home")


def invoices() -> None:
    left, middle, right = st.columns([3, 2, 1], vertical_alignment="bottom")
    with left:
        st.title(TEXTS.title)
        st.markdown(TEXTS.lead)
    middle.selectbox("Contract", TEXTS.contracts, key="contract")
    right.link_button(TEXTS.export, "/exports/invoices.xlsx", icon=":material/download:")
    for column, (label, value, note) in zip(st.columns(4), TEXTS.cards, strict=True):
        with column.container(border=True):
            st.metric(label, value)
            st.caption(note)
    state, find, order = st.columns([4, 1, 2], vertical_alignment="center")
    state.segmented_control("State", TEXTS.states, default=TEXTS.states[0], label_visibility="collapsed")
    find.text_input("Find", placeholder="Find", label_visibility="collapsed")
    order.selectbox("Order", TEXTS.orders, label_visibility="collapsed")
    table = st.container()
    range_shown, pager = st.columns([3, 1], vertical_alignment="center")
    with pager:
        number = st.pagination(len(FRAMES), key="page", bind="query-params")
    range_shown.caption(f"{(number - 1) * SIZE + 1} - {(number - 1) * SIZE + len(FRAMES[number - 1])}")
    table.table(FRAMES[number - 1], border="horizontal", hide_index=True)
    st.selectbox("Why", NAMED[number - 1], index=None, key="why")
    with st.container(border=True):
        label, amount = st.columns([4, 1])
        label.markdown(TEXTS.cards[0][0])
        amount.markdown(f"**{TEXTS.cards[0][1]}**")
    st.markdown("[Excel](/exports/invoices.xlsx?headers=manual)")


st.set_page_config(layout="wide")
page = st.navigation([st.Page(home, default=True, url_path="home"), st.Page(invoices, url_path="invoices")])
crumb, who, leave = st.columns([6, 2, 1], vertical_alignment="center")
crumb.caption(f"Home / {page.title}")
who.markdown(TEXTS.name)
leave.button("Sign out", type="tertiary")
st.sidebar.caption(TEXTS.legal)
page.run()
