"""The filters of the invoices page: which due items, in which order, all of it in the address."""

from collections.abc import Mapping

import streamlit as st

from core.billing.frames import DEFAULT_SORT, SORTS, STATES, Filters
from core.book.frames import LONGEST_QUERY
from core.kit import words
from core.kit.errors import N_
from core.ui import fields, filters, states
from core.ui.guard import View

PREFIX = "invoices"
ALL = "all"
STATE = filters.one_of("state", (ALL, *STATES), ALL)
QUERY = filters.text("q", LONGEST_QUERY)
SORT = filters.one_of("sort", SORTS, DEFAULT_SORT)
STATE_WORDS = {
    ALL: N_("All"),
    "overdue": N_("Overdue items"),
    "upcoming": N_("Items not yet due"),
    "paid": N_("Paid items"),
}
_SEARCH_WIDTH = 150
_SORT_WORDS = {
    "-due_on": N_("Due date, latest first"),
    "due_on": N_("Due date, earliest first"),
    "-gross": N_("Amount, largest first"),
    "gross": N_("Amount, smallest first"),
    "-balance": N_("Balance, largest first"),
    "contract": N_("Contract"),
}


def chosen() -> Filters:
    """The filters in the address, as the ledger takes them."""
    return Filters.of(st.query_params.to_dict())


def workbook(wanted: Filters, **more: str) -> str:
    """The address of exactly these rows as a workbook."""
    return filters.link(
        "/exports/invoices.xlsx",
        contract=wanted.contract,
        state=wanted.state,
        q=wanted.query,
        view=wanted.view,
        sort=wanted.sort,
        **more,
    )


def controls(view: View, counts: Mapping[str, int]) -> None:
    """State, search and order, above the table; `counts` is rows by state."""
    with st.container(horizontal=True, vertical_alignment="center", key="ledger_filters"):
        fields.switch(view, STATE, PREFIX, view._("State"), STATE_WORDS, counts=counts)
        fields.search(QUERY, PREFIX, view._("Find an invoice"), _SEARCH_WIDTH)
        _order(view)


def chosen_view(view: View, wanted: Filters) -> None:
    """Say that only the rows behind a figure of the home page are shown, and offer all of them."""
    if wanted.view is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="ledger_view"):
        st.badge(view._(words.VIEWS[wanted.view]), icon=":material/filter_alt:", color="blue")
        states.without_filters(view, f"{PREFIX}_all_rows", "tertiary")


def _order(view: View) -> None:
    key = filters.bound(SORT, PREFIX)
    st.selectbox(
        view._("Order"),
        list(SORTS),
        key=key,
        format_func=lambda name: view._(_SORT_WORDS[name]),
        label_visibility="collapsed",
        width=220,
        on_change=filters.store,
        args=(SORT, key),
    )
