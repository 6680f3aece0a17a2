"""The page every address of the portal opens with, and the constant files beside it."""

import gzip
from functools import lru_cache

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from core import brand
from core.kit.errors import NotFound
from core.web import framework, pages, phrases, sheets, static


class _PageName(StringConvertor):
    """One segment without a dot: `/invoices/_stcore/health` and files stay the framework's."""

    regex = "[^/.]+"


register_url_convertor("page", _PageName())


async def index(request: Request) -> Response:
    """GET of any page: the framework's own page in the visitor's language; the script draws the rest.

    It may be compressed: nothing of the visitor but the language is in it, and nothing of the address.
    """
    page = framework.index_for(pages.language(request))
    if not static.takes_gzip(request.headers.get("accept-encoding", "")):
        # The framework's own compression says so too, of every address but this one.
        return HTMLResponse(page, headers={"Vary": "Accept-Encoding"} if request.url.path == "/" else None)
    return HTMLResponse(_packed(page), headers={"Vary": "Accept-Encoding", "Content-Encoding": "gzip"})


@lru_cache
def _packed(page: str) -> bytes:
    return gzip.compress(page.encode(), mtime=0)


async def phrases_script(request: Request) -> Response:
    """GET /assets/phrases.{lang}.js: the translation of the framework's phrases."""
    lang = request.path_params["lang"]
    if lang not in phrases.languages():
        raise NotFound
    return Response(phrases.script(lang), media_type="text/javascript")


async def style_sheet(request: Request) -> Response:
    """GET /assets/portal.{lang}.css: how the pages look, with the words that the style sheet says on a phone."""
    lang = request.path_params["lang"]
    if lang not in phrases.languages():
        raise NotFound
    return Response(sheets.text(lang), media_type="text/css")


async def mark(_request: Request) -> Response:
    """GET /assets/mark.svg: the icon of the browser's tab."""
    return Response(brand.mark(brand.company()), media_type="image/svg+xml")


ROUTES = [
    Route("/assets/phrases.{lang}.js", phrases_script, methods=["GET"]),
    Route("/assets/portal.{lang}.css", style_sheet, methods=["GET"]),
    Route("/assets/mark.svg", mark, methods=["GET"]),
]
PAGES = [Route("/", index, methods=["GET"]), Route("/{page:page}", index, methods=["GET"])]
