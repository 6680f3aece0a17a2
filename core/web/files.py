"""Files leave by these routes and no other way: documents and workbooks, each checked by the visitor's Access."""

import re
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from core.billing import actions
from core.billing.frames import Filters
from core.identity.frames import Visitor
from core.kit import clock
from core.kit.errors import NotFound
from core.web import gate, metrics

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IN_MEMORY = 4 * 1024 * 1024
_CHUNK = 256 * 1024
_LARGEST_ID = 2**63 - 1
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f"\\/:*?<>|]+')
_LONGEST_NAME = 150


async def document(request: Request) -> Response:
    """GET /documents/{id}: a document of the visitor's customer, shown in the browser or, with ?download=1, saved."""
    access = gate.visitor_of(request).access
    number = _row_id(request.path_params["document_id"])
    file = await run_in_threadpool(lambda: actions.open_document(access, number))
    metrics.DOCUMENTS.inc()
    save = request.query_params.get("download") == "1"
    headers = {"Content-Disposition": disposition(file.filename, save=save)}
    return Response(file.content, media_type=file.mime, headers=headers)


async def invoices(request: Request) -> Response:
    """GET /exports/invoices.xlsx: the schedule with the page's filters; `headers=manual` as it once was."""
    visitor, wanted = gate.visitor_of(request), Filters.of(request.query_params)
    manual = request.query_params.get("headers") == "manual"
    out, name = await run_in_threadpool(lambda: _written(visitor, wanted, manual_headers=manual))
    metrics.EXPORTS.inc()
    headers = {"Content-Disposition": disposition(name, save=True), "Content-Length": str(_size(out))}
    return StreamingResponse(_chunks(out), media_type=XLSX, headers=headers)


async def unknown(_request: Request) -> Response:
    """A file route that does not exist."""
    raise NotFound


def disposition(filename: str, *, save: bool) -> str:
    """A Content-Disposition after RFC 6266 that no file name can break out of: plain letters first, then the name."""
    name = _UNSAFE.sub("_", filename).strip(". ")[:_LONGEST_NAME] or "file"
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    exact = quote(name.encode("utf-8", "replace"), safe="")
    return f"{'attachment' if save else 'inline'}; filename=\"{plain}\"; filename*=UTF-8''{exact}"


def _row_id(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST_ID)) else 0
    if not 0 < number <= _LARGEST_ID:
        raise NotFound
    return number


def _written(visitor: Visitor, wanted: Filters, *, manual_headers: bool) -> tuple[BinaryIO, str]:
    """A workbook in a temporary file, at its start, and the file's name."""
    out = cast("BinaryIO", SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - closed when it has been sent
    try:
        name = actions.export_invoices(
            visitor.access,
            clock.today(),
            wanted,
            out,
            lang=visitor.lang,
            who=visitor.name,
            manual_headers=manual_headers,
        )
    except BaseException:
        out.close()
        raise
    return out, name


def _size(out: BinaryIO) -> int:
    size = out.seek(0, 2)
    out.seek(0)
    return size


def _chunks(out: BinaryIO) -> Iterator[bytes]:
    with out:
        while chunk := out.read(_CHUNK):
            yield chunk


ROUTES = [
    Route("/documents/{document_id}", document, methods=["GET"]),
    Route("/exports/invoices.xlsx", invoices, methods=["GET"]),
    Route("/documents/{rest:path}", unknown, methods=["GET"]),
    Route("/exports/{rest:path}", unknown, methods=["GET"]),
]
