"""The page: the widgets of the portal's plan page, its chart and its table of 25 rows, and nothing behind them.

The chart is made as plotly's own guide does; `BENCH_CHART=ready` sends the finished specification from memory instead.
"""

import os

import plotly.graph_objects as go
import streamlit as st
from plan_memory import FRAMES, TEXTS, YEARS

SIZE = 25
READY = os.environ.get("BENCH_CHART") == "ready"


def home() -> None:
    st.title("Home")


def chart() -> go.Figure:
    *bars, line = TEXTS.chart["data"]
    figure = go.Figure()
    for bar in bars:
        figure.add_bar(x=bar["x"], y=bar["y"], name=bar["name"], marker=bar["marker"])
    figure.add_scatter(x=line["x"], y=line["y"], name=line["name"], line=line["line"], mode="lines", yaxis="y2")
    figure.update_layout(**TEXTS.chart["layout"])
    return figure


def amortization() -> None:
    left, middle, right = st.columns([3, 2, 1], vertical_alignment="bottom")
    with left:
        st.title(TEXTS.title)
        st.markdown(TEXTS.lead)
    middle.selectbox("Contract", TEXTS.contracts, key="contract")
    right.link_button(TEXTS.export, "/exports/amortization.xlsx", icon=":material/download:")
    st.markdown(TEXTS.rates)
    with st.container(border=True):
        st.header(TEXTS.heading)
        figure = TEXTS.chart if READY else chart()
        st.plotly_chart(figure, theme="streamlit", config={"displayModeBar": False}, alt=TEXTS.alt)
    with st.expander(TEXTS.figures):
        st.table(YEARS, border="horizontal", hide_index=True)
    state, index_rows, explain = st.columns([3, 2, 2], vertical_alignment="center")
    state.segmented_control("State", TEXTS.states, default=TEXTS.states[0], label_visibility="collapsed")
    index_rows.checkbox(TEXTS.index_rows, value=True)
    explain.button(TEXTS.explain, type="tertiary", icon=":material/calculate:")
    table = st.container()
    range_shown, pager = st.columns([3, 1], vertical_alignment="center")
    with pager:
        number = st.pagination(len(FRAMES), key="page", bind="query-params")
    range_shown.caption(f"{(number - 1) * SIZE + 1} - {(number - 1) * SIZE + len(FRAMES[number - 1])}")
    table.table(FRAMES[number - 1], border="horizontal", hide_index=True)
    st.selectbox("Why", TEXTS.rows, index=None, key="why")
    with st.container(border=True):
        st.markdown(TEXTS.total)
    st.markdown("[Excel](/exports/amortization.xlsx?headers=manual)")


st.set_page_config(layout="wide")
page = st.navigation([st.Page(home, default=True, url_path="home"), st.Page(amortization, url_path="amortization")])
crumb, who, leave = st.columns([6, 2, 1], vertical_alignment="center")
crumb.caption(f"Home / {page.title}")
who.markdown(TEXTS.name)
leave.button("Sign out", type="tertiary")
st.sidebar.caption(TEXTS.legal)
page.run()
