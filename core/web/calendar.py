"""Calendars leave by this route: a program fetches them again and again, by the token in their address alone."""

import hashlib
from datetime import date, datetime, time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.access import Access
from core.billing import frames as billing
from core.identity import actions
from core.identity.flows import feeds
from core.identity.frames import Visitor
from core.intake import frames as intake
from core.kit import clock
from core.kit.dates import ROME
from core.kit.errors import NotFound, TooMany
from core.web import agenda, files, gate, metrics, paths

_MEDIA = "text/calendar; charset=utf-8"


def calendar(request: Request) -> Response:
    """GET /calendar/{token}.ics: due dates and contract ends of the account behind the token, in its language.

    Who has it as it is now (If-None-Match) gets no second copy: it is handed out, and noted, only when it has changed.
    """
    someone = _subscriber(request)
    access, today = someone.access, clock.today()
    content = agenda.text(billing.agenda(access, today), someone.lang, _revised_at(access, today))
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Content-Disposition": files.disposition("calendar.ics", save=False)}
    if _has(request, tag):
        return Response(status_code=304, headers=headers)
    if request.method == "HEAD":
        return Response(headers=headers | {"Content-Length": str(len(content))}, media_type=_MEDIA)
    actions.note_feed_read(access)
    metrics.CALENDARS.inc()
    return Response(content, headers=headers, media_type=_MEDIA)


def _subscriber(request: Request) -> Visitor:
    try:
        return feeds.subscriber(request.path_params["token"], address=gate.address(request))
    except (NotFound, TooMany):
        metrics.REFUSED.labels("calendar").inc()
        raise


def _revised_at(access: Access, today: date) -> datetime:
    """The instant from which on the calendar says what it says: the last book's, or today's beginning.

    The day counts too, as what was due yesterday is overdue from today on.
    """
    began = datetime.combine(today, time(), ROME)
    return max(began, intake.updated_at(access) or began)


def _has(request: Request, tag: str) -> bool:
    asked = request.headers.get("if-none-match", "")
    return asked == "*" or tag in {f"W/{one.strip().removeprefix('W/')}" for one in asked.split(",")}


ROUTES = [
    Route(f"{paths.CALENDAR}{{token}}.ics", calendar, methods=["GET"]),
    Route(f"{paths.CALENDAR}{{rest:path}}", files.unknown, methods=["GET"]),
]
