"""The filters of the statement page, all of it in the address: which view, which period, which payment or item."""

from datetime import date

import streamlit as st

from core.billing.frames import PRESETS, StatementFilters
from core.kit.errors import N_
from core.ui import fields, filters
from core.ui.filters import Filter
from core.ui.guard import View

PREFIX = "statement"
PATH = "/statement"
MOVEMENTS, PAYMENTS = "movements", "payments"
VIEW = filters.one_of("view", (MOVEMENTS, PAYMENTS), MOVEMENTS)
PERIOD = filters.one_of("period", PRESETS, PRESETS[0])
PAYMENT, ITEM = (Filter(key, "", lambda value: bool(filters.ROW_ID.fullmatch(value))) for key in ("payment", "item"))
_VIEW_WORDS = {MOVEMENTS: N_("Movements"), PAYMENTS: N_("Payments")}
_PRESET_WORDS = {
    "year": N_("This year"),
    "last_year": N_("Last year"),
    "12m": N_("Last 12 months"),
    "start": N_("From the start"),
}


def chosen() -> StatementFilters:
    """The filters in the address, as the statement takes them."""
    return StatementFilters.of(st.query_params.to_dict())


def row_id(wanted: Filter) -> int | None:
    """The payment or the item whose page is asked for."""
    value = filters.read(wanted)
    return int(value) if value else None


def detailed() -> bool:
    """Whether one payment or one item is asked for."""
    return filters.read(VIEW) == PAYMENTS and any(filters.read(wanted) for wanted in (PAYMENT, ITEM))


def to_payment(payment_id: int) -> str:
    """The address of a payment."""
    return filters.link(PATH, view=PAYMENTS, payment=str(payment_id))


def to_item(item_id: int) -> str:
    """The address of a due item's payments."""
    return filters.link(PATH, view=PAYMENTS, item=str(item_id))


def file_of(wanted: StatementFilters, extension: str) -> str:
    """The address of the file of exactly these filters."""
    since, until = (day.isoformat() if day else None for day in (wanted.since, wanted.until))
    period = None if wanted.dated else wanted.preset
    values = {"contract": wanted.contract, "period": period, fields.FROM: since, fields.TO: until}
    return filters.link(f"/exports/statement.{extension}", **values)


def controls(view: View, wanted: StatementFilters, since: date, until: date) -> None:
    """The view, the presets and the two days that they stand for."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="statement_filters"):
        fields.switch(view, VIEW, PREFIX, view._("View"), _VIEW_WORDS)
        key = f"{PREFIX}_{PERIOD.key}"
        st.session_state[key] = None if wanted.dated else wanted.preset
        st.segmented_control(
            view._("Period"),
            PRESETS,
            key=key,
            format_func=lambda name: view._(_PRESET_WORDS[name]),
            label_visibility="collapsed",
            on_change=_store_preset,
            args=(key,),
        )
        fields.period(view, PREFIX, since, until, _store_period)


def _store_preset(key: str) -> None:
    fields.clear_period()
    filters.store(PERIOD, key)


def _store_period(prefix: str) -> None:
    """Both days take the place of the preset that showed them."""
    filters.write(PERIOD, PERIOD.default)
    fields.store_period(prefix)
