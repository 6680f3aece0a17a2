"""The filters of the invoices page: which due items, in which order, all of it in the address."""

from collections.abc import Mapping

import streamlit as st

from core.billing.frames import DEFAULT_SORT, LONGEST_QUERY, SORTS, STATES, Filters
from core.kit import words
from core.kit.errors import N_
from core.ui import filters, states
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


def export(view: View, wanted: Filters) -> None:
    """The way to the workbook of exactly these filters."""
    st.link_button(view._("Export"), _workbook(wanted), icon=":material/download:")


def export_as_before(view: View, wanted: Filters) -> None:
    """The way to the same rows under the columns and headers of the earlier portal."""
    label = view._("Excel with the headers of the earlier portal")
    st.markdown(f":small[[{label}]({_workbook(wanted, headers='manual')})]")


def _workbook(wanted: Filters, **more: str) -> str:
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
        key = filters.bound(STATE, PREFIX)
        st.segmented_control(
            view._("State"),
            (ALL, *STATES),
            key=key,
            format_func=lambda name: " ".join((view._(STATE_WORDS[name]), view.formats.count(counts[name]))),
            required=True,
            label_visibility="collapsed",
            on_change=filters.store,
            args=(STATE, key),
        )
        _search(view)
        _order(view)


def chosen_view(view: View, wanted: Filters) -> None:
    """Say that only the rows behind a figure of the home page are shown, and offer all of them."""
    if wanted.view is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="ledger_view"):
        st.badge(view._(words.VIEWS[wanted.view]), icon=":material/filter_alt:", color="blue")
        states.without_filters(view, f"{PREFIX}_all_rows", "tertiary")


def _search(view: View) -> None:
    key = filters.bound(QUERY, PREFIX)
    st.text_input(
        view._("Find an invoice"),
        key=key,
        max_chars=LONGEST_QUERY,
        type="search",
        placeholder=view._("Find an invoice"),
        label_visibility="collapsed",
        width=150,
        on_change=filters.store,
        args=(QUERY, key),
    )


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
