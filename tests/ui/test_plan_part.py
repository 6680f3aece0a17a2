"""The part of the plan page that reruns by itself, over the stream as a browser talks to it."""

from collections.abc import Iterator

import pytest
from streamlit.proto.Common_pb2 import StringArray

from tests.server import Server, running
from tests.ui.conftest import say
from tests.web.streaming import Run, Tab, sign_in, tab

DRAWN_ONCE = ("heading", "plotly_chart", "page_link", "link_button", "logo")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo on the golden date."""
    with running(tmp_path_factory.mktemp("portal"), PORTAL_CLOCK="2024-04-05") as server:
        yield server


@pytest.fixture(scope="module")
def mario(portal: Server) -> Iterator[Tab]:
    """Mario, signed in."""
    with tab(portal.url, sign_in(portal.url, "10093")) as opened:
        yield opened


def ranges(run: Run) -> list[str]:
    return [text.body for text in run.elements("markdown") if " di " in text.body and " - " in text.body]


def drawn_outside(run: Run) -> list[str]:
    return [kind for kind in DRAWN_ONCE if run.elements(kind)]


def test_the_pager_draws_new_rows_and_neither_the_chart_nor_anything_around_them(mario: Tab) -> None:
    whole = mario.run("amortization", "contract=91207")
    assert len(whole.elements("plotly_chart")) == 1
    assert ranges(whole) == ["1 - 25 di 56"]
    run = mario.use("amortization_page", 2)
    assert drawn_outside(run) == []
    assert len(run.elements("table")) == 1
    assert ranges(run) == ["26 - 50 di 56"]


def test_a_state_goes_back_to_the_first_page(mario: Tab) -> None:
    drawn = mario.run("amortization", "contract=91207&page=2")
    options = [option.content for option in drawn.elements("button_group")[0].options]
    assert options == [f"{say('All instalments')} 56", f"{say('Collected')} 29", f"{say('To come')} 27"]
    run = mario.use("amortization_state", StringArray(data=options[1:2]))
    assert drawn_outside(run) == []
    assert ranges(run) == ["1 - 25 di 29"]
    assert mario.query == "contract=91207&state=collected"


def test_index_rows_are_hidden_with_their_counts(mario: Tab) -> None:
    mario.run("amortization", "contract=91207")
    run = mario.use("amortization_indexation", False)
    assert drawn_outside(run) == []
    assert ranges(run) == ["1 - 25 di 49"]
    assert mario.query == "contract=91207&indexation=off"


def test_without_a_choice_the_page_shows_the_contract_looked_at_before(mario: Tab) -> None:
    mario.run("amortization", "contract=84963")
    assert ranges(mario.run("amortization")) == ["1 - 25 di 88"]
