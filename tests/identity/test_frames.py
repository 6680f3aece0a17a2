"""The visitor behind a session."""

import time

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from core import db
from core.access import Grant, Role
from core.identity.frames import visitor
from core.identity.tables import Account, WebSession
from core.kit import clock
from tests.identity.conftest import Browser, Passes, statements
from tests.test_db import another_process_writing


@pytest.fixture
def token(anna: int, laptop: Browser, passes: Passes) -> str:
    return laptop.sign_in().token


def test_a_visitor_is_who_signed_in(token: str, anna: int) -> None:
    seen = visitor(token, touch=True)
    assert (seen.name, seen.initials, seen.lang, seen.customer_name) == ("Anna Prova", "AP", "it-IT", "Anna S.r.l.")
    assert (seen.access.role, seen.access.account_id, seen.access.actor) == (Role.CUSTOMER, anna, "10093")
    assert (seen.access.grants, seen.access.address) == (frozenset(Grant), "192.0.2.1")


@pytest.mark.parametrize("wrong", ["", "x", "\ud800", "\0"])
def test_an_unknown_cookie_is_nobody(token: str, wrong: str) -> None:
    assert visitor(wrong, touch=True) is None


def test_looking_is_one_select_and_touching_writes_once_a_minute(token: str, passes: Passes) -> None:
    with statements() as sent:
        passes(59)
        visitor(token, touch=True)
        passes(1)
        visitor(token, touch=False)
    assert [one for one in sent if one != "BEGIN"] == ["SELECT", "SELECT"]
    with statements() as sent:
        visitor(token, touch=True)
        visitor(token, touch=True)
    assert [one for one in sent if one != "BEGIN"] == ["SELECT", "UPDATE", "SELECT"]


def test_activity_keeps_a_session_alive_and_looking_does_not(token: str, passes: Passes) -> None:
    passes(800)
    assert visitor(token, touch=True)
    passes(899)
    assert visitor(token, touch=False)
    passes(1)
    assert visitor(token, touch=True) is None


def test_a_busy_session_ends_after_eight_hours(token: str, passes: Passes) -> None:
    for _ in range(8 * 6 - 1):
        passes(600)
        assert visitor(token, touch=True)
    passes(600)
    assert visitor(token, touch=True) is None


@pytest.mark.parametrize("column", ["disabled_at", "deleted_at"])
def test_a_session_dies_with_its_account(token: str, laptop: Browser, column: str) -> None:
    with db.transaction(laptop.system) as connection:
        connection.execute(update(Account).values({column: clock.now()}))
    assert visitor(token, touch=False) is None


def test_a_clock_set_back_makes_no_session_idle(token: str, laptop: Browser, passes: Passes) -> None:
    passes(7200)
    with db.transaction(laptop.system) as connection:
        connection.execute(update(WebSession).values(seen_at=clock.now()))
    passes(-3600)
    assert visitor(token, touch=True)
    with db.reading(laptop.system) as connection:
        assert connection.execute(select(WebSession.seen_at)).scalar_one() == clock.now()
    passes(900)
    assert visitor(token, touch=False) is None


def test_a_session_ends_when_the_clock_goes_back_before_its_beginning(token: str, passes: Passes) -> None:
    passes(-300)
    assert visitor(token, touch=False)
    passes(-1)
    assert visitor(token, touch=True) is None


def test_the_access_names_the_address_of_now_and_else_that_of_the_sign_in(token: str) -> None:
    assert visitor(token, touch=False, address="198.51.100.7").access.address == "198.51.100.7"
    assert visitor(token, touch=False).access.address == "192.0.2.1"
    assert visitor(token, touch=False, address="1\n" * 50).access.address == "1" * 45


def test_a_page_is_shown_without_the_touch_while_others_write(token: str, laptop: Browser, passes: Passes) -> None:
    passes(60)
    started = time.monotonic()
    with another_process_writing("web_session"), capture_logs() as logs:
        assert visitor(token, touch=True)
    assert time.monotonic() - started < 3
    assert [(line["log_level"], "exc_info" in line) for line in logs] == [("warning", False)]
    with db.reading(laptop.system) as connection:
        assert connection.execute(select(WebSession.seen_at)).scalar_one() < clock.now()
    assert visitor(token, touch=True)
    with db.reading(laptop.system) as connection:
        assert connection.execute(select(WebSession.seen_at)).scalar_one() == clock.now()
