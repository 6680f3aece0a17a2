"""A real server in a process of its own, asked by clients that are not browsers."""

import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.server import ROOT, Server, running
from tests.web.streaming import PATIENCE, tab

PAGES = ["/", *sorted(f"/{path.stem}" for path in ROOT.glob("pages/*.py"))]
SOMETHING_ELSE = [
    ("GET", "/media/x"),
    ("GET", "/documents/1"),
    ("HEAD", "/documents/1"),
    ("GET", "/exports/invoices.xlsx"),
    ("GET", "/_stcore/health"),
    ("GET", "/_stcore/host-config"),
    ("GET", "/_stcore/metrics"),
    ("GET", "/_stcore/stream"),
    ("GET", "/_stcore/agent/openapi.json"),
    ("POST", "/_stcore/agent/interact"),
    ("PUT", "/_stcore/upload_file/a/b"),
    ("POST", "/_stcore/upload_file/a/b"),
    ("DELETE", "/_stcore/upload_file/a/b"),
    ("GET", "/component/x/index.html"),
    ("GET", "/app/static/x"),
    ("GET", "/.git/config"),
    ("GET", "/Home.py"),
]
CLOCK = {"PORTAL_CLOCK": "2024-04-05"}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo, for everything that does not need a fresh process."""
    with running(tmp_path_factory.mktemp("portal"), **CLOCK) as server:
        yield server


def loaded(portal: Server, folder: Path) -> Path:
    """A folder with a copy of the demo's database, so that a fresh process starts at once."""
    source, copy = (sqlite3.connect(path / "portal.db") for path in (portal.log.parent, folder))
    with source, copy:
        source.backup(copy)
    source.close()
    copy.close()
    return folder


@pytest.mark.parametrize("path", PAGES)
def test_the_first_request_of_a_fresh_server_to_a_page_leads_to_the_sign_in(
    portal: Server, tmp_path: Path, path: str
) -> None:
    with running(loaded(portal, tmp_path), **CLOCK) as server:
        page = httpx.get(server.url + path, headers={"Accept": "text/html"})
        script = httpx.get(server.url + path)
        with pytest.raises(InvalidStatus) as refusal, tab(server.url, None):
            pass
    assert (page.status_code, page.headers["location"].split("?")[0]) == (303, "/login")
    assert script.status_code == 401
    assert refusal.value.response.status_code == 403
    assert refusal.value.response.headers["x-content-type-options"] == "nosniff"
    assert not {"set-cookie"} & {*page.headers, *script.headers}


@pytest.mark.parametrize(("method", "path"), SOMETHING_ELSE)
def test_without_a_session_nothing_is_served(portal: Server, method: str, path: str) -> None:
    plain = httpx.request(method, portal.url + path, headers={"Origin": portal.url})
    html = httpx.request(method, portal.url + path, headers={"Origin": portal.url, "Accept": "text/html"})
    assert plain.status_code == 401
    assert html.status_code == (303 if method in {"GET", "HEAD"} else 401)
    assert "set-cookie" not in plain.headers
    assert "server" not in plain.headers


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_the_metrics_are_not_for_everybody(portal: Server, accept: str) -> None:
    assert httpx.get(f"{portal.url}/metrics", headers={"Accept": accept}).status_code == 401


def test_the_server_is_ready_and_says_so_in_one_line(portal: Server) -> None:
    deadline = time.monotonic() + 20
    while httpx.get(f"{portal.url}/readyz").status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert httpx.get(f"{portal.url}/readyz").json()["status"] == "ok"
    assert portal.log.read_text().splitlines()[0] == (
        f"Canone serves the demo at {portal.url} - sign in with 10093, the code arrives at /mailbox"
    )


def test_static_files_carry_the_policies_and_are_kept(portal: Server) -> None:
    page = httpx.get(f"{portal.url}/login", headers={"Accept": "text/html"}).text
    script = re.search(r'href="(/static/js/index\.[^"]+)"', page)[1]
    response = httpx.get(portal.url + script)
    assert (response.status_code, response.headers["x-content-type-options"]) == (200, "nosniff")
    assert "immutable" in response.headers["cache-control"]


def test_a_missing_static_file_is_not_kept(portal: Server) -> None:
    response = httpx.get(f"{portal.url}/static/js/missing.js")
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["cache-control"] == "no-store, private"


@dataclass
class Login:
    """A signed-in client."""

    http: httpx.Client

    @property
    def cookie(self) -> str:
        return self.http.cookies["sid"]


def sign_in(portal: Server, username: str) -> Login:
    http = httpx.Client(base_url=portal.url, headers={"Origin": portal.url, "Accept": "text/html"}, timeout=30)
    password = http.get("/demo.json").json()["password"]
    sent = http.post("/login", data={"username": username, "password": password, "next": "/invoices"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/login/code")
    code = re.search(r"\b\d{6}\b", http.get("/mailbox.json").json()[0]["text"])[0]
    done = http.post("/login/code", data={"code": code})
    assert (done.status_code, done.headers["location"]) == (303, "/invoices")
    return Login(http)


@pytest.fixture
def mario(portal: Server) -> Iterator[Login]:
    """The customer 10093, signed in."""
    login = sign_in(portal, "10093")
    yield login
    login.http.close()


@pytest.fixture
def other(portal: Server) -> Iterator[Login]:
    """The customer 10094, signed in."""
    login = sign_in(portal, "10094")
    yield login
    login.http.close()


def name_of(portal: Server, username: str) -> str:
    accounts = httpx.get(f"{portal.url}/demo.json").json()["accounts"]
    return next(account["name"] for account in accounts if account["username"] == username)


def test_a_signed_in_customer_sees_their_pages(portal: Server, mario: Login) -> None:
    page = mario.http.get("/invoices")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store, private")
    with tab(portal.url, mario.cookie) as mine:
        run = mine.run("invoices")
    assert run.shows(name_of(portal, "10093"))
    assert run.shows("84963")
    assert run.redirects == []


def test_the_stream_refuses_foreign_and_missing_origins_even_with_a_session(portal: Server, mario: Login) -> None:
    for origin in ("https://evil.example", "null", None):
        with pytest.raises(InvalidStatus), tab(portal.url, mario.cookie, origin=origin):
            pass


def test_a_session_id_without_a_cookie_opens_nothing(portal: Server, mario: Login) -> None:
    with tab(portal.url, mario.cookie) as mine:
        session_id = mine.run().session_id
        with pytest.raises(InvalidStatus) as refusal, tab(portal.url, None, session_id):
            pass
    assert refusal.value.response.status_code == 403


@pytest.mark.parametrize("victim_connected", [True, False])
def test_a_session_id_replayed_by_another_customer_shows_nothing_of_the_victim(
    portal: Server, mario: Login, other: Login, victim_connected: bool
) -> None:
    with tab(portal.url, mario.cookie) as mine:
        session_id = mine.run("invoices").session_id
        if victim_connected:
            with tab(portal.url, other.cookie, session_id) as theirs:
                stolen = theirs.run("invoices")
            assert mine.run("invoices").shows("84963")
    if not victim_connected:
        with tab(portal.url, other.cookie, session_id) as theirs:
            stolen = theirs.run("invoices")
    assert stolen.session_id != session_id
    assert stolen.shows(name_of(portal, "10094"))
    assert not stolen.shows(name_of(portal, "10093"))
    assert not stolen.shows("84963")


def test_the_same_login_takes_its_session_up_again(portal: Server, mario: Login) -> None:
    with tab(portal.url, mario.cookie) as mine:
        session_id = mine.run().session_id
    with tab(portal.url, mario.cookie, session_id) as again:
        assert again.run().session_id == session_id


def test_after_logout_an_open_tab_shows_nothing_and_leaves(portal: Server, mario: Login) -> None:
    with tab(portal.url, mario.cookie) as second_tab:
        assert second_tab.run("invoices").shows("84963")
        assert mario.http.post("/logout").status_code == 303
        after = second_tab.run("invoices")
    assert not after.shows("84963")
    assert not after.shows(name_of(portal, "10093"))
    assert [url.split("?")[0] for url in after.redirects] == ["/login"]


def test_after_logout_the_old_cookie_opens_nothing(portal: Server, mario: Login) -> None:
    old = mario.cookie
    assert mario.http.post("/logout").status_code == 303
    assert httpx.get(f"{portal.url}/invoices", headers={"Cookie": f"sid={old}"}).status_code == 401
    with pytest.raises(InvalidStatus), tab(portal.url, old):
        pass


@pytest.mark.parametrize("frame", [b"\xff\xff\xff not a message", "text"])
def test_a_malformed_frame_ends_only_its_own_connection(portal: Server, mario: Login, frame: bytes | str) -> None:
    with tab(portal.url, mario.cookie) as broken:
        broken.connection.send(frame)
        with pytest.raises(ConnectionClosed):
            broken.connection.recv(PATIENCE)
    with tab(portal.url, mario.cookie) as mine:
        assert mine.run("invoices").shows("84963")


def test_the_log_holds_no_code_and_no_password(portal: Server, mario: Login) -> None:
    text = portal.log.read_text()
    codes = re.findall(r"\b\d{6}\b", " ".join(mail["text"] for mail in mario.http.get("/mailbox.json").json()))
    assert codes
    assert [code for code in codes if code in text] == []
    assert mario.http.get("/demo.json").json()["password"] not in text
    assert mario.cookie not in text
