"""The style sheet of the pages, which the screens give at the start; its address changes with its content."""

import hashlib
from collections.abc import Callable
from functools import lru_cache

Sheet = Callable[[str], str]


def _none(_lang: str) -> str:
    return ""


_given: Sheet = _none


def use(sheet: Sheet) -> None:
    """Take the style sheet, a text for each language."""
    global _given  # noqa: PLW0603 - the screens are above this floor: they hand it down once
    _given = sheet
    address.cache_clear()


def text(lang: str) -> str:
    """The style sheet in a language."""
    return _given(lang)


@lru_cache
def address(lang: str) -> str:
    """Where it is served."""
    return f"/assets/portal.{lang}.css?v={hashlib.sha256(text(lang).encode()).hexdigest()[:12]}"
