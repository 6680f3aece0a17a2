"""What the portal needs to know of Streamlit's own front end: index page, scripts, fonts. Read once, never imported."""

import base64
import hashlib
import re
from functools import lru_cache
from html import escape
from importlib.util import find_spec
from pathlib import Path

from core import brand
from core.kit.errors import N_
from core.locale import translations
from core.settings import settings
from core.web import phrases

_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_LOADED = re.compile(r'(?:src|href)="\.(/static/(?:js|css)/[^"]+)"')
_FONT = re.compile(r'href="\.(/static/media/SourceSansVF-Upright[^"]+\.woff2)"')
_LINK_TO_AGENT = re.compile(r'\s*<link rel="service-desc"[^>]*>')
_WITHOUT_SCRIPTS = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)


@lru_cache(maxsize=1)
def _index() -> str:
    spec = find_spec("streamlit")
    assert spec is not None and spec.origin is not None  # noqa: S101 - the framework is a requirement
    return (Path(spec.origin).parent / "static" / "index.html").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def inline_script_hashes() -> tuple[str, ...]:
    """The base64 SHA-256 of each inline script of the index page, as a content security policy wants them."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(_index()))
    return tuple(base64.b64encode(digest).decode() for digest in digests)


@lru_cache(maxsize=1)
def prefetch() -> tuple[str, ...]:
    """The scripts and style sheets every page needs, for the sign-in pages to fetch while somebody types."""
    return tuple(dict.fromkeys(_LOADED.findall(_index())))


@lru_cache(maxsize=1)
def font() -> str:
    """The path of the framework's Source Sans file."""
    found = _FONT.search(_index())
    assert found is not None  # noqa: S101 - a test reads it from the pinned framework
    return found[1]


@lru_cache
def index_page(lang: str, company: str) -> str:
    """The page every address of the portal opens with: in the reader's language, under the company's name.

    It loads the script that translates the framework's own phrases, and does not point to the agent interface.
    """
    page = _LINK_TO_AGENT.sub("", _index(), count=1)
    notice = translations(lang).gettext(
        N_("The portal needs JavaScript. Turn it on in the browser and load the page again.")
    )
    page = _WITHOUT_SCRIPTS.sub(f"<noscript><p>{escape(notice)}</p></noscript>", page, count=1)
    page = page.replace('<html lang="en">', f'<html lang="{lang}">', 1)
    page = page.replace("<title>Streamlit</title>", f"<title>{escape(company)}</title>", 1)
    page = page.replace('href="./favicon.png"', f'href="{escape(brand.icon(company))}"', 1)
    script = f'  <script src="{escape(phrases.address(lang))}" defer></script>\n  </head>'
    return page.replace("</head>", script, 1)


def index_for(lang: str) -> str:
    """The index page of this installation in a language of the catalogues."""
    return index_page(lang, settings().company_name)
