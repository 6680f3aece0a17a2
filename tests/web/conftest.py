"""The portal's routes and middleware around a stand-in for Streamlit, with real sign-in on a real database."""

import logging
import re
import shutil
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from core import db
from core.identity import actions
from core.settings import settings
from core.ui import style
from core.web import app
from tests.people import SYSTEM, Person

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have another HTTP client
    from starlette.testclient import TestClient, WebSocketTestSession

ORIGIN = "http://127.0.0.1:8501"
PASSWORD = "una bella passphrase"
HTML = {"Accept": "text/html,application/xhtml+xml"}


async def _framework(request: Request) -> JSONResponse:
    """Stands where Streamlit does: says what reached it."""
    if request.url.path == "/media/broken":
        raise RuntimeError("a secret detail\nof the failure")
    return JSONResponse({"reached": request.url.path, "headers": dict(request.headers)})


async def _stream(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_json(dict(websocket.headers))
    await websocket.close()


def application() -> Starlette:
    methods = ["GET", "POST", "PUT", "DELETE"]
    streamlit = [Route("/{path:path}", _framework, methods=methods), WebSocketRoute("/_stcore/stream", _stream)]
    return Starlette(routes=[*app.routes(style.sheet), *streamlit], middleware=app.middleware())


@dataclass
class Browser:
    """A browser at the portal: it keeps cookies, says where its forms come from, and follows no redirect."""

    client: TestClient

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=HTML | headers, follow_redirects=False)

    def fetch(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        """A request of a script, not a navigation."""
        return self.client.request(method, path, headers={"Accept": "*/*"} | headers, follow_redirects=False)

    def post(self, path: str, origin: str | None = ORIGIN, **fields: str) -> httpx.Response:
        headers = HTML | ({"Origin": origin} if origin is not None else {})
        return self.client.post(path, data=fields, headers=headers, follow_redirects=False)

    def stream(self, path: str = "/_stcore/stream", **headers: str) -> AbstractContextManager[WebSocketTestSession]:
        """A websocket as the front end opens it."""
        return self.client.websocket_connect(ORIGIN.replace("http", "ws") + path, headers=headers)

    def code(self) -> str:
        """The newest code in the mailbox."""
        return re.search(r"\b\d{6}\b", self.fetch("/mailbox.json").json()[0]["text"])[0]

    def sign_in(self, username: str = "10093", next: str = "/") -> httpx.Response:
        assert self.post("/login", username=username, password=PASSWORD, next=next).headers["location"] == "/login/code"
        return self.post("/login/code", code=self.code())

    def cookie(self, name: str) -> str | None:
        return self.client.cookies.get(name)


def new_browser() -> Browser:
    return Browser(TestClient(application(), base_url=ORIGIN, raise_server_exceptions=False))


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """What a start of the portal does to the process's logging ends with the test."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level


@pytest.fixture
def stored(sqlite_template: Path, tmp_path: Path) -> Iterator[None]:
    """A migrated, empty database on SQLite; the flows behind it are tested on both databases in their own tests."""
    shutil.copy(sqlite_template, tmp_path / "portal.db")
    db.use(settings().database_url)
    yield
    db.use(None)


@pytest.fixture
def stranger(stored: None) -> Browser:
    """A browser that has not signed in, at an empty portal."""
    return new_browser()


@pytest.fixture
def anna(stored: None) -> Person:
    """A customer who can sign in."""
    person = Person("10093", "Anna")
    actions.set_password(SYSTEM, "10093", PASSWORD)
    return person


@pytest.fixture
def carla(stored: None) -> Person:
    """Another customer who can sign in."""
    person = Person("10094", "Carla")
    actions.set_password(SYSTEM, "10094", PASSWORD)
    return person


@pytest.fixture
def at_home(anna: Person, stranger: Browser) -> Browser:
    """Anna's browser, signed in."""
    assert stranger.sign_in().status_code == 303
    return stranger


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of a production installation on https."""
    values = {
        "MODE": "production",
        "PUBLIC_URL": "https://portale.example",
        "SECRET_KEY": "k" * 40,
        "SMTP_URL": "smtp://mail.example",
        "PASSWORD_ROUNDS": "12",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"PORTAL_{name}", value)
    settings.cache_clear()
