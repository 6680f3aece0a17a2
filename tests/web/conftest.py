"""The portal's routes and middleware around a stand-in for Streamlit, with real sign-in on a real database."""

import re
import shutil
import warnings
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from core import db
from core.audit import AuditLine
from core.exports import outside
from core.exports.made import Made
from core.identity import actions
from core.settings import settings
from core.ui import style
from core.web import app, exports
from tests.people import SYSTEM, Person

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have another HTTP client
    from starlette.testclient import TestClient, WebSocketTestSession

ORIGIN = "http://127.0.0.1:8501"
PASSWORD = "una bella passphrase"
HTML = {"Accept": "text/html,application/xhtml+xml"}
PAGE = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
BOM = b"\xef\xbb\xbf"


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


def actions_of(person: Person) -> list[str]:
    with db.reading(SYSTEM) as connection:
        return list(
            connection.execute(select(AuditLine.action).where(AuditLine.account_id == person.account_id)).scalars()
        )


@pytest.fixture
def two_items(anna: Person) -> None:
    """Anna has two due items, one of them overdue."""
    contract = anna.contract("84963")
    invoice = anna.invoice(contract, "12/2024", date(2024, 2, 1))
    anna.item(contract, 1, date(2024, 3, 1), 10_000, invoice_id=invoice)
    anna.item(contract, 2, date(2090, 3, 1), 20_000)


@dataclass
class Elsewhere:
    """Stands where the other processes do: what was begun, and its end when the test says so."""

    begun: list[Future[Made]] = field(default_factory=list)

    def submit(self, task: outside.Task, owner: object) -> Future[Made]:
        self.begun.append(Future())
        return self.begun[-1]

    def done(self, number: int = -1) -> None:
        with TemporaryFile() as file:
            file.write(b"a large file")
            self.begun[number].set_result(Made.of("fatture.xlsx", file))


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    """Every export is large, and the test is what makes it; nobody waits long for it."""
    there = Elsewhere()
    monkeypatch.setattr(settings(), "export_rows_inline", 0)
    monkeypatch.setattr(outside, "submit", there.submit)
    monkeypatch.setattr(exports, "_under_way", {})
    monkeypatch.setattr(exports, "_AT_FIRST_SECONDS", 0.01)
    monkeypatch.setattr(exports, "_WAITING_SECONDS", 0.01)
    return there
