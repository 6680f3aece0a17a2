"""Contracts on a page: the home page's table and the selector of one contract."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.billing.frames import LONGEST_NUMBER, Choice
from core.book.frames import Lease
from core.kit import words
from core.kit.errors import N_
from core.tabular import each
from core.ui import badges, figures, filters, tables
from core.ui.guard import View
from core.ui.tables import Column, Kind, Table

SHORT_LIST = 10
LONGEST_CHOICE = 100
MOST_HITS = 25
SELECTOR_WIDTH = 400
CONTRACT = filters.text("contract", LONGEST_NUMBER)


def _link(_view: View, lease: Lease) -> str:
    return f"[{tables.escape(lease.number)}]({filters.link('/invoices', contract=lease.number)})"


TABLE = Table(
    "contracts",
    (
        Column("number", N_("Contract"), write=_link),
        Column("product", N_("Product")),
        Column("status", N_("Status"), write=lambda view, lease: badges.contract(view, lease.status)),
        Column("assets", N_("Assets"), Kind.COUNT),
        Column("price_cents", N_("Amount (net of VAT)"), Kind.MONEY),
        Column("signed_on", N_("Signed on"), Kind.DAY),
        Column("ends_on", N_("Ends on"), Kind.DAY),
    ),
    phone="cards",
)


def panel(view: View, leases: pd.DataFrame) -> None:
    """The contracts of the home page, ten at a time, each with a link to its due items."""
    with st.container(horizontal=True, vertical_alignment="center", key="headline_contracts"):
        st.header(view._("Active contracts"), anchor=False, width="content")
        in_all = view._("%(n)s in all") % {"n": view.formats.count(len(leases))}
        st.markdown(f"{badges.count(in_all)} {figures.quiet(counted(view, leases))}", width="stretch")
    if leases.empty:
        st.markdown(figures.quiet(view._("There are no active contracts.")))
        return
    pages = max(1, -(-len(leases) // SHORT_LIST))
    number = min(filters.page_number(), pages)
    shown = leases[(number - 1) * SHORT_LIST : number * SHORT_LIST]
    tables.show(view, TABLE, each(shown, Lease), alt=view._("Active contracts"))
    if pages > 1:
        tables.pager(view, "contracts", number, SHORT_LIST, len(leases))


def counted(view: View, leases: pd.DataFrame) -> str:
    """How many contracts, with how many assets."""
    assets = int(leases["assets"].sum())
    return view._("%(contracts)s (%(assets)s)") % {
        "contracts": view.ngettext("%(n)s contract", "%(n)s contracts", len(leases))
        % {"n": view.formats.count(len(leases))},
        "assets": view.ngettext("%(n)s asset", "%(n)s assets", assets) % {"n": view.formats.count(assets)},
    }


def choose(view: View, contracts: Sequence[Choice], prefix: str) -> None:
    """The selector of one contract or all; above a hundred contracts a search narrows them to a short list."""
    labels = {choice.number: _label(view, choice) for choice in contracts}
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


def _label(view: View, choice: Choice) -> str:
    status = words.CONTRACT_STATUSES[choice.status]
    return view._("%(number)s – %(product)s – %(status)s – until %(day)s") % {
        "number": choice.number,
        "product": choice.product,
        "status": view._(status),
        "day": view.formats.day(choice.ends_on),
    }


def _hits(labels: dict[str, str], typed: str | None) -> list[str]:
    wanted = (typed or "").strip().casefold()
    return [number for number, label in labels.items() if wanted in label.casefold()][:MOST_HITS]
