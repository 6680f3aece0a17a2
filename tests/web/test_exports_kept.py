"""Large files between request and answer: which are the same, how many there may be, and when they are forgotten."""

import asyncio
import gc
import weakref
from datetime import date

import pytest
from starlette.requests import Request

from core.access import Access, Grant, Role
from core.exports.made import Made
from core.identity.frames import Visitor
from core.web import exports, gate
from tests.people import Person
from tests.web.conftest import PAGE, Browser, Elsewhere, new_browser

pytestmark = pytest.mark.usefixtures("two_items")


def test_other_filters_are_another_file(at_home: Browser, elsewhere: Elsewhere) -> None:
    for path in ("invoices.xlsx", "invoices.csv", "invoices.xlsx?headers=manual"):
        at_home.get(f"/exports/{path}", **PAGE)
    assert len(elsewhere.begun) == 3


def test_the_same_file_from_another_network_is_still_the_same(at_home: Browser, elsewhere: Elsewhere) -> None:
    for address in ("198.51.100.7", "198.51.100.8"):
        at_home.client._transport.client = (address, 4711)
        at_home.get("/exports/invoices.xlsx", **PAGE)
    assert len(elsewhere.begun) == 1


def test_a_file_is_for_the_session_that_asked_for_it_alone(at_home: Browser, elsewhere: Elsewhere) -> None:
    at_home.get("/exports/invoices.xlsx", **PAGE)
    elsewhere.done()
    other = new_browser()
    assert other.sign_in().status_code == 303
    assert other.get("/exports/invoices.xlsx", **PAGE).headers["content-type"].startswith("text/html")
    assert len(elsewhere.begun) == 2
    assert at_home.get("/exports/invoices.xlsx", **PAGE).content == b"a large file"


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


def wanted_by(account: int) -> exports._Wanted:
    access = Access(Role.CUSTOMER, account, account, frozenset(Grant), actor=str(account))
    invoices = exports.EXPORTS["invoices"]
    return exports._Wanted(invoices, access, "", date(2024, 4, 5), exports.Filters(), "xlsx", "it", "Anna", False)


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
