import hashlib
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from sqlalchemy import select
from starlette.testclient import WebSocketDenialResponse
from starlette.types import Message
from structlog.testing import capture_logs

from core import db
from core.identity import frames
from core.identity.tables import WebSession
from core.kit import clock
from core.kit.errors import Busy
from core.locale import translations
from core.web import gate, paths
from tests.people import SYSTEM
from tests.test_db import another_process_writing
from tests.web.conftest import ORIGIN, Browser, application

INSIDE = ["/", "/invoices", "/media/x", "/_stcore/health", "/_stcore/host-config", "/_stcore/agent/openapi.json"]
FILES = ["/documents/1", "/exports/invoices.xlsx", "/component/x", "/favicon.png", "/static/../media/x", "/%2e%2e/x"]
OPEN = ["/login", "/healthz", "/static/js/index.js", "/assets/mark.svg", "/assets/phrases.it.js"]
DEMO = ["/mailbox", "/mailbox.json", "/demo.json"]


@pytest.mark.parametrize("path", INSIDE + FILES)
def test_without_a_session_a_navigation_leads_to_the_sign_in(stranger: Browser, path: str) -> None:
    response = stranger.get(path)
    assert response.status_code == 303
    assert response.headers["location"].split("?")[0] == "/login"


@pytest.mark.parametrize("path", INSIDE + FILES)
def test_without_a_session_anything_else_is_refused(stranger: Browser, path: str) -> None:
    assert stranger.fetch(path).status_code == 401


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_without_a_session_nothing_is_uploaded(stranger: Browser, method: str) -> None:
    assert stranger.fetch("/_stcore/upload_file/a/b", method, Origin=ORIGIN).status_code == 401


@pytest.mark.parametrize("path", OPEN)
def test_the_sign_in_pages_and_static_files_need_no_session(stranger: Browser, path: str) -> None:
    assert stranger.fetch(path).status_code == 200


@pytest.mark.parametrize("path", DEMO)
def test_the_demo_mailbox_is_open_in_the_demo(stranger: Browser, path: str) -> None:
    assert stranger.fetch(path).status_code == 200


@pytest.mark.parametrize("path", DEMO)
def test_production_has_no_mailbox(stranger: Browser, production: None, path: str) -> None:
    assert stranger.fetch(path).status_code == 404


def test_the_way_back_keeps_path_and_filters(stranger: Browser) -> None:
    location = stranger.get("/invoices?state=overdue&q=1%2F2").headers["location"]
    assert location == "/login?next=%2Finvoices%3Fstate%3Doverdue%26q%3D1%252F2"


def test_a_head_request_of_a_page_is_a_navigation(stranger: Browser) -> None:
    assert stranger.client.head("/invoices", headers={"Accept": "text/html"}, follow_redirects=False).status_code == 303


def test_a_websocket_without_a_session_is_refused(stranger: Browser) -> None:
    with (
        pytest.raises(WebSocketDenialResponse) as refusal,
        stranger.stream(Origin=ORIGIN),
    ):
        pass
    assert (refusal.value.status_code, refusal.value.text) == (403, "Refused: 4401.\n")


def test_a_websocket_to_an_open_path_is_refused_too(stranger: Browser) -> None:
    with (
        pytest.raises(WebSocketDenialResponse) as refusal,
        stranger.stream("/static/stream", Origin=ORIGIN),
    ):
        pass
    assert (refusal.value.status_code, refusal.value.text) == (403, "Refused: 4401.\n")


def test_with_a_session_everything_is_reached(at_home: Browser) -> None:
    assert at_home.fetch("/media/x").json()["reached"] == "/media/x"
    with at_home.stream(Origin=ORIGIN) as websocket:
        assert websocket.receive_json()["x-portal-user"] == "10093"


@pytest.mark.parametrize("path", sorted(paths.CLOSED))
def test_the_frameworks_own_figures_are_for_no_customer(at_home: Browser, path: str) -> None:
    assert at_home.fetch(path).status_code == 404


def test_the_gate_says_who_is_there_and_no_client_can(at_home: Browser) -> None:
    forged = {"X-Portal-User": "admin", "x-portal-session": "0" * 16, "X-PORTAL-ROLE": "admin"}
    headers = at_home.fetch("/media/x", **forged).json()["headers"]
    mine = {name: value for name, value in headers.items() if name.startswith("x-portal-")}
    digest = hashlib.sha256(at_home.cookie("sid").encode()).hexdigest()[:16]
    assert mine == {"x-portal-user": "10093", "x-portal-session": digest}


def test_identity_headers_are_taken_off_open_paths_too(stranger: Browser) -> None:
    headers = stranger.fetch("/static/js/index.js", **{"X-Portal-User": "admin"}).json()["headers"]
    assert not [name for name in headers if name.startswith("x-portal-")]


def test_a_made_up_cookie_is_no_session(stranger: Browser) -> None:
    stranger.client.cookies.set("sid", "made-up")
    assert stranger.fetch("/media/x").status_code == 401


def seen_at() -> datetime:
    with db.reading(SYSTEM) as connection:
        return connection.execute(select(WebSession.seen_at)).scalar_one()


def after(seconds: int) -> None:
    clock.set_to((datetime.now(UTC) + timedelta(seconds=seconds)).isoformat())


def test_an_idle_session_ends(at_home: Browser) -> None:
    after(15 * 60 + 1)
    assert at_home.get("/invoices").status_code == 303


@pytest.mark.parametrize("path", ["/invoices", "/documents/1", "/exports/none.xlsx"])
def test_what_the_visitor_opens_renews_the_session(at_home: Browser, path: str) -> None:
    before = seen_at()
    after(120)
    at_home.get(path)
    assert seen_at() > before


def test_assets_and_websockets_do_not_renew_the_session(at_home: Browser) -> None:
    before = seen_at()
    after(120)
    at_home.fetch("/media/x")
    with at_home.stream(Origin=ORIGIN):
        pass
    assert seen_at() == before


def test_a_server_that_knows_no_answer_to_a_handshake_closes_it(stranger: Browser) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    headers = [(b"origin", ORIGIN.encode())]
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers, "query_string": b"", "state": {}}
    anyio.run(gate.gate(application()), scope, receive, send)
    assert sent == [{"type": "websocket.close", "code": 4401}]


def test_a_page_opens_while_another_process_writes(at_home: Browser) -> None:
    after(120)
    with another_process_writing():
        assert at_home.get("/invoices").status_code == 200


def test_a_deed_that_waits_in_vain_is_asked_to_come_back(at_home: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "WAIT_SECONDS", 0.1)
    with another_process_writing(), capture_logs() as logs:
        response = at_home.post("/logout")
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert translations("it").gettext(Busy.message) in response.text
    assert [line["log_level"] for line in logs] == ["warning"]
    assert at_home.post("/logout").status_code == 303


def test_a_handshake_whose_session_cannot_be_looked_up_is_asked_to_come_back(
    at_home: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise Busy

    monkeypatch.setattr(frames, "visitor", busy)
    with pytest.raises(WebSocketDenialResponse) as refusal, at_home.stream(Origin=ORIGIN):
        pass
    assert refusal.value.status_code == 503


def test_the_gate_passes_on_the_address_of_now(at_home: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []
    visitor = frames.visitor
    monkeypatch.setattr(frames, "visitor", lambda *a, **k: seen.append(k["address"]) or visitor(*a, **k))
    at_home.client._transport.client = ("198.51.100.7", 4711)
    at_home.fetch("/media/x")
    assert seen == ["198.51.100.7"]
