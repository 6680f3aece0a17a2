"""Filters live in the address: the one place that reads and writes it, under stable keys.

Whatever comes from the address is user input: a value a filter does not accept counts as absent.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

PAGE = "page"
# The id of a row, as both databases take it.
ROW_ID = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: its key in the address, the value that stands for its absence, the values it accepts."""

    key: str
    default: str
    accepts: Callable[[str], bool]


def one_of(key: str, values: Collection[str], default: str = "") -> Filter:
    """A filter with fixed values."""
    return Filter(key, default, lambda value: value in values)


def text(key: str, longest: int) -> Filter:
    """A filter by a text, such as a number or words typed by the user."""
    return Filter(key, "", lambda value: len(value) <= longest and value.isprintable())


def read(wanted: Filter) -> str:
    """The value of a filter in the address, or its default."""
    value = str(st.query_params.get(wanted.key, wanted.default))
    return value if wanted.accepts(value) else wanted.default


def write(wanted: Filter, value: str) -> None:
    """Put a value into the address; the default leaves it. Any change of a filter goes back to the first page."""
    st.query_params.pop(PAGE, None)
    put(wanted, value)


def put(wanted: Filter, value: str) -> None:
    """Put a value into the address and stay on the page that is shown."""
    if value == wanted.default or not wanted.accepts(value):
        st.query_params.pop(wanted.key, None)
    else:
        st.query_params[wanted.key] = value


def clear() -> None:
    """Take every filter out of the address."""
    st.query_params.clear()


def any_set() -> bool:
    """Whether the address holds any filter."""
    return bool(st.query_params)


def page_number() -> int:
    """The page asked for in the address; the first where it is missing or not a page."""
    value = str(st.query_params.get(PAGE, "1"))
    return int(value) if re.fullmatch(r"[1-9][0-9]{0,5}", value) else 1


def write_page(number: int) -> None:
    """Put a page into the address; the first leaves it."""
    if number == 1:
        st.query_params.pop(PAGE, None)
    else:
        st.query_params[PAGE] = str(number)


def bound(wanted: Filter, prefix: str) -> str:
    """The state key of a widget that shows a filter, filled from the address before the widget is drawn."""
    key = f"{prefix}_{wanted.key}"
    st.session_state[key] = read(wanted)
    return key


def store(wanted: Filter, key: str) -> None:
    """Callback of such a widget: what was chosen goes to the address."""
    write(wanted, str(st.session_state[key] or wanted.default))


def link(path: str, **values: str | None) -> str:
    """A local address with the filters that are given."""
    query = urlencode({key: value for key, value in values.items() if value})
    return f"{path}?{query}" if query else path
