"""For operators: is the process up, is it ready to serve, what has it done."""

import secrets

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from core import log, schema, worker
from core.kit.errors import Busy, NoSpace
from core.settings import settings
from core.web import metrics

_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def healthz(_request: Request) -> Response:
    """GET /healthz: the process answers."""
    return JSONResponse({"status": "ok"})


async def readyz(_request: Request) -> Response:
    """GET /readyz: 200 when the database, its schema and the worker are fit to serve, else 503; says which is not."""
    checks = await run_in_threadpool(_checks)
    ready = all(value == "ok" for value in checks.values())
    return JSONResponse({"status": "ok" if ready else "not ready", **checks}, 200 if ready else 503)


async def metrics_text(request: Request) -> Response:
    """GET /metrics: for who sends the metrics token as a bearer."""
    if not _has_token(request):
        return PlainTextResponse("A metrics token is needed.\n", 401, {"WWW-Authenticate": "Bearer"})
    return Response(await run_in_threadpool(metrics.text), media_type=_METRICS_TYPE)


def _checks() -> dict[str, str]:
    try:
        at = schema.current()
        silent = metrics.worker_silent_seconds() if at else None
    except Busy:
        return {"database": "busy"}
    except NoSpace:
        return {"database": "no space left"}
    except Exception as error:  # whatever the driver raises, the answer is the same and the trace is in the log
        return {"database": "unreachable", "incident": log.bug(error)}
    current = "ok" if at == schema.newest() else "not current"
    return {"database": "ok", "schema": current, "worker": _worker(silent)}


def _worker(silent: float | None) -> str:
    """One answer wherever the worker runs: beside the server or elsewhere, it leaves the same sign of life."""
    if silent is None:
        return "never ran"
    return "ok" if silent < worker.SILENT_SECONDS else f"silent for {silent:.0f} s"


def _has_token(request: Request) -> bool:
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    given = bearer if scheme.lower() == "bearer" else ""
    expected = settings().metrics_token
    return bool(expected) and secrets.compare_digest(given.encode(), expected.encode())


ROUTES = [
    Route("/healthz", healthz, methods=["GET"]),
    Route("/readyz", readyz, methods=["GET"]),
    Route("/metrics", metrics_text, methods=["GET"]),
]
