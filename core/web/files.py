"""Files leave by these routes and those of `core.web.exports`, each checked by the visitor's Access."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from core.billing import actions
from core.exports.made import Made
from core.kit.errors import NotFound
from core.web import gate, metrics

_LARGEST_ID = 2**63 - 1
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f"\\/:*?<>|]+')
_LONGEST_NAME = 150
# The framework would compress again what is compressed, and take its length away; this is how it lets an answer be.
AS_IT_IS = {"Content-Encoding": "identity"}


async def document(request: Request) -> Response:
    """GET /documents/{id}: a document of the visitor's customer, shown in the browser or, with ?download=1, saved."""
    access = gate.visitor_of(request).access
    number = _row_id(request.path_params["document_id"])
    file = await run_in_threadpool(lambda: actions.open_document(access, number))
    metrics.DOCUMENTS.inc()
    save = request.query_params.get("download") == "1"
    headers = AS_IT_IS | {"Content-Disposition": disposition(file.filename, save=save)}
    return Response(file.content, media_type=file.mime, headers=headers)


async def unknown(_request: Request) -> Response:
    """A file route that does not exist."""
    raise NotFound


def disposition(filename: str, *, save: bool) -> str:
    """A Content-Disposition after RFC 6266 that no file name can break out of: plain letters first, then the name."""
    name = _UNSAFE.sub("_", filename).strip(". ")[:_LONGEST_NAME] or "file"
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    exact = quote(name.encode("utf-8", "replace"), safe="")
    return f"{'attachment' if save else 'inline'}; filename=\"{plain}\"; filename*=UTF-8''{exact}"


def saved(made: Made, headers: Mapping[str, str]) -> Response:
    """The answer that has the browser save a file; `headers` say what is in it."""
    about = {"Content-Disposition": disposition(made.name, save=True), "Content-Length": str(made.size)}
    return StreamingResponse(made.chunks(), headers={**about, **headers})


def _row_id(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST_ID)) else 0
    if not 0 < number <= _LARGEST_ID:
        raise NotFound
    return number


ROUTES = [
    Route("/documents/{document_id}", document, methods=["GET"]),
    Route("/documents/{rest:path}", unknown, methods=["GET"]),
    Route("/exports/{rest:path}", unknown, methods=["GET"]),
]
