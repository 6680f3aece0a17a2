"""The script beside the framework's own: says its English phrases in the visitor's language, mends its links.

The phrases are those found in the front end of the pinned Streamlit; what is drawn on a canvas cannot be reached.
"""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"


@lru_cache(maxsize=1)
def languages() -> frozenset[str]:
    """The languages with a dictionary; the English one is empty."""
    return frozenset(path.suffixes[0].lstrip(".") for path in ASSETS.glob("phrases.*.json"))


@lru_cache
def script(lang: str) -> str:
    """The constant JavaScript of a language: its dictionary, and the observer that applies it."""
    dictionary = json.loads((ASSETS / f"phrases.{lang}.json").read_text(encoding="utf-8"))
    observer = (ASSETS / "phrases.js").read_text(encoding="utf-8")
    return observer.replace("__DICTIONARY__", json.dumps(dictionary, ensure_ascii=True))


@lru_cache
def address(lang: str) -> str:
    """Where the script of a language is served; the address changes with its content."""
    return f"/assets/phrases.{lang}.js?v={hashlib.sha256(script(lang).encode()).hexdigest()[:12]}"
