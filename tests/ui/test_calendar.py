"""The dialog of the private calendar address, over the stream as a browser talks to it."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.server import Server, running
from tests.ui.conftest import say
from tests.web.streaming import Run, Tab, sign_in, tab

NO_LINK = "No link is active. A link is private: whoever knows it reads the calendar without a password."


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo on the golden date."""
    with running(tmp_path_factory.mktemp("portal"), PORTAL_CLOCK="2024-04-05") as server:
        yield server


@pytest.fixture
def lucia(portal: Server) -> Iterator[Tab]:
    """Lucia at her situation, without a calendar."""
    with tab(portal.url, sign_in(portal.url, "10094")) as opened:
        if says(dialog(opened), "A new link takes its place: the one from before stops working."):
            opened.use("calendar_revoke", True)
        opened.run()
        yield opened


def dialog(person: Tab) -> Run:
    person.run()
    return person.use("-calendar", True)


def says(run: Run, message: str) -> bool:
    return any(say(message) in text.body for text in run.elements("markdown"))


def shown(run: Run) -> str:
    """The address in the dialog."""
    (code,) = run.elements("code")
    return code.code_text


def status(portal: Server, address: str) -> int:
    return httpx.get(portal.url + urlsplit(address).path).status_code


def test_a_link_is_made_and_shown_once(portal: Server, lucia: Tab) -> None:
    assert says(dialog(lucia), NO_LINK)
    address = shown(lucia.use("calendar_create", True))
    assert re.fullmatch(re.escape(portal.url) + r"/calendar/[\w-]{43}\.ics", address)
    assert status(portal, address) == 200
    again = dialog(lucia)
    assert again.elements("code") == []
    assert not again.shows(urlsplit(address).path)
    assert any("05/04/2024" in text.body for text in again.elements("markdown"))


def test_a_double_click_makes_one_link_and_still_shows_it(portal: Server, lucia: Tab) -> None:
    dialog(lucia)
    drawn = dict(lucia.widgets)
    first = shown(lucia.use("calendar_create", True))
    lucia.widgets = drawn
    assert shown(lucia.use("calendar_create", True)) == first
    assert status(portal, first) == 200


def test_a_new_link_kills_the_one_before(portal: Server, lucia: Tab) -> None:
    dialog(lucia)
    old = shown(lucia.use("calendar_create", True))
    dialog(lucia)
    new = shown(lucia.use("calendar_create", True))
    assert (status(portal, old), status(portal, new)) == (404, 200)


def test_a_revoked_link_is_dead_and_another_can_be_made_at_once(portal: Server, lucia: Tab) -> None:
    dialog(lucia)
    old = shown(lucia.use("calendar_create", True))
    revoked = lucia.use("calendar_revoke", True)
    assert says(revoked, NO_LINK)
    assert status(portal, old) == 404
    new = shown(lucia.use("calendar_create", True))
    assert (status(portal, old), status(portal, new)) == (404, 200)


def test_after_the_end_of_the_session_the_dialog_does_nothing(portal: Server) -> None:
    cookie = sign_in(portal.url, "10096")
    with tab(portal.url, cookie) as elena:
        dialog(elena)
        httpx.post(f"{portal.url}/logout", headers={"Origin": portal.url}, cookies={"sid": cookie})
        run = elena.use("calendar_create", True)
        assert run.redirects
        assert run.elements("code") == []
    with tab(portal.url, sign_in(portal.url, "10096")) as again:
        assert says(
            dialog(again),
            NO_LINK,
        )


def test_no_token_is_in_the_servers_log(portal: Server, lucia: Tab) -> None:
    dialog(lucia)
    address = shown(lucia.use("calendar_create", True))
    assert status(portal, address) == 200
    assert urlsplit(address).path not in portal.log.read_text()


def test_a_link_that_was_revoked_in_another_tab_gives_way_to_a_new_one(portal: Server, lucia: Tab) -> None:
    dialog(lucia)
    old = shown(lucia.use("calendar_create", True))
    with tab(portal.url, sign_in(portal.url, "10094")) as other:
        dialog(other)
        other.use("calendar_revoke", True)
    lucia.use("calendar_revoke", True)
    new = shown(lucia.use("calendar_create", True))
    assert (status(portal, old), status(portal, new)) == (404, 200)
