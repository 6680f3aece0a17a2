"""The portal's own HTML pages: templates, the reader's language, and the pages for what went wrong."""

import re
from functools import lru_cache
from pathlib import Path

from babel import negotiate_locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from core import cookies
from core.formats import Formats
from core.kit.errors import N_, PortalError
from core.locale import DEFAULT, LANGUAGES, short, translations
from core.settings import Settings, settings
from core.web import framework

TEMPLATES = Path(__file__).parent / "templates"
_DRAWN_FOR = Settings.model_fields["company_name"].default
_ACCEPTED = re.compile(r"([A-Za-z-]+)(?:\s*;\s*q=([01](?:\.\d+)?))?")


@lru_cache
def _environment(lang: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translations(lang), newstyle=True)  # type: ignore[attr-defined]  # set by the extension
    return environment


def language(request: Request) -> str:
    """The language of a page: the visitor's, else the one asked for, that of the cookie, or the browser's first."""
    visitor = request.scope.get("state", {}).get("visitor")
    if visitor is not None:
        return short(visitor.lang)
    for choice in (request.query_params.get("lang"), request.cookies.get(cookies.names(settings()).lang)):
        if choice in LANGUAGES:
            return choice
    return _preferred(request.headers.get("accept-language", ""))


def _preferred(header: str) -> str:
    """The first of our languages in the browser's order of preference."""
    weighed = [(match[1], float(match[2] or 1)) for match in _ACCEPTED.finditer(header)]
    ordered = [tag for tag, _ in sorted(weighed, key=lambda pair: -pair[1])]
    return negotiate_locale([tag.replace("-", "_") for tag in ordered], list(LANGUAGES)) or DEFAULT


def render(name: str, request: Request, status: int = 200, **values: object) -> HTMLResponse:
    """A page from a template, with what every page needs."""
    lang = language(request)
    common = {
        "lang": lang,
        "languages": LANGUAGES,
        "formats": Formats(lang),
        "company": settings().company_name,
        "legal": settings().company_legal.splitlines(),
        "drawn_wordmark": settings().company_name == _DRAWN_FOR,
        "font": framework.font(),
        "demo": settings().demo,
    }
    return HTMLResponse(_environment(lang).get_template(name).render({**common, **values}), status)


def message(request: Request, error: PortalError) -> str:
    """What an expected error says, in the reader's language."""
    text = translations(language(request)).gettext(error.message)
    return text % error.params if error.params else text


def problem(request: Request, status: int, title: str, text: str, incident: str = "") -> Response:
    """A page that says what went wrong; one line of text for who does not read HTML. Texts are already translated."""
    if "text/html" in request.headers.get("accept", ""):
        return render("problem.html", request, status, title=title, text=text, incident=incident)
    return PlainTextResponse(" ".join(filter(None, (title, text, incident))) + "\n", status)


def foreign(request: Request) -> Response:
    """The answer to a request that did not come from a page of the portal."""
    gettext = translations(language(request)).gettext
    text = gettext(N_("This request did not come from a page of the portal. Open the portal and try again."))
    return problem(request, 403, gettext(N_("Request refused")), text)
