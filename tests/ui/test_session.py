"""The session behind a run: without one nothing is drawn, wherever Streamlit starts."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from core import db
from core.identity import frames
from core.identity.tables import WebSession
from core.kit import clock
from core.kit.errors import SessionEnded
from core.ui import guard, menu, session, shell
from tests.people import SYSTEM, Person
from tests.ui.conftest import ROOT, TOKEN, Opener, sign_in

SCRIPTS = ["Home.py", *(entry.file for entry in menu.ENTRIES.values())]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses browsers were sent to."""
    addresses: list[str] = []
    monkeypatch.setattr(session, "redirect", addresses.append)
    return addresses


def end_all_sessions() -> None:
    with db.transaction(SYSTEM) as connection:
        connection.execute(update(WebSession).values(revoked_at=clock.now()))


def shown(app: AppTest) -> list[str]:
    """What a person could read or use."""
    containers = {"main", "sidebar", "flex_container", "event", "unknown"}
    return [element.type for block in (app.main, app.sidebar) for element in block if element.type not in containers]


@pytest.mark.parametrize("cookie", [None, "unknown-token"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_without_a_session_shows_nothing_and_leads_to_the_sign_in(
    script: str, cookie: str | None, anna: Person, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "cookie", lambda: cookie)
    app = AppTest.from_file(str(ROOT / script), default_timeout=20).run()
    assert shown(app) == []
    assert not app.exception
    assert sent == ["/login?next=%2F"]


@pytest.mark.parametrize("key", menu.ENTRIES)
def test_a_page_whose_session_has_ended_shows_nothing_at_its_next_run(
    key: str, opened: Opener, sent: list[str]
) -> None:
    app = opened(key)
    end_all_sessions()
    app.run()
    assert shown(app) == []
    assert len(sent) == 1


def test_the_way_out_keeps_the_filters_to_come_back_to(
    anna: Person, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "cookie", lambda: None)
    app = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=20)
    app.query_params["contract"] = "84963"
    app.run()
    assert sent == ["/login?next=%2F%3Fcontract%3D84963"]


def test_another_login_on_the_same_connection_keeps_nothing(
    opened: Opener, anna: Person, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened("invoices", state="overdue")
    sign_in(Person("10094", "Carla"), "carla-token")
    monkeypatch.setattr(session, "cookie", lambda: "carla-token")
    app.session_state["left_behind"] = "of Anna"
    app.run()
    assert shown(app) == []
    assert "left_behind" not in app.session_state
    assert len(sent) == 1


def test_one_run_asks_for_the_visitor_once(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    real = frames.visitor

    def counted(token: str, *, touch: bool) -> frames.Visitor | None:
        asked.append(touch)
        return real(token, touch=touch)

    app = opened("invoices")
    monkeypatch.setattr(frames, "visitor", counted)
    app.run()
    assert asked == [True]


def test_the_heartbeat_only_peeks(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(session, "cookie", lambda: TOKEN)
    monkeypatch.setattr(session, "leave", lambda: None)
    monkeypatch.setattr(frames, "visitor", lambda _token, *, touch: asked.append(touch))
    shell._heartbeat()
    assert asked == [False]


def test_what_a_dialog_or_fragment_draws_asks_for_the_session_each_time(
    anna: Person, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a full run dialogs and fragments run by themselves: nothing of an earlier run lets them in."""
    drawn: list[str] = []
    monkeypatch.setattr(session, "cookie", lambda: TOKEN)
    monkeypatch.setattr(session.st, "session_state", {})
    sign_in(anna)
    body = guard.guarded(lambda view: drawn.append(view.access.actor))
    body()
    end_all_sessions()
    with pytest.raises(SessionEnded):
        body()
    assert (drawn, len(sent)) == (["10093"], 1)


def test_a_redirect_is_the_message_the_front_end_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    messages: list[Any] = []
    monkeypatch.setattr(session, "get_script_run_ctx", lambda: SimpleNamespace(enqueue=messages.append))
    session.redirect("/login?next=%2F")
    assert [message.WhichOneof("type") for message in messages] == ["auth_redirect"]
    assert messages[0].auth_redirect.url == "/login?next=%2F"
