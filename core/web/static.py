"""The framework's scripts and style sheets, compressed once per process; the framework sends them as they are."""

import gzip
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.web import framework

_TYPES = {".js": "text/javascript", ".css": "text/css"}
_WORTH_BYTES = 200


def compressed(app: ASGIApp) -> ASGIApp:
    """Wrap an application: a script or style sheet of the framework is answered here, for whoever takes gzip.

    A part of one, and whatever else is asked for, stays the application's.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"} or scope["path"] not in texts():
            await app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if "range" in headers or not takes_gzip(headers.get("accept-encoding", "")):
            await app(scope, receive, _varying(send))
            return
        body = await run_in_threadpool(packed, scope["path"])
        await _answer(headers, scope["path"], body)(scope, receive, send)

    return wrapped


@lru_cache(maxsize=1)
def texts() -> Mapping[str, Path]:
    """The files that gain by compression, by address: an address that is not one of them never becomes a path."""
    root = framework.folder()
    files = (path for kind in _TYPES for path in (root / "static").rglob(f"*{kind}"))
    return {f"/{path.relative_to(root).as_posix()}": path for path in files if path.stat().st_size >= _WORTH_BYTES}


@cache
def packed(address: str) -> bytes:
    """The compressed content of one of the texts."""
    return gzip.compress(texts()[address].read_bytes(), mtime=0)


def _answer(asked: Headers, address: str, body: bytes) -> Response:
    name = PurePosixPath(address)
    tag = f'"{name.name}.gz"'  # the name holds a hash of the content
    headers = {"ETag": tag, "Vary": "Accept-Encoding"}
    if _known(asked.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers={**headers, "Content-Encoding": "gzip"}, media_type=_TYPES[name.suffix])


def _known(given: str, tag: str) -> bool:
    tags = {one.strip().removeprefix("W/") for one in given.split(",")}
    return tag in tags or "*" in tags


def takes_gzip(accepted: str) -> bool:
    """Whether an `Accept-Encoding` lets an answer be compressed."""
    offers = (offer.partition(";q=") for offer in accepted.lower().replace(" ", "").split(","))
    qualities = {name: quality for name, _, quality in offers}
    quality = qualities.get("gzip", qualities.get("*", "0"))
    return not quality or quality.strip("0.") != ""


def _varying(send: Send) -> Send:
    """Say that another reader may get the same address compressed."""

    async def varied(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).add_vary_header("Accept-Encoding")
        await send(message)

    return varied
