"""The security headers of every response, errors, redirects and static files included."""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.settings import Settings, settings
from core.web import framework

# The framework's files, whose names hold a hash of their content; ours are asked for with one, as ?v=.
_HASHED_NAME = re.compile(r"/static/.+[.-][\w-]{8}\.\w+")
_OURS = "/assets/"
_FOR_GOOD = "public, max-age=31536000, immutable"
_PRIVATE = "no-store, private"
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}
_LOOPBACK_SOCKETS = ("ws://127.0.0.1:*", "ws://localhost:*")


def secured(app: ASGIApp) -> ASGIApp:
    """Wrap an application: its HTTP responses, refused handshakes too, carry the headers of this module."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                _add(MutableHeaders(scope=message), scope, message["status"])
            await send(message)

        await app(scope, receive, add)

    return wrapped


def _add(headers: MutableHeaders, scope: Scope, status: int) -> None:
    headers.update(_policies(settings()))
    # A missing static file is answered with the framework's page, which must not be kept under that name.
    page = headers.get("content-type", "").startswith("text/html")
    cacheable = _named_by_content(scope) and status in {200, 206, 304} and not page
    headers["Cache-Control"] = _FOR_GOOD if cacheable else _PRIVATE
    if "server" in headers:
        del headers["server"]
    if settings().https:
        _secure_cookies(headers)


def _secure_cookies(headers: MutableHeaders) -> None:
    """The framework sets a cookie of its own without Secure, as it does not know of the proxy's TLS."""
    for position, (name, value) in enumerate(headers.raw):
        if name == b"set-cookie" and b"secure" not in value.lower():
            headers.raw[position] = (name, value + b"; Secure")


def _named_by_content(scope: Scope) -> bool:
    """Whether the address of a constant file changes with what is in it."""
    if scope["path"].startswith(_OURS):
        return "v" in QueryParams(scope["query_string"])
    return _HASHED_NAME.fullmatch(scope["path"]) is not None


def _policies(configured: Settings) -> dict[str, str]:
    policy = content_security_policy(configured.public_url, demo=configured.demo)
    return {"Content-Security-Policy": policy, **_FIXED, **(_HTTPS_ONLY if configured.https else {})}


@lru_cache
def content_security_policy(public_url: str, *, demo: bool) -> str:
    """The policy: scripts only from here and the framework's own inline ones, by hash; connections only to here."""
    return "; ".join(f"{name} {value}" for name, value in _directives(public_url, demo=demo))


def _directives(public_url: str, *, demo: bool) -> Iterator[tuple[str, str]]:
    public = urlsplit(public_url)
    socket = f"{'wss' if public.scheme == 'https' else 'ws'}://{public.netloc}"
    hashes = (f"'sha256-{digest}'" for digest in framework.inline_script_hashes())
    yield "default-src", "'self'"
    yield "script-src", " ".join(("'self'", *hashes))
    yield "style-src", "'self' 'unsafe-inline'"
    yield "img-src", "'self' data: blob:"
    yield "font-src", "'self' data:"
    yield "connect-src", " ".join(("'self'", socket, *(_LOOPBACK_SOCKETS if demo else ())))
    yield "worker-src", "'self' blob:"
    yield "object-src", "'none'"
    yield "base-uri", "'none'"
    yield "form-action", "'self'"
    yield "frame-ancestors", "'none'"
