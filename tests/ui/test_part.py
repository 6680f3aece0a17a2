"""The part of the invoices page that reruns by itself, over the stream as a browser talks to it."""

from collections.abc import Iterator

import httpx
import pytest
from streamlit.proto.Common_pb2 import StringArray

from tests.server import Server, running
from tests.ui.conftest import say
from tests.web.streaming import Run, Tab, sign_in, tab

DRAWN_ONCE = ("heading", "metric", "page_link", "logo")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo on the golden date."""
    with running(tmp_path_factory.mktemp("portal"), PORTAL_CLOCK="2024-04-05") as server:
        yield server


@pytest.fixture
def cookie(portal: Server) -> str:
    """Mario's session."""
    return sign_in(portal.url, "10093")


@pytest.fixture
def mario(portal: Server, cookie: str) -> Iterator[Tab]:
    """Mario at the invoices page, all contracts."""
    with tab(portal.url, cookie) as opened:
        opened.run("invoices")
        yield opened


def ranges(run: Run) -> list[str]:
    return [text.body for text in run.elements("markdown") if " di " in text.body and " - " in text.body]


def export(run: Run) -> str:
    (link,) = run.elements("link_button")
    return link.url


def option(run: Run, word: str) -> StringArray:
    """What the browser sends for a state: its label, with the count."""
    options = run.elements("button_group")[0].options
    return StringArray(data=[one.content for one in options if one.content.startswith(say(word))])


def drawn_outside(run: Run) -> list[str]:
    return [kind for kind in DRAWN_ONCE if run.elements(kind)]


def test_a_click_on_the_pager_draws_new_rows_and_nothing_around_them(mario: Tab) -> None:
    run = mario.use("invoices_page", 2)
    assert drawn_outside(run) == []
    assert len(run.elements("table")) == 1
    assert [text[:7] for text in ranges(run)] == ["26 - 50"]
    assert mario.query == "page=2"


def test_a_state_goes_back_to_the_first_page_and_the_workbook_follows(mario: Tab) -> None:
    run = mario.use("invoices_page", 3)
    assert mario.query == "page=3"
    run = mario.use("invoices_state", option(run, "Paid items"))
    assert drawn_outside(run) == []
    assert mario.query == "state=paid"
    assert [text[:6] for text in ranges(run)] == ["1 - 25"]
    assert export(run) == "/exports/invoices.xlsx?state=paid&sort=-due_on"


def test_a_page_that_was_turned_is_there_again_after_a_reload(portal: Server, cookie: str, mario: Tab) -> None:
    turned = mario.use("invoices_page", 2)
    with tab(portal.url, cookie) as reloaded:
        page = reloaded.run("invoices", mario.query)
    assert ranges(page) == ranges(turned)
    assert page.elements("table")[0].arrow_data.data == turned.elements("table")[0].arrow_data.data


def test_another_contract_draws_the_whole_page(mario: Tab) -> None:
    whole = mario.again()
    choices = whole.elements("selectbox")[0].options
    run = mario.use("invoices_contract", next(label for label in choices if label.startswith("84963")))
    assert run.elements("metric")
    assert mario.query == "contract=84963"
    assert ranges(run) == ["1 - 25 di 88"]


def test_taking_the_filters_away_draws_the_whole_page(mario: Tab) -> None:
    mario.run("invoices", "contract=84963&q=nothing")
    run = mario.use("remove_filters", True)
    assert run.elements("metric")
    assert mario.query == ""
    assert len(run.elements("table")) == 1


def test_a_click_after_the_session_has_ended_shows_nothing_and_leads_to_the_sign_in(
    portal: Server, cookie: str, mario: Tab
) -> None:
    headers = {"Cookie": f"sid={cookie}", "Origin": portal.url}
    assert httpx.post(f"{portal.url}/logout", headers=headers).status_code == 303
    run = mario.use("invoices_page", 2)
    assert [url.split("?")[0] for url in run.redirects] == ["/login"]
    assert run.elements("table") == []
    assert not run.shows("84963")


def test_another_ones_contract_in_the_address_of_a_click_shows_nothing(mario: Tab) -> None:
    mario.query = "contract=95001"
    run = mario.use("invoices_page", 2)
    assert run.elements("table") == []
    assert run.elements("alert")
