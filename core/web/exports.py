"""Exports leave by these routes: a small one at once, a large one after a process of its own has made it.

A person who waits for a large one sees a page that says so. What is under way is known to this process only: behind a
proxy that does not keep a browser on its replica, another replica makes the file again.
"""

import asyncio
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.access import Access
from core.billing import actions
from core.billing.frames import DocumentFilters, Filters, StatementFilters
from core.book import actions as book
from core.book.frames import AssetFilters, ContractFilters
from core.exports import outside
from core.exports.made import Made
from core.formats import Formats
from core.kit import clock
from core.kit.errors import Busy, NotFound, SessionEnded
from core.settings import settings
from core.web import gate, metrics, pages
from core.web.files import AS_IT_IS, saved

_HEADERS = {
    "xlsx": {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", **AS_IT_IS},
    "csv": {"Content-Type": "text/csv; charset=utf-8"},
    "pdf": {"Content-Type": "application/pdf", **AS_IT_IS},
    "zip": {"Content-Type": "application/zip", **AS_IT_IS},
}
_TABLES = ("xlsx", "csv")
# How long a browser is left without an answer: at first, and from the waiting page on (proxies give up after 30 to 60).
_AT_FIRST_SECONDS, _WAITING_SECONDS = 1.0, 20.0
# How long somebody who waits is not asked for their session.
_LOOK_SECONDS = 30.0
_UNCLAIMED_SECONDS = 600
_MOST_OF_ONE_ACCOUNT, _MOST = 3, 20


@dataclass(frozen=True, slots=True)
class Export:
    """A file that leaves here.

    `filters` reads those of an address into something frozen. `rows(access, today, filters)` says how much the file has
    to hold and raises what refuses it. `write(access, today, filters, out=, lang=, who=)` writes it and returns its
    name. Those of a table take its `extension` too, `write` also `manual_headers`. `page` is the one with the link. Up
    to `inline` rows it is made in the web process; None stands for PORTAL_EXPORT_ROWS_INLINE.
    """

    filters: Callable[[Mapping[str, str]], Any]
    rows: Callable[..., int]
    write: outside.Task
    page: str
    inline: int | None = None


# A table under its name alone, both as .xlsx and as .csv; any other file under its whole name (`statement.pdf`).
EXPORTS = {
    "invoices": Export(Filters.of, actions.invoices_rows, actions.export_invoices, "/invoices"),
    "invoices.zip": Export(DocumentFilters.of, actions.archive_rows, actions.export_archive, "/documents", inline=20),
    "statement": Export(StatementFilters.of, actions.statement_rows, actions.export_statement, "/statement"),
    # Above that the memory of the compiler is better left to a process apart.
    "statement.pdf": Export(
        StatementFilters.of, actions.statement_pdf_rows, actions.export_statement_pdf, "/statement", inline=250
    ),
    "contracts": Export(ContractFilters.of, book.contracts_rows, book.export_contracts, "/contracts"),
    "amortization": Export(
        actions.PlanFilters.of, actions.amortization_rows, actions.export_amortization, "/amortization"
    ),
    "assets": Export(AssetFilters.of, book.assets_rows, book.export_assets, "/assets"),
}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A file that a visitor asks for. The same one asked for again while it is made is made once.

    `access` says nothing of the address, so that it stays the same one when the visitor moves to another network.
    """

    export: Export
    access: Access
    address: str = field(compare=False)
    today: date
    filters: Any
    extension: str
    lang: str
    who: str
    manual_headers: bool

    @property
    def rows(self) -> int:
        of_a_table = (self.extension,) if self.extension in _TABLES else ()
        return self.export.rows(self.access, self.today, self.filters, *of_a_table)

    @property
    def task(self) -> outside.Task:
        access = replace(self.access, address=self.address)
        task = partial(self.export.write, access, self.today, self.filters, lang=self.lang, who=self.who)
        if self.extension not in _TABLES:
            return task
        return partial(task, extension=self.extension, manual_headers=self.manual_headers)


_under_way: dict[_Wanted, Future[Made]] = {}


async def exported(request: Request) -> Response:
    """GET /exports/{file}: what a page shows, with its filters; `headers=manual` gives a table as it once was."""
    wanted = _wanted(request)
    rows = await run_in_threadpool(lambda: wanted.rows)
    if request.method == "HEAD":
        return _headers_only(wanted)
    inline = wanted.export.inline
    if rows <= (settings().export_rows_inline if inline is None else inline):
        made: Made | None = await run_in_threadpool(lambda: _made_here(wanted.task))
    else:
        made = await _made_outside(wanted, request)
    if made is None:
        return _waiting_page(request, wanted, rows)
    metrics.EXPORTS.inc()
    return saved(made, _HEADERS[wanted.extension])


@contextmanager
def ending() -> Iterator[None]:
    """Around the life of the server: what is under way ends with it."""
    try:
        yield
    finally:
        _under_way.clear()
        outside.end()


def _wanted(request: Request) -> _Wanted:
    """What the address names. Raises NotFound for a file that nobody makes."""
    file = request.path_params["file"]
    name, _, extension = file.partition(".")
    export = EXPORTS.get(name if extension in _TABLES else file)
    if export is None or extension not in _HEADERS:
        raise NotFound
    visitor = gate.visitor_of(request)
    return _Wanted(
        export,
        replace(visitor.access, address=""),
        visitor.access.address,
        clock.today(),
        export.filters(request.query_params),
        extension,
        visitor.lang,
        visitor.name,
        request.query_params.get("headers") == "manual",
    )


def _headers_only(wanted: _Wanted) -> Response:
    """What can be said without making the file, which alone knows its name and length."""
    response = Response(headers=_HEADERS[wanted.extension])
    del response.headers["Content-Length"]
    return response


def _made_here(task: outside.Task) -> Made:
    with tempfile.TemporaryFile() as file:
        return Made.of(task(out=file), file)


async def _made_outside(wanted: _Wanted, request: Request) -> Made | None:
    """The file, begun now or earlier; None if it is not ready before the visitor is to be told.

    Whoever waits for it gets it; who asks again after that has it made anew. Raises Busy, SessionEnded and what the
    task does.
    """
    future = _under_way.get(wanted) or _begun(wanted)
    await _wait(future, request)
    if not future.done():
        return None
    _forget(wanted, weakref.ref(future))
    return future.result()


async def _wait(future: Future[Made], request: Request) -> None:
    """Until the file is ready or patience is at its end. Raises SessionEnded if the session ends before."""
    patience = _patience(request)
    heard = asyncio.wrap_future(future)
    heard.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # whoever waits gets it, if anybody
    while True:
        await asyncio.wait([heard], timeout=patience or _LOOK_SECONDS)
        if await gate.look(request, touch=False) is None:
            raise SessionEnded
        if future.done() or patience is not None:
            return


def _begun(wanted: _Wanted) -> Future[Made]:
    account = wanted.access.account_id
    _make_room([other for other in _under_way if other.access.account_id == account], _MOST_OF_ONE_ACCOUNT)
    _make_room(list(_under_way), _MOST)
    future = _under_way[wanted] = outside.submit(wanted.task, account)
    future.add_done_callback(partial(_keep, asyncio.get_running_loop(), wanted))
    return future


def _make_room(files: list[_Wanted], most: int) -> None:
    """Where there are as many files as there may be, the oldest that lies ready goes. Raises Busy if there is none."""
    if len(files) < most:
        return
    ready = next((wanted for wanted in files if _under_way[wanted].done()), None)
    if ready is None:
        raise Busy
    del _under_way[ready]


def _keep(loop: asyncio.AbstractEventLoop, wanted: _Wanted, ready: Future[Made]) -> None:
    """Have a file that is ready kept for a while; called by the thread that had it made."""
    if not loop.is_closed():
        # By a weak reference, or the file would stay on the disk until then even if it is claimed.
        loop.call_soon_threadsafe(loop.call_later, _UNCLAIMED_SECONDS, _forget, wanted, weakref.ref(ready))


def _forget(wanted: _Wanted, begun: "weakref.ref[Future[Made]]") -> None:
    if _under_way.get(wanted) is begun():
        _under_way.pop(wanted, None)


def _patience(request: Request) -> float | None:
    """How long to wait for a file before the waiting page is shown; None, for as long as it takes, where none can be.

    Only what opens a page in a browser says `document`: a program does not, nor does a link with `download`.
    """
    if request.headers.get("sec-fetch-dest") != "document":
        return None
    return _WAITING_SECONDS if gate.WAIT in request.query_params else _AT_FIRST_SECONDS


def _waiting_page(request: Request, wanted: _Wanted, rows: int) -> Response:
    """A page that asks for the file itself, and stays: there is no other page, be the answer late or a download."""
    filters = {name: value for name, value in request.query_params.items() if name != gate.WAIT}
    return pages.render(
        "waiting.html",
        request,
        rows=Formats(pages.language(request)).count(rows) if wanted.extension in _TABLES else None,
        file=f"{request.url.path}?{urlencode({**filters, gate.WAIT: '1'})}",
        page=f"{wanted.export.page}?{urlencode(filters)}",
    )


ROUTES = [Route("/exports/{file}", exported, methods=["GET"])]
