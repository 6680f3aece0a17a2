"""What the portal needs to know of Streamlit's own front end: index page, scripts, fonts. Read once, never imported."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from core import brand
from core.kit.errors import N_
from core.locale import translations
from core.settings import settings
from core.web import phrases, sheets

# The parts that the front end fetches only once it draws them: those of the home page, then those of the page after it.
_HOME = ("Html", "Button", "PageLink", "Metric", "Table")
_NEXT = ("LinkButton", "ButtonGroup", "Pagination", "Selectbox", "TextInput")
_SANS = "src/assets/fonts/Source_Sans/SourceSansVF-Upright.ttf.woff2"
_ICONS = "src/assets/fonts/MaterialSymbols/MaterialSymbols-Rounded.woff2"

_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_LINK_TO_AGENT = re.compile(r'\s*<link rel="service-desc"[^>]*>')
_WITHOUT_SCRIPTS = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
# With these the front end opens its websocket at once; without, it first asks where the server is and who may embed it.
_CONNECT = """<script>
      window.__streamlit = {
        BACKEND_BASE_URL: location.origin,
        HOST_CONFIG: { allowedOrigins: [location.origin], useExternalAuthToken: false },
      }
    </script>
    """


@lru_cache(maxsize=1)
def folder() -> Path:
    """Where the installed front end lies; `/static/` is its subfolder of that name."""
    spec = find_spec("streamlit")
    assert spec is not None and spec.origin is not None  # noqa: S101 - the framework is a requirement
    return Path(spec.origin).parent / "static"


@lru_cache(maxsize=1)
def _index() -> str:
    return (folder() / "index.html").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _manifest() -> dict[str, dict[str, Any]]:
    """The build's own list of its parts: the file of each, its style sheets, the parts it imports."""
    parts: dict[str, dict[str, Any]] = json.loads((folder() / "manifest.json").read_text(encoding="utf-8"))
    return parts


@lru_cache(maxsize=1)
def inline_script_hashes() -> tuple[str, ...]:
    """The base64 SHA-256 of each inline script of the index page, as a content security policy wants them."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(_CONNECT + _index()))
    return tuple(base64.b64encode(digest).decode() for digest in digests)


@lru_cache(maxsize=1)
def ahead() -> tuple[str, ...]:
    """The files of the home page and the page after it, for the sign-in pages to fetch while somebody types."""
    return tuple(dict.fromkeys((*_files(["index.html"]), icons(), *preload(), *_files(_drawing(_NEXT)))))


@lru_cache(maxsize=1)
def preload() -> tuple[str, ...]:
    """The scripts of the home page that the index page does not name itself."""
    named = set(_files(["index.html"]))
    return tuple(address for address in _files(_drawing(_HOME)) if address not in named)


def font() -> str:
    """The address of the framework's Source Sans file."""
    return _address(_manifest()[_SANS]["file"])


def icons() -> str:
    """The address of the framework's icon font."""
    return _address(_manifest()[_ICONS]["file"])


def _drawing(names: Iterable[str]) -> list[str]:
    lazy = {part["name"]: key for key, part in _manifest().items() if part.get("isDynamicEntry")}
    return [lazy[name] for name in names]


def _files(keys: Iterable[str]) -> Iterator[str]:
    """The addresses of some parts and of all that they import."""
    waiting, seen = list(keys), set()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            part = _manifest()[key]
            yield from map(_address, (part["file"], *part.get("css", ())))
            waiting.extend(part.get("imports", ()))


def _address(file: str) -> str:
    return f"/{file}"


@lru_cache
def index_page(lang: str, company: str, sheet: str = "") -> str:
    """The page every address of the portal opens with: in the reader's language, under the company's name.

    It names every script of the home page, connects at once, loads the script that translates the framework's own
    phrases and the style sheet `sheet`, and does not point to the agent interface.
    """
    page = _LINK_TO_AGENT.sub("", _index(), count=1)
    notice = translations(lang).gettext(
        N_("The portal needs JavaScript. Turn it on in the browser and load the page again.")
    )
    page = _WITHOUT_SCRIPTS.sub(f"<noscript><p>{escape(notice)}</p></noscript>", page, count=1)
    page = page.replace('<html lang="en">', f'<html lang="{lang}">', 1)
    page = page.replace("<title>Streamlit</title>", f"<title>{escape(company)}</title>", 1)
    page = page.replace('href="./favicon.png"', f'href="{escape(brand.icon(company))}"', 1)
    page = page.replace('<script type="module"', f'{_CONNECT}<script type="module"', 1)
    links = "".join(f'  <link rel="modulepreload" crossorigin href="{address}">\n  ' for address in preload())
    script = f'  <script src="{escape(phrases.address(lang))}" defer></script>\n  </head>'
    # At the end: it has the last word over the styles that the front end puts into the head.
    style = f'<link rel="stylesheet" href="{escape(sheet)}"></body>'
    return page.replace("</head>", links + script, 1).replace("</body>", style, 1)


def index_for(lang: str) -> str:
    """The index page of this installation in a language of the catalogues."""
    return index_page(lang, settings().company_name, sheets.address(lang))
