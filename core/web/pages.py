"""The portal's own HTML pages: templates, the reader's language, and the pages for what went wrong."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from core import brand, cookies
from core.formats import Formats
from core.kit.errors import N_, PortalError
from core.locale import DEFAULT, LANGUAGES, short, translations
from core.settings import settings
from core.web import framework, phrases, sheets

TEMPLATES = Path(__file__).parent / "templates"


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


def make_ready(lang: str) -> None:
    """Read every template in a language, so that no visitor waits for it."""
    environment = _environment(lang)
    for name in environment.list_templates():
        environment.get_template(name)


def chosen_language(request: Request) -> str:
    """The language that was chosen in the address or, earlier, kept in the cookie; empty where none was."""
    kept = request.cookies.get(cookies.names(settings()).lang)
    return next((choice for choice in (request.query_params.get("lang"), kept) if choice in LANGUAGES), "")


def language(request: Request) -> str:
    """The language of a page: the visitor's, else the chosen one, else Italian."""
    visitor = request.scope.get("state", {}).get("visitor")
    return short(visitor.lang) if visitor is not None else chosen_language(request) or DEFAULT


def render(name: str, request: Request, status: int = 200, **values: object) -> HTMLResponse:
    """A page from a template, with what every page needs.

    The framework compresses it on its way: no template may set a secret beside what came with the request.
    """
    lang = language(request)
    common = {
        "lang": lang,
        "languages": LANGUAGES,
        "formats": Formats(lang),
        "company": settings().company_name,
        "legal": settings().company_legal.splitlines(),
        "wordmark": brand.wordmark(settings().company_name),
        "icon": brand.icon(settings().company_name),
        "font": framework.font(),
        "ahead": framework.ahead(),
        "phrases": phrases.address(lang),
        "sheet": sheets.address(lang),
        "demo": settings().demo,
    }
    return HTMLResponse(_environment(lang).get_template(name).render({**common, **values}), status)


def message(request: Request, error: PortalError) -> str:
    """What an expected error says, in the reader's language."""
    lang = language(request)
    counts = {name: Formats(lang).count(value) for name, value in error.params.items() if isinstance(value, int)}
    text = translations(lang).gettext(error.message)
    return text % {**error.params, **counts} if error.params else text


@dataclass(frozen=True, slots=True)
class Way:
    """A way on from a page: the text of a link, already translated, and where it leads."""

    text: str
    address: str


def problem(
    request: Request, status: int, title: str, text: str, incident: str = "", way: Way | None = None
) -> Response:
    """A page that says what went wrong; one line of text for who does not read HTML. Texts are already translated."""
    if "text/html" in request.headers.get("accept", ""):
        return render("problem.html", request, status, title=title, text=text, incident=incident, way=way)
    words = (title, text, incident, f"{way.text}: {way.address}" if way else "")
    return PlainTextResponse(" ".join(filter(None, words)) + "\n", status)


def foreign(request: Request) -> Response:
    """The answer to a request that did not come from a page of the portal."""
    gettext = translations(language(request)).gettext
    text = gettext(N_("This request did not come from a page of the portal. Open the portal and try again."))
    return problem(request, 403, gettext(N_("Request refused")), text)
