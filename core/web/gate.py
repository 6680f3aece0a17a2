"""The gate in front of every page, file and websocket: without a live session only the sign-in pages get through.

It also tells Streamlit who is there, in headers that a client cannot send.
"""

import hashlib

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, QueryParams
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core import cookies
from core.identity import frames
from core.identity.frames import Visitor
from core.settings import settings
from core.web import handshakes, metrics, origin, pages, paths

_CLAIMS = b"x-portal-"
_DOWNLOADS = ("/documents/", "/exports/")
WAIT = "wait"  # the parameter by which a waiting page asks for its file, again and again


def gate(app: ASGIApp) -> ASGIApp:
    """Wrap an application: it sees only requests of its own pages, and beyond the open paths only live sessions."""

    async def gated(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await app(scope, receive, send)
            return
        if not origin.trusted(scope):
            await _refuse_origin(scope, receive, send)
            return
        if scope["type"] == "http" and paths.is_open(scope["path"]):
            await app(_introduced(scope, []), receive, send)
            return
        connection = HTTPConnection(scope)
        visitor = await look(connection, touch=_by_the_user(scope))
        if visitor is None:
            await _refuse(scope, receive, send)
            return
        if scope["path"] in paths.CLOSED:
            await PlainTextResponse("Not found.\n", 404)(scope, receive, send)
            return
        scope.setdefault("state", {})["visitor"] = visitor
        await app(_introduced(scope, _identity(visitor, session_token(connection))), receive, send)

    return gated


def session_token(connection: HTTPConnection) -> str:
    """The session cookie of a request; empty without one."""
    return connection.cookies.get(cookies.names(settings()).session, "")


def address(connection: HTTPConnection) -> str:
    """Where a request comes from."""
    return connection.client.host if connection.client else ""


async def look(connection: HTTPConnection, *, touch: bool) -> Visitor | None:
    """Who is behind a session cookie, asked off the event loop; `touch` renews the time of the last activity."""
    token = session_token(connection)
    if not token:
        return None
    return await run_in_threadpool(lambda: frames.visitor(token, touch=touch, address=address(connection)))


def visitor_of(request: Request) -> Visitor:
    """The visitor the gate let through to a gated route."""
    visitor: Visitor = request.state.visitor
    return visitor


def _navigation(scope: Scope) -> bool:
    """Whether a browser asks for a page to show."""
    if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def _by_the_user(scope: Scope) -> bool:
    if scope["path"].startswith("/exports/") and WAIT in QueryParams(scope["query_string"]):
        return False  # by the page that waits, be anybody in front of it or not
    return _navigation(scope) or scope["path"].startswith(_DOWNLOADS)


def _introduced(scope: Scope, identity: list[tuple[bytes, bytes]]) -> Scope:
    """The scope with the gate's word on who is there in place of any the client sent."""
    kept = [(name, value) for name, value in scope["headers"] if not name.lower().startswith(_CLAIMS)]
    return {**scope, "headers": kept + identity}


def _identity(visitor: Visitor, token: str) -> list[tuple[bytes, bytes]]:
    digest = hashlib.sha256(token.encode()).hexdigest()[:16]
    return [(b"x-portal-user", visitor.username.encode()), (b"x-portal-session", digest.encode())]


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        metrics.REFUSED.labels("no_session").inc()
        await handshakes.refuse(scope, receive, send, handshakes.NO_SESSION)
        return
    response: Response = PlainTextResponse("Sign in first.\n", 401)
    if _navigation(scope):
        response = RedirectResponse(paths.login_for(paths.asked(scope)), 303)
    metrics.REFUSED.labels("no_session").inc()
    await response(scope, receive, send)


async def _refuse_origin(scope: Scope, receive: Receive, send: Send) -> None:
    metrics.REFUSED.labels("origin").inc()
    if scope["type"] == "websocket":
        await handshakes.refuse(scope, receive, send, handshakes.FOREIGN)
        return
    await pages.foreign(Request(scope))(scope, receive, send)
