"""The routes of the exports: large files are made elsewhere, after a wait that a person sees."""

import asyncio
import re
from concurrent.futures import Future
from html import unescape
from tempfile import TemporaryFile

import pytest
from sqlalchemy import select, update

from core import db
from core.audit import AuditLine
from core.exports import outside
from core.exports.made import Made
from core.exports.outside import Unfinished
from core.identity import frames
from core.identity.tables import WebSession
from core.kit import clock
from core.settings import settings
from core.web import exports
from tests.people import SYSTEM, Person
from tests.web.conftest import BOM, MEDIA, PAGE, XLSX, Browser, Elsewhere, actions_of

pytestmark = pytest.mark.usefixtures("two_items")
DOWNLOAD_LINK = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "navigate"}


@pytest.mark.parametrize(("extension", "begins"), [("xlsx", b"PK"), ("csv", BOM)])
def test_a_large_file_is_made_by_another_process(
    at_home: Browser, anna: Person, monkeypatch: pytest.MonkeyPatch, extension: str, begins: bytes
) -> None:
    monkeypatch.setattr(settings(), "export_rows_inline", 1)
    with exports.ending():
        response = at_home.fetch(f"/exports/invoices.{extension}?contract=84963")
    assert (response.status_code, response.content[:3][: len(begins)]) == (200, begins)
    assert "84963" in response.headers["content-disposition"]
    assert actions_of(anna).count("export") == 1


def where_the_file_is(page: str) -> str:
    return unescape(re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)[1])


def test_a_person_sees_that_a_large_file_is_being_prepared(at_home: Browser, elsewhere: Elsewhere) -> None:
    page = at_home.get("/exports/invoices.xlsx?contract=84963&state=overdue", **PAGE)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert where_the_file_is(page.text) == "/exports/invoices.xlsx?contract=84963&state=overdue&wait=1"
    assert 'href="/invoices?contract=84963&amp;state=overdue"' in page.text


def test_the_page_is_followed_by_the_file(at_home: Browser, elsewhere: Elsewhere) -> None:
    file = where_the_file_is(at_home.get("/exports/invoices.xlsx", **PAGE).text)
    assert where_the_file_is(at_home.get(file, **PAGE).text) == file
    elsewhere.done()
    response = at_home.get(file, **PAGE)
    assert (response.headers["content-type"], response.content) == (XLSX, b"a large file")
    assert len(elsewhere.begun) == 1


def test_a_file_that_is_ready_soon_needs_no_page(at_home: Browser, elsewhere: Elsewhere) -> None:
    at_home.get("/exports/invoices.xlsx", **PAGE)
    elsewhere.done()
    assert at_home.get("/exports/invoices.xlsx", **PAGE).content == b"a large file"


def test_a_file_is_given_once_and_then_made_anew(at_home: Browser, elsewhere: Elsewhere) -> None:
    at_home.get("/exports/invoices.xlsx", **PAGE)
    elsewhere.done()
    for _ in range(2):
        last = at_home.get("/exports/invoices.xlsx", **PAGE)
    assert where_the_file_is(last.text)
    assert len(elsewhere.begun) == 2


def test_the_audit_says_where_the_large_file_was_asked_for(
    at_home: Browser, anna: Person, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks: list[outside.Task] = []
    monkeypatch.setattr(outside, "submit", lambda task, owner: tasks.append(task) or elsewhere.submit(task, owner))
    at_home.client._transport.client = ("198.51.100.7", 4711)
    at_home.get("/exports/invoices.csv", **PAGE)
    with TemporaryFile() as file:
        tasks[0](out=file)
    with db.reading(SYSTEM) as connection:
        statement = select(AuditLine.address).where(AuditLine.action == "export")
        assert connection.execute(statement).scalars().all() == ["198.51.100.7"]


@pytest.mark.parametrize("in_time", [True, False], ids=["file ready", "file under way"])
def test_who_is_signed_out_while_waiting_gets_no_file(
    at_home: Browser, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch, in_time: bool
) -> None:
    def signed_out(task: outside.Task, owner: object) -> Future[Made]:
        sign_everybody_out()
        future = elsewhere.submit(task, owner)
        asyncio.get_running_loop().call_later(0 if in_time else 60, elsewhere.done)
        return future

    monkeypatch.setattr(exports, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(outside, "submit", signed_out)
    assert at_home.fetch("/exports/invoices.xlsx").status_code == 401
    assert elsewhere.begun[0].done() is in_time


def sign_everybody_out() -> None:
    with db.transaction(SYSTEM) as connection:
        connection.execute(update(WebSession).values(revoked_at=clock.now()))


def test_waiting_is_not_activity(at_home: Browser, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    touches: list[bool] = []
    look = frames.visitor
    monkeypatch.setattr(frames, "visitor", lambda *a, touch, **k: touches.append(touch) or look(*a, touch=touch, **k))
    file = where_the_file_is(at_home.get("/exports/invoices.xlsx", **PAGE).text)
    assert touches == [True, False]
    at_home.get(file, **PAGE)
    assert touches == [True, False, False, False]


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_asking_for_the_headers_makes_no_file(
    at_home: Browser, anna: Person, elsewhere: Elsewhere, extension: str
) -> None:
    response = at_home.fetch(f"/exports/invoices.{extension}", "HEAD", **PAGE)
    assert (response.status_code, response.headers["content-type"]) == (200, MEDIA[extension])
    assert "content-length" not in response.headers
    assert elsewhere.begun == []
    assert actions_of(anna).count("export") == 0


def test_a_process_that_was_killed_is_told_and_the_file_begun_anew(at_home: Browser, elsewhere: Elsewhere) -> None:
    file = where_the_file_is(at_home.get("/exports/invoices.xlsx", **PAGE).text)
    elsewhere.begun[-1].set_exception(Unfinished())
    told = at_home.get(file, **PAGE)
    assert (told.status_code, told.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert where_the_file_is(at_home.get(file, **PAGE).text) == file
    assert len(elsewhere.begun) == 2


@pytest.mark.parametrize("headers", [{}, DOWNLOAD_LINK], ids=["program", "download link"])
def test_who_cannot_be_shown_a_page_waits_for_the_file(
    at_home: Browser, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    def at_once(task: outside.Task, owner: object) -> Future[Made]:
        future = elsewhere.submit(task, owner)
        asyncio.get_running_loop().call_later(0.05, elsewhere.done)
        return future

    monkeypatch.setattr(outside, "submit", at_once)
    assert at_home.fetch("/exports/invoices.xlsx", **headers).content == b"a large file"
