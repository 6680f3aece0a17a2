"""The routes of the exports: small ones at once, large ones after a wait that a person sees."""

import asyncio
import gc
import re
import weakref
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from io import BytesIO
from tempfile import TemporaryFile

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update
from starlette.requests import Request

from core import db
from core.access import Access, Grant, Role
from core.audit import AuditLine
from core.exports import outside
from core.exports.made import Made
from core.exports.outside import Unfinished
from core.identity import frames
from core.identity.frames import Visitor
from core.identity.tables import WebSession
from core.kit import clock
from core.kit.errors import TooManyRows
from core.locale import translations
from core.settings import settings
from core.web import exports, gate
from tests.people import SYSTEM, Person
from tests.web.conftest import Browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
BOM = b"\xef\xbb\xbf"
PAGE = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
DOWNLOAD_LINK = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "navigate"}


@pytest.fixture
def anna(anna: Person) -> Person:
    """Anna has two due items, one of them overdue."""
    contract = anna.contract("84963")
    invoice = anna.invoice(contract, "12/2024", date(2024, 2, 1))
    anna.item(contract, 1, date(2024, 3, 1), 10_000, invoice_id=invoice)
    anna.item(contract, 2, date(2090, 3, 1), 20_000)
    return anna


def actions_of(person: Person) -> list[str]:
    with db.reading(SYSTEM) as connection:
        return list(
            connection.execute(select(AuditLine.action).where(AuditLine.account_id == person.account_id)).scalars()
        )


def cells(content: bytes) -> list[list[object]]:
    return [[cell.value for cell in row] for row in load_workbook(BytesIO(content)).worksheets[0].iter_rows()]


def test_the_workbook_holds_what_the_filters_let_through(at_home: Browser, anna: Person) -> None:
    both, overdue = at_home.fetch("/exports/invoices.xlsx"), at_home.fetch("/exports/invoices.xlsx?state=overdue&q=12")
    assert both.status_code == overdue.status_code == 200
    assert len(cells(both.content)) == len(cells(overdue.content)) + 1
    assert actions_of(anna).count("export") == 2


def test_the_csv_holds_what_the_filters_let_through(at_home: Browser, anna: Person) -> None:
    both, overdue = at_home.fetch("/exports/invoices.csv"), at_home.fetch("/exports/invoices.csv?state=overdue&q=12")
    assert both.content.startswith(BOM)
    assert len(both.text.splitlines()) == len(overdue.text.splitlines()) + 1 == 3
    assert actions_of(anna).count("export") == 2


@pytest.mark.parametrize(("extension", "media"), MEDIA.items())
def test_a_file_says_its_type_size_and_name(at_home: Browser, extension: str, media: str) -> None:
    response = at_home.fetch(f"/exports/invoices.{extension}?contract=84963&sort=gross")
    assert response.headers["content-type"] == media
    assert int(response.headers["content-length"]) == len(response.content)
    assert re.search(rf"84963_[-\d]+\.{extension}", response.headers["content-disposition"])
    assert response.headers["cache-control"] == "no-store, private"


def test_a_strange_filter_is_no_filter(at_home: Browser) -> None:
    assert at_home.fetch("/exports/invoices.xlsx?state=nonsense&sort=;drop&page=x").status_code == 200


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_another_customers_contract_does_not_exist(at_home: Browser, carla: Person, extension: str) -> None:
    carla.contract("70001")
    assert at_home.get(f"/exports/invoices.{extension}?contract=70001").status_code == 404


def test_too_many_rows_are_refused_with_the_numbers_and_the_csv_offered(
    at_home: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "export_rows_limit", 1)
    refused = at_home.get("/exports/invoices.xlsx?contract=84963&sort=gross")
    assert (refused.status_code, refused.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert translations("it").gettext(TooManyRows.message) % {"rows": 2, "limit": 1} in unescape(refused.text)
    address = unescape(re.search(r'href="(/exports/invoices\.csv[^"]*)"', refused.text)[1])
    assert address == "/exports/invoices.csv?contract=84963&sort=gross"
    offered = at_home.get(address)
    assert (offered.status_code, len(offered.text.splitlines())) == (200, 3)


def test_a_program_is_offered_the_csv_too(at_home: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "export_rows_limit", 1)
    refused = at_home.fetch("/exports/invoices.xlsx")
    assert refused.status_code == 413
    assert refused.text.endswith(": /exports/invoices.csv\n")


def test_big_numbers_are_told_as_the_reader_writes_them(at_home: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "export_rows_limit", -1_250_000)
    assert "-1.250.000" in at_home.get("/exports/invoices.xlsx").text


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


def test_other_filters_are_another_file(at_home: Browser, elsewhere: Elsewhere) -> None:
    for path in ("invoices.xlsx", "invoices.csv", "invoices.xlsx?headers=manual"):
        at_home.get(f"/exports/{path}", **PAGE)
    assert len(elsewhere.begun) == 3


def test_one_account_cannot_keep_the_portal_busy_with_files(at_home: Browser, elsewhere: Elsewhere) -> None:
    for sort in ("due_on", "gross", "-gross"):
        assert at_home.get(f"/exports/invoices.xlsx?sort={sort}", **PAGE).status_code == 200
    refused = at_home.get("/exports/invoices.xlsx?sort=contract", **PAGE)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    elsewhere.done(1)
    assert at_home.get("/exports/invoices.xlsx?sort=contract", **PAGE).status_code == 200
    assert at_home.get("/exports/invoices.xlsx?sort=-contract", **PAGE).status_code == 503


def test_the_oldest_file_that_nobody_fetched_goes_for_the_next_one(at_home: Browser, elsewhere: Elsewhere) -> None:
    for sort in ("due_on", "gross", "-gross"):
        at_home.get(f"/exports/invoices.xlsx?sort={sort}", **PAGE)
        elsewhere.done()
    at_home.get("/exports/invoices.xlsx?sort=contract", **PAGE)
    assert [wanted.filters.sort for wanted in exports._under_way] == ["gross", "-gross", "contract"]


def test_all_accounts_together_have_a_limit_too(
    at_home: Browser, anna: Person, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_MOST", 2)
    others = [wanted_by(account) for account in (-1, -2)]
    exports._under_way.update({wanted: elsewhere.submit(wanted.task, None) for wanted in others})
    assert at_home.get("/exports/invoices.xlsx", **PAGE).status_code == 503
    elsewhere.done()
    assert at_home.get("/exports/invoices.xlsx", **PAGE).status_code == 200
    assert [wanted.access.account_id for wanted in exports._under_way] == [-1, anna.account_id]


def test_the_same_file_from_another_network_is_still_the_same(at_home: Browser, elsewhere: Elsewhere) -> None:
    for address in ("198.51.100.7", "198.51.100.8"):
        at_home.client._transport.client = (address, 4711)
        at_home.get("/exports/invoices.xlsx", **PAGE)
    assert len(elsewhere.begun) == 1


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


def test_the_headers_of_too_many_rows_are_those_of_the_refusal(
    at_home: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "export_rows_limit", 1)
    assert at_home.fetch("/exports/invoices.xlsx", "HEAD").status_code == 413


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


def wanted_by(account: int) -> exports._Wanted:
    access = Access(Role.CUSTOMER, account, account, frozenset(Grant), actor=str(account))
    return exports._Wanted(access, "", date(2024, 4, 5), exports.Filters(), "xlsx", "it", "Anna", False)


@pytest.fixture
def wanted(stored: None) -> exports._Wanted:
    return wanted_by(1)


@pytest.fixture
def request_of_a_program(monkeypatch: pytest.MonkeyPatch) -> Request:
    """A request behind which there is a session."""

    async def somebody(_request: Request, *, touch: bool) -> Visitor:
        return Visitor(Access.system("test"), "", "", "", "it", "")

    monkeypatch.setattr(gate, "look", somebody)
    return Request({"type": "http", "headers": [], "query_string": b""})


def test_nothing_of_a_file_stays_when_it_has_been_given(
    wanted: exports._Wanted, elsewhere: Elsewhere, request_of_a_program: Request
) -> None:
    async def given() -> Made | None:
        exports._begun(wanted)
        elsewhere.done()
        file = weakref.ref(await exports._made_outside(wanted, request_of_a_program))
        elsewhere.begun.clear()
        await asyncio.sleep(0)
        gc.collect()
        return file()

    assert asyncio.run(given()) is None


def test_a_file_that_nobody_fetches_is_forgotten(
    wanted: exports._Wanted, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unclaimed() -> None:
        exports._begun(wanted)
        for _ in range(20):
            await asyncio.sleep(0)
        assert wanted in exports._under_way  # however long it takes to be made
        elsewhere.done()
        while exports._under_way:
            await asyncio.sleep(0)

    monkeypatch.setattr(exports, "_UNCLAIMED_SECONDS", 0)
    asyncio.run(asyncio.wait_for(unclaimed(), 10))
