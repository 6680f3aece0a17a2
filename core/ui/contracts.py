"""Contracts on a page: the home page's table and the selector of one contract."""

from typing import Any

import pandas as pd
import streamlit as st

from core.billing.frames import LONGEST_NUMBER
from core.kit import words
from core.kit.errors import N_
from core.ui import badges, figures, filters, tables
from core.ui.guard import View
from core.ui.tables import Column, Kind, Table

SHORT_LIST = 10
LONGEST_CHOICE = 100
MOST_HITS = 25
SELECTOR_WIDTH = 400
CONTRACT = filters.text("contract", LONGEST_NUMBER)

TABLE = Table(
    "contracts",
    (
        Column("link", N_("Contract"), Kind.MARKUP),
        Column("product", N_("Product")),
        Column("badge", N_("Status"), Kind.MARKUP),
        Column("assets", N_("Assets"), Kind.COUNT),
        Column("price_cents", N_("Amount (net of VAT)"), Kind.MONEY),
        Column("signed_on", N_("Signed on"), Kind.DAY),
        Column("ends_on", N_("Ends on"), Kind.DAY),
    ),
    phone="cards",
)


def panel(view: View, contracts: pd.DataFrame) -> None:
    """The contracts of the home page, ten at a time, each with a link to its due items."""
    _headline(view, contracts)
    if contracts.empty:
        st.markdown(figures.quiet(view._("There are no active contracts.")))
        return
    pages = max(1, -(-len(contracts) // SHORT_LIST))
    number = min(filters.page_number(), pages)
    shown = contracts.iloc[(number - 1) * SHORT_LIST : number * SHORT_LIST]
    rows = shown.assign(
        link=[_link(number) for number in shown["number"]],
        badge=[badges.contract(view, status) for status in shown["status"]],
    )
    tables.show(view, TABLE, rows, alt=view._("Active contracts"))
    if pages > 1:
        tables.pager(view, "contracts", number, SHORT_LIST, len(contracts))


def _headline(view: View, contracts: pd.DataFrame) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(view._("Active contracts"), anchor=False, width="content")
        in_all = view._("%(n)s in all") % {"n": view.formats.count(len(contracts))}
        st.markdown(badges.count(in_all), width="content")
        st.space("stretch")
        st.markdown(figures.quiet(counted(view, contracts)), width="content")


def _link(number: str) -> str:
    return f"[{tables.escape(number)}]({filters.link('/invoices', contract=number)})"


def counted(view: View, contracts: pd.DataFrame) -> str:
    """How many contracts, with how many assets."""
    assets = int(contracts["assets"].sum())
    return view._("%(contracts)s (%(assets)s)") % {
        "contracts": view.ngettext("%(n)s contract", "%(n)s contracts", len(contracts))
        % {"n": view.formats.count(len(contracts))},
        "assets": view.ngettext("%(n)s asset", "%(n)s assets", assets) % {"n": view.formats.count(assets)},
    }


def choose(view: View, contracts: pd.DataFrame, prefix: str) -> None:
    """The selector of one contract or all; above a hundred contracts a search narrows them to a short list."""
    labels = {str(row["number"]): _label(view, row) for row in tables.records(contracts)}
    offered = list(labels)
    if len(offered) > LONGEST_CHOICE:
        offered = _hits(labels, st.text_input(view._("Find a contract"), key=f"{prefix}_find", type="search"))
    key = filters.bound(CONTRACT, prefix)
    chosen = st.session_state[key]
    st.selectbox(
        view._("Contract"),
        ["", *dict.fromkeys([*([chosen] if chosen in labels else []), *offered])],
        key=key,
        format_func=lambda number: labels.get(number, view._("All contracts")),
        filter_mode="contains",
        width=SELECTOR_WIDTH,
        on_change=filters.store,
        args=(CONTRACT, key),
    )


def _label(view: View, row: dict[str, Any]) -> str:
    status = words.CONTRACT_STATUSES[row["status"]]
    return view._("%(number)s – %(product)s – %(status)s – until %(day)s") % {
        "number": row["number"],
        "product": row["product"],
        "status": view._(status),
        "day": view.formats.day(row["ends_on"]),
    }


def _hits(labels: dict[str, str], typed: str | None) -> list[str]:
    wanted = (typed or "").strip().casefold()
    return [number for number, label in labels.items() if wanted in label.casefold()][:MOST_HITS]
