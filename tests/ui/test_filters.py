"""Filters: stable keys in the address, whose values are user input."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.ui import filters

STATE = filters.one_of("state", ("all", "overdue"), "all")
CONTRACT = filters.text("contract", 12)
QUERY = filters.text("q", 40)


@pytest.fixture(autouse=True)
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The address and the state of a tab, without a browser."""
    query: dict[str, Any] = {}
    monkeypatch.setattr(filters.st, "query_params", query)
    monkeypatch.setattr(filters.st, "session_state", {})
    yield query


def test_a_value_is_read_under_its_key(address: dict[str, Any]) -> None:
    address |= {"state": "overdue", "contract": "84963", "q": "12/2024", "page": "3"}
    assert [filters.read(f) for f in (STATE, CONTRACT, QUERY)] == ["overdue", "84963", "12/2024"]
    assert filters.page_number() == 3


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        (STATE, "'; drop table"),
        (STATE, ""),
        (CONTRACT, "84963\n"),
        (CONTRACT, "9" * 13),
        (QUERY, "x" * 41),
        (QUERY, "a\x00b"),
    ],
)
def test_a_value_that_cannot_be_counts_as_absent(address: dict[str, Any], wanted: filters.Filter, value: str) -> None:
    address[wanted.key] = value
    assert filters.read(wanted) == wanted.default


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "9999999", "²", ""])
def test_a_page_that_cannot_be_is_the_first(address: dict[str, Any], value: str) -> None:
    address["page"] = value
    assert filters.page_number() == 1


def test_a_new_value_goes_to_the_address_and_back_to_the_first_page(address: dict[str, Any]) -> None:
    address |= {"page": "3", "contract": "84963"}
    filters.write(STATE, "overdue")
    assert address == {"contract": "84963", "state": "overdue"}


def test_the_default_leaves_the_address_clean(address: dict[str, Any]) -> None:
    address |= {"state": "overdue"}
    filters.write(STATE, "all")
    assert address == {}


def test_the_first_page_leaves_the_address_clean(address: dict[str, Any]) -> None:
    filters.write_page(2)
    assert address == {"page": "2"}
    filters.write_page(1)
    assert address == {}


def test_a_widget_shows_the_address_and_writes_what_is_chosen(address: dict[str, Any]) -> None:
    address["state"] = "overdue"
    key = filters.bound(STATE, "invoices")
    assert filters.st.session_state[key] == "overdue"
    filters.st.session_state[key] = None
    filters.store(STATE, key)
    assert address == {}


def test_a_link_holds_only_the_filters_that_are_given() -> None:
    assert filters.link("/invoices", contract="A&B 1", state=None, q="") == "/invoices?contract=A%26B+1"
    assert filters.link("/invoices") == "/invoices"
