"""Exports leave by these routes: a small one at once, a large one after a process of its own has made it.

A person who waits for a large one sees a page that says so. What is under way is known to this process only: behind a
proxy that does not keep a browser on its replica, another replica makes the file again.
"""

import asyncio
import tempfile
import weakref
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.access import Access
from core.billing import actions
from core.billing.actions import Extension
from core.billing.frames import Filters
from core.exports import outside
from core.exports.made import Made
from core.formats import Formats
from core.kit import clock
from core.kit.errors import Busy
from core.settings import settings
from core.web import gate, metrics, pages
from core.web.files import saved

_MEDIA: dict[Extension, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# How long a browser is left without an answer: at first, and from the waiting page on (proxies give up after 30 to 60).
_AT_FIRST_SECONDS, _WAITING_SECONDS = 1.0, 20.0
_UNCLAIMED_SECONDS = 600
_MOST_OF_ONE_ACCOUNT = 3
_WAIT = "wait"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A file that a visitor asks for. The same one asked for again while it is made is made once."""

    access: Access
    today: date
    filters: Filters
    extension: Extension
    lang: str
    who: str
    manual_headers: bool

    @property
    def rows(self) -> int:
        return actions.invoices_rows(self.access, self.today, self.filters, self.extension)

    @property
    def task(self) -> outside.Task:
        return partial(
            actions.export_invoices,
            self.access,
            self.today,
            self.filters,
            extension=self.extension,
            lang=self.lang,
            who=self.who,
            manual_headers=self.manual_headers,
        )


_under_way: dict[_Wanted, Future[Made]] = {}


async def invoices(request: Request) -> Response:
    """GET /exports/invoices.xlsx and .csv: the schedule with the page's filters; `headers=manual` as it once was."""
    wanted = _wanted(request)
    rows = await run_in_threadpool(lambda: wanted.rows)
    if rows <= settings().export_rows_inline:
        made: Made | None = await run_in_threadpool(lambda: _made_here(wanted.task))
    else:
        made = await _made_outside(wanted, _patience(request))
    if made is None:
        return _waiting_page(request, rows)
    metrics.EXPORTS.inc()
    return saved(made, _MEDIA[wanted.extension])


@contextmanager
def ending() -> Iterator[None]:
    """Around the life of the server: what is under way ends with it."""
    try:
        yield
    finally:
        _under_way.clear()
        outside.end()


def _wanted(request: Request) -> _Wanted:
    visitor = gate.visitor_of(request)
    return _Wanted(
        visitor.access,
        clock.today(),
        Filters.of(request.query_params),
        "csv" if request.url.path.endswith(".csv") else "xlsx",
        visitor.lang,
        visitor.name,
        request.query_params.get("headers") == "manual",
    )


def _made_here(task: outside.Task) -> Made:
    with tempfile.TemporaryFile() as file:
        return Made.of(task(out=file), file)


async def _made_outside(wanted: _Wanted, patience: float | None) -> Made | None:
    """The file, begun now or earlier; None if it is not ready after `patience` seconds. It is given away once."""
    future = _under_way.get(wanted) or _begun(wanted)
    heard = asyncio.wrap_future(future)
    heard.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # whoever waits gets it, if anybody
    await asyncio.wait([heard], timeout=patience)
    if not future.done():
        return None
    _forget(wanted, weakref.ref(future))
    return future.result()


def _begun(wanted: _Wanted) -> Future[Made]:
    mine = [other for other in _under_way if other.access.account_id == wanted.access.account_id]
    if sum(not _under_way[other].done() for other in mine) >= _MOST_OF_ONE_ACCOUNT:
        raise Busy
    future = _under_way[wanted] = outside.submit(wanted.task)
    # By a weak reference, or the file would stay on the disk until then even if it is claimed.
    asyncio.get_running_loop().call_later(_UNCLAIMED_SECONDS, _forget, wanted, weakref.ref(future))
    return future


def _forget(wanted: _Wanted, begun: "weakref.ref[Future[Made]]") -> None:
    if _under_way.get(wanted) is begun():
        _under_way.pop(wanted, None)


def _patience(request: Request) -> float | None:
    """How long to wait for a file before the waiting page is shown; None, for as long as it takes, where none can be.

    Only what opens a page in a browser says `document`: a program does not, nor does a link with `download`.
    """
    if request.headers.get("sec-fetch-dest") != "document":
        return None
    return _WAITING_SECONDS if _WAIT in request.query_params else _AT_FIRST_SECONDS


def _waiting_page(request: Request, rows: int) -> Response:
    """A page that asks for the file itself, and stays: there is no other page, be the answer late or a download."""
    filters = {name: value for name, value in request.query_params.items() if name != _WAIT}
    return pages.render(
        "waiting.html",
        request,
        rows=Formats(pages.language(request)).count(rows),
        file=f"{request.url.path}?{urlencode({**filters, _WAIT: '1'})}",
        page=f"/invoices?{urlencode(filters)}",
    )


ROUTES = [Route(f"/exports/invoices.{extension}", invoices, methods=["GET"]) for extension in _MEDIA]
