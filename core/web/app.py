"""What the portal adds to Streamlit's server: routes, middleware, what happens at start and end, and serving itself."""

import gc
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from core import demo as book
from core import log, schema, worker
from core.identity import passwords
from core.kit import clock
from core.kit.errors import PortalError
from core.settings import Settings, settings
from core.web import (
    calendar,
    demo,
    exports,
    failures,
    files,
    gate,
    headers,
    service,
    sheets,
    shell,
    sign_in,
    static,
    warm,
)

_STOP_SECONDS = 5
_MEGABYTE = 1024 * 1024


def routes(sheet: sheets.Sheet) -> list[BaseRoute]:
    """Every route of the portal; the pages come last, after them Streamlit's own.

    `sheet` gives the style sheet of the pages in a language.
    """
    sheets.use(sheet)
    return [
        *sign_in.ROUTES,
        *exports.ROUTES,
        *files.ROUTES,
        *calendar.ROUTES,
        *service.ROUTES,
        *demo.ROUTES,
        *shell.ROUTES,
        *shell.PAGES,
    ]


def middleware() -> list[Middleware]:
    """Around everything: headers outermost, so that errors and refusals carry them too, then errors, then the gate.

    The framework's files come last, so that they too pass all three.
    """
    return [
        Middleware(headers.secured),
        Middleware(failures.caught),
        Middleware(gate.gate),
        Middleware(static.compressed),
    ]


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """From start to end of the process: log, clock, a database fit to serve, and the worker beside the server."""
    await run_in_threadpool(_prepare)
    with warm.beside(), _working(), exports.ending():
        yield


def serve(app: ASGIApp) -> None:
    """Serve until interrupted; one line says where. Ends the process with the reason if it cannot start."""
    try:
        configured = settings()
        _prepare()
    except PortalError as error:
        sys.exit(str(error))
    log.hush("uvicorn.error")
    gc.freeze()  # what is loaded by now stays: a collection that looks at it all again stops everybody for 0.15 s
    _Announced(server_config(app, configured)).run()


def server_config(app: ASGIApp, configured: Settings) -> uvicorn.Config:
    """How the portal is served: no word on what serves it, and a client's address only from the proxies we trust."""
    return uvicorn.Config(
        app,
        host=configured.host,
        port=configured.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(configured.trusted_proxies),
        forwarded_allow_ips=configured.trusted_proxies or None,
        ws="websockets-sansio",
        ws_max_size=(configured.upload_mb + 1) * _MEGABYTE,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )


class _Announced(uvicorn.Server):
    """A server that says where it is once it listens."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then say so."""
        await super().startup(sockets)
        sys.stdout.write(f"{_announcement()}\n")
        sys.stdout.flush()


def _announcement() -> str:
    if not settings().demo:
        return f"Canone serves {settings().public_url}"
    first = demo.accounts().accounts[0].username
    return f"Canone serves the demo at {settings().public_url} - sign in with {first}, the code arrives at /mailbox"


def _prepare() -> None:
    log.configure(settings().log_format)
    clock.set_to(settings().clock)
    if settings().demo:
        book.ensure()
    else:
        schema.require_current()
        book.require_absent()
    passwords.prepare()


@contextmanager
def _working() -> Iterator[None]:
    """The worker in a thread of this process, unless it runs elsewhere."""
    if settings().worker == "none":
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,), name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_STOP_SECONDS)
