"""Fields that several pages show alike: a switch, a search, a period, the ways to the files."""

from collections.abc import Callable, Mapping
from datetime import date

import streamlit as st

from core.billing.frames import FIRST_DAY, LAST_DAY
from core.book.frames import LONGEST_QUERY
from core.kit.errors import N_
from core.ui import filters
from core.ui.filters import Filter
from core.ui.guard import View

FROM, TO = "from", "to"
_DAY_WORDS = {FROM: N_("From (day)"), TO: N_("To (day)")}
_DAYS = {name: filters.text(name, len("2024-04-05")) for name in _DAY_WORDS}
_DAY_WIDTH = 140
Changed = Callable[[Filter, str], None]


def switch(
    view: View,
    wanted: Filter,
    prefix: str,
    label: str,
    words: Mapping[str, str],
    *,
    counts: Mapping[str, int] | None = None,
    value: str = "",
    changed: Changed = filters.store,
) -> None:
    """One of a few values side by side: `words` are their messages, `counts` how many rows each lets through.

    `value` is shown in place of the one in the address; `changed` puts the chosen one there.
    """
    key = filters.bound(wanted, prefix)
    if value:
        st.session_state[key] = value

    def said(name: str) -> str:
        word = view._(words[name])
        return word if counts is None else f"{word} {view.formats.count(counts[name])}"

    st.segmented_control(
        label,
        list(words),
        key=key,
        format_func=said,
        required=True,
        label_visibility="collapsed",
        on_change=changed,
        args=(wanted, key),
    )


def search(wanted: Filter, prefix: str, label: str, width: int, changed: Changed = filters.store) -> None:
    """A text that rows are found by; the label stands inside the field."""
    key = filters.bound(wanted, prefix)
    st.text_input(
        label,
        key=key,
        max_chars=LONGEST_QUERY,
        type="search",
        placeholder=label,
        label_visibility="collapsed",
        width=width,
        on_change=changed,
        args=(wanted, key),
    )


def period(view: View, prefix: str, since: date | None, until: date | None, changed: Callable[[str], None]) -> None:
    """Two days; `changed` gets the prefix and puts them into the address."""
    for name, day in ((FROM, since), (TO, until)):
        key = f"{prefix}_{name}"
        st.session_state[key] = day
        st.date_input(
            view._(_DAY_WORDS[name]),
            min_value=FIRST_DAY,
            max_value=LAST_DAY,
            key=key,
            format="DD/MM/YYYY",
            width=_DAY_WIDTH,
            on_change=changed,
            args=(prefix,),
        )


def store_period(prefix: str) -> None:
    """Both days of the fields go to the address, and the page back to the first."""
    for name, wanted in _DAYS.items():
        day = st.session_state[f"{prefix}_{name}"]
        filters.write(wanted, day.isoformat() if day else "")


def clear_period() -> None:
    """Take both days out of the address."""
    for wanted in _DAYS.values():
        filters.write(wanted, "")


def export(view: View, address: str) -> None:
    """The way to the workbook of what is shown."""
    st.link_button(view._("Export"), address, icon=":material/download:")


def export_as_before(view: View, address: str) -> None:
    """The way to the same rows under the columns and headers of the earlier portal."""
    label = view._("Excel with the headers of the earlier portal")
    st.markdown(f":small[[{label}]({address})]")
