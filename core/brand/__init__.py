"""The lessor on every page: wordmark and mark. A company other than the demo's is written as text."""

import hashlib
from functools import lru_cache
from html import escape
from pathlib import Path

from core.settings import Settings, settings

FOLDER = Path(__file__).parent
_DRAWN_FOR = Settings.model_fields["company_name"].default
_LETTER_WIDTH = 10.5
_TEXT = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="30" viewBox="0 0 {width} 30" role="img" '
    'aria-label="{name}"><style>text{{font:600 20px "Source Sans 3",sans-serif;fill:#0E1820}}'
    "@media(prefers-color-scheme:dark){{text{{fill:#E7ECF0}}}}</style>"
    '<text x="0" y="22">{shown}</text></svg>'
)


@lru_cache
def wordmark(company: str) -> str:
    """The name of the company as an SVG for the menu."""
    return _svg("wordmark.svg") if company == _DRAWN_FOR else _written(company, company)


@lru_cache
def mark(company: str) -> str:
    """The square that stands for the company where there is no room for its name."""
    return _svg("mark.svg") if company == _DRAWN_FOR else _written(company, company[:1].upper())


@lru_cache
def icon(company: str) -> str:
    """Where the mark is served as the icon of the browser's tab; the address changes with the drawing."""
    return f"/assets/mark.svg?v={hashlib.sha256(mark(company).encode()).hexdigest()[:12]}"


def company() -> str:
    """The name of the lessor."""
    return settings().company_name


def _svg(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8").strip()


def _written(company: str, shown: str) -> str:
    width = max(30, round(len(shown) * _LETTER_WIDTH))
    return _TEXT.format(width=width, name=escape(company), shown=escape(shown))
