"""What a route raises becomes a page: expected errors say what to do, anything else is an incident code and a trace."""

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import log
from core.exports.outside import Unfinished
from core.kit.errors import (
    N_,
    Busy,
    NoSpace,
    NotFound,
    PortalError,
    SessionEnded,
    TooLarge,
    TooMany,
    TooManyInvoices,
    TooManyRows,
    WrongPeriod,
)
from core.locale import translations
from core.web import handshakes, metrics, pages, paths
from core.web.forms import NotAForm

_ANSWERS: dict[type[PortalError], tuple[int, str]] = {
    NotAForm: (400, N_("Form not understood")),
    NotFound: (404, N_("Not found")),
    SessionEnded: (401, N_("Sign in again")),
    TooMany: (429, N_("Too many attempts")),
    WrongPeriod: (422, N_("Period not understood")),
    TooManyRows: (413, N_("Too many rows")),
    TooManyInvoices: (413, N_("Too many invoices")),
    TooLarge: (413, N_("Too many invoices")),
    Busy: (503, N_("Busy")),
    Unfinished: (503, N_("File not made")),
    NoSpace: (507, N_("No space left")),
}


def caught(app: ASGIApp) -> ASGIApp:
    """Wrap an application: no HTTP request ends in a bare trace or an empty answer, no busy handshake in a trace."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await _handshake(app, scope, receive, send)
            return
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await app(scope, receive, watch)
        except ClientDisconnect:
            log.logger.info("the client went away", path=paths.logged(scope["path"]))
        except Exception as error:
            if started:
                raise
            await answer(Request(scope), error)(scope, receive, send)

    return wrapped


async def _handshake(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """The gate looks the session up before it accepts a websocket; if it cannot, the browser tries again by itself."""
    try:
        await app(scope, receive, send)
    except (Busy, NoSpace):
        await handshakes.refuse(scope, receive, send, handshakes.TRY_AGAIN, 503)


def answer(request: Request, error: Exception) -> Response:
    """The page for an error that a route raised."""
    expected = log.expected(error)
    if expected is not None and type(expected) in _ANSWERS:
        return _expected(request, expected)
    metrics.BUGS.inc()
    incident = log.bug(error, method=request.method, path=paths.logged(request.url.path))
    gettext = translations(pages.language(request)).gettext
    text = gettext(N_("Nothing was changed. Try again; if it happens again, tell us this code."))
    return pages.problem(request, 500, gettext(N_("Something went wrong")), text, incident)


def _expected(request: Request, error: PortalError) -> Response:
    status, title = _ANSWERS[type(error)]
    gettext = translations(pages.language(request)).gettext
    way = None
    if isinstance(error, TooManyRows):
        way = pages.Way(gettext(N_("Download all the rows as CSV")), _as_csv(request))
    response = pages.problem(request, status, gettext(title), pages.message(request, error), way=way)
    if isinstance(error, TooMany | Busy):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _as_csv(request: Request) -> str:
    """The address of the same rows in the format that has no limit."""
    path, query = request.url.path, request.url.query
    return path.rpartition(".")[0] + ".csv" + (f"?{query}" if query else "")
