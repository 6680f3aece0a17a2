"""Contracts on a page: the home page's table and the selector of one contract."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.book import frames as book
from core.book.frames import LONGEST_NUMBER, LONGEST_QUERY, MOST_HITS, Choice, Lease
from core.kit import words
from core.kit.errors import N_
from core.tabular import each
from core.ui import badges, cards, fields, filters, tables
from core.ui.cards import Link
from core.ui.guard import View
from core.ui.tables import Column, Kind, Table

SHORT_LIST = 10
LONGEST_CHOICE = 100
SELECTOR_WIDTH = 400
CONTRACT = filters.text("contract", LONGEST_NUMBER)
QUERY = filters.text("q", LONGEST_QUERY)
SEARCH_WIDTH = 320
_LAST_SEEN = "contract_last_seen"


def _link(_view: View, lease: Lease) -> str:
    return f"[{tables.escape(lease.number)}]({filters.link('/contracts', contract=lease.number)})"


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
    """The contracts of the home page, ten at a time, each with a link to its page."""
    with st.container(horizontal=True, vertical_alignment="center", key="headline_contracts"):
        st.header(view._("Active contracts"), anchor=False, width="content")
        in_all = view._("%(n)s in all") % {"n": view.formats.count(len(leases))}
        st.markdown(f"{badges.count(in_all)} {cards.quiet(counted(view, leases))}", width="stretch")
    if leases.empty:
        st.markdown(cards.quiet(view._("There are no active contracts.")))
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


def ways_on(view: View) -> DeltaGenerator:
    """The ways to all contracts and to all assets, in a row that may hold more."""
    row = st.container(horizontal=True, vertical_alignment="center", key="onwards")
    with row:
        cards.go_to(Link("contracts", view._("Go to the contracts"), {}))
        cards.go_to(Link("assets", view._("Go to the assets"), {}))
    return row


def search(view: View, prefix: str, changed: fields.Changed = filters.store) -> None:
    """The field for a text that contracts and assets are found by; `changed` puts it into the address."""
    fields.search(QUERY, prefix, view._("Find by number, plate or serial number"), SEARCH_WIDTH, changed)


def choose(
    view: View, prefix: str, *, every: bool, text: str | None = None, status: str | None = None
) -> Choice | None:
    """The selector of a contract, bound to the address: the one chosen, or None for all of them or where there is none.

    `every` offers all contracts at once; without it the contract looked at before stands for no choice, else the
    latest. `text` and `status` are the page's own search among them. Raises NotFound for another's contract.
    """
    offered = _offered(view, prefix, text, status)
    current = _current(view, offered, every=every, text=text, status=status)
    if current is not None:
        st.session_state[_LAST_SEEN] = current.number
        if current not in offered:
            offered = [current, *offered]
    if offered:
        _selector(view, prefix, offered, current, every=every)
    return current


def _offered(view: View, prefix: str, text: str | None, status: str | None) -> list[Choice]:
    """All contracts where they are few; else a short list, which a search narrows."""
    offered = each(book.find(view.access, view.today, text or "", status, LONGEST_CHOICE + 1), Choice)
    if len(offered) <= LONGEST_CHOICE:
        return offered
    if text is None:
        typed = st.text_input(view._("Find a contract"), key=f"{prefix}_find", max_chars=LONGEST_QUERY, type="search")
        offered = each(book.find(view.access, view.today, typed, status), Choice) if typed else offered
    return offered[:MOST_HITS]


def _current(view: View, offered: list[Choice], *, every: bool, text: str | None, status: str | None) -> Choice | None:
    """The contract of the address; without one, where it has to be one, the last looked at or the latest."""
    by_number = {choice.number: choice for choice in offered}
    if number := filters.read(CONTRACT):
        return by_number.get(number) or book.chosen(view.access, view.today, number)
    if every or not offered:
        return None
    number = st.session_state.get(_LAST_SEEN, "")
    if text:
        return by_number.get(number, offered[0])
    before = by_number.get(number) or book.known(view.access, view.today, number)
    fits = before is not None and (status is None or before.status in book.STATES[status])
    return before if fits else book.latest(view.access, view.today, status)


def _selector(view: View, prefix: str, offered: list[Choice], current: Choice | None, *, every: bool) -> None:
    labels = {"": view._("All contracts")} if every else {}
    labels |= {choice.number: _label(view, choice) for choice in offered}
    key = f"{prefix}_{CONTRACT.key}"
    st.session_state[key] = current.number if current else ""
    st.selectbox(
        view._("Contract") if every else view._("Select a contract"),
        list(labels),
        key=key,
        format_func=labels.__getitem__,
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
