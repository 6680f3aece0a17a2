"""Signing in and out: plain HTML forms, no script. The session cookie is set only after the one-time code."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import cookies
from core.identity import actions
from core.identity.flows import login
from core.identity.flows.login import SignedIn
from core.kit import clock
from core.kit.errors import N_, CodeEnded, PortalError, TooMany, WrongCode, WrongCredentials
from core.locale import LANGUAGES, translations
from core.settings import settings
from core.web import demo, forms, gate, metrics, pages, paths

T = TypeVar("T")
# Times are shown to the minute: the minute after the one in which a code may be asked for is never too early.
_ONE_MINUTE = timedelta(minutes=1)


class NotTheCode(PortalError):
    """What was typed cannot be a code; it does not count as an attempt."""

    message = N_("Write the %(digits)s digits of the code.")


async def login_page(request: Request) -> Response:
    """GET /login: the form, or straight on for who is signed in already."""
    target = paths.local(request.query_params.get("next", paths.HOME))
    if await gate.look(request, touch=False) is not None:
        return RedirectResponse(target, 303)
    return _with_language(request, await _login_form(request, 200, target=target))


async def login_sent(request: Request) -> Response:
    """POST /login: user name and password; a right pair sends the code and leads to its page."""
    form = await forms.fields(request)
    username, password = form.get("username", "").strip(), form.get("password", "")
    target = paths.local(form.get("next", paths.HOME))
    missing = {
        "username": "" if username else N_("Write your user name."),
        "password": "" if password else N_("Write your password."),
    }
    if any(missing.values()):
        return await _login_form(request, 422, target=target, username=username, faults=missing)
    browser = secrets.token_urlsafe(32)
    try:
        await _off_loop(
            lambda: login.begin(
                username=username,
                password=password,
                browser_token=browser,
                device_token=request.cookies.get(_names().device),
                address=gate.address(request),
                next_path=target,
                lang=pages.chosen_language(request),
            )
        )
    except WrongCredentials as error:
        wrong = {"password": error.message}
        return _refused(await _login_form(request, 401, target=target, username=username, faults=wrong), error)
    except TooMany as error:
        return _refused(await _login_form(request, 429, target=target, username=username, error=error), error)
    response = RedirectResponse(paths.CODE, 303)
    _set(response, _names().before, browser)
    return response


async def code_page(request: Request) -> Response:
    """GET /login/code: the form for the code this browser has been sent."""
    return _with_language(request, await _code_form(request, 200))


async def code_sent(request: Request) -> Response:
    """POST /login/code: the right code begins the session, under a new cookie."""
    code = "".join((await forms.fields(request)).get("code", "").split())
    if not code.isascii() or not code.isdigit() or len(code) != settings().code_digits:
        missing = NotTheCode(digits=settings().code_digits)
        return await _code_form(request, 422, fault=missing)
    try:
        signed_in = await _off_loop(
            lambda: login.confirm(
                browser_token=_before(request),
                code=code,
                address=gate.address(request),
                device_token=request.cookies.get(_names().device),
                replaces=gate.session_token(request) or None,
                browser=request.headers.get("user-agent", ""),
            )
        )
    except WrongCode as error:
        return _refused(await _code_form(request, 401, fault=error), error)
    except TooMany as error:
        return _refused(await _code_form(request, 429, error=error), error)
    except CodeEnded as error:
        return await _started_over(request, error)
    metrics.SIGN_INS.inc()
    return _welcomed(signed_in)


async def code_resent(request: Request) -> Response:
    """POST /login/code/resend: a new code, which voids the one before."""
    try:
        await _off_loop(lambda: login.resend(_before(request), address=gate.address(request)))
    except TooMany as error:
        return _refused(await _code_form(request, 429, error=error), error)
    except CodeEnded as error:
        return await _started_over(request, error)
    return RedirectResponse(paths.CODE, 303)


async def logged_out(request: Request) -> Response:
    """POST /logout: end the session, forget its cookie."""
    visitor = await gate.look(request, touch=False)
    if visitor is not None:
        await _off_loop(lambda: actions.sign_out(visitor.access))
    response = RedirectResponse(paths.LOGIN, 303)
    _forget(response, _names().session)
    _forget(response, _names().before)
    return response


async def logout_visited(_request: Request) -> Response:
    """GET /logout changes nothing: it leads home, where the way out is a button."""
    return RedirectResponse(paths.HOME, 303)


async def _login_form(
    request: Request,
    status: int,
    *,
    target: str = paths.HOME,
    username: str = "",
    faults: dict[str, str] | None = None,
    error: PortalError | None = None,
) -> Response:
    gettext = translations(pages.language(request)).gettext
    values = {
        "target": target,
        "username": username,
        "faults": {name: gettext(fault) for name, fault in (faults or {}).items() if fault},
        "error": pages.message(request, error) if error else "",
        "accounts": await _off_loop(demo.accounts) if settings().demo else None,
    }
    return pages.render("login.html", request, status, **values)


async def _code_form(
    request: Request, status: int, *, fault: PortalError | None = None, error: PortalError | None = None
) -> Response:
    pending = await _off_loop(lambda: login.pending(_before(request)))
    if pending is None:
        return RedirectResponse(paths.LOGIN, 303)
    values = {
        "pending": pending,
        "resend_from": pending.resend_at + _ONE_MINUTE if pending.resend_at > clock.now() else None,
        "digits": settings().code_digits,
        "faults": {"code": pages.message(request, fault)} if fault else {},
        "error": pages.message(request, error) if error else "",
    }
    return pages.render("code.html", request, status, **values)


async def _started_over(request: Request, error: PortalError) -> Response:
    response = _refused(await _login_form(request, 401, error=error), error)
    _forget(response, _names().before)
    return response


def _refused(response: Response, error: PortalError) -> Response:
    metrics.REFUSED.labels(type(error).__name__).inc()
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _welcomed(signed_in: SignedIn) -> Response:
    response = RedirectResponse(paths.local(signed_in.next_path), 303)
    _set(response, _names().session, signed_in.token)
    _set(response, _names().device, signed_in.device_token, cookies.YEAR)
    _forget(response, _names().before)
    return response


def _with_language(request: Request, response: Response) -> Response:
    """Keep the language that was asked for in the address."""
    choice = request.query_params.get("lang")
    if choice in LANGUAGES:
        _set(response, _names().lang, choice, cookies.YEAR)
    return response


def _before(request: Request) -> str:
    return request.cookies.get(_names().before, "")


def _names() -> cookies.CookieNames:
    return cookies.names(settings())


def _set(response: Response, name: str, value: str, seconds: int | None = None) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", secure=settings().https, httponly=True, samesite="lax")


def _forget(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=settings().https, httponly=True, samesite="lax")


async def _off_loop(deed: Callable[[], T]) -> T:
    """Hash passwords and ask the database in a thread, so that nobody else waits."""
    return await run_in_threadpool(deed)


ROUTES = [
    Route(paths.LOGIN, login_page, methods=["GET"]),
    Route(paths.LOGIN, login_sent, methods=["POST"]),
    Route(paths.CODE, code_page, methods=["GET"]),
    Route(paths.CODE, code_sent, methods=["POST"]),
    Route(paths.RESEND, code_resent, methods=["POST"]),
    Route(paths.LOGOUT, logged_out, methods=["POST"]),
    Route(paths.LOGOUT, logout_visited, methods=["GET"]),
]
