"""What the papers share: the compiler of their templates, which characters it can draw, and who a paper is for.

The templates have no words and no rules of their own; texts reach them as data, never as markup.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from core.locale import translations

_FOLDER = Path(__file__).parent
_LOCK = Lock()  # the compiler makes no promise about threads
# What the fonts can draw: Latin, Greek, Cyrillic, punctuation. PDF/A refuses a page with any other character.
NOT_DRAWABLE = re.compile(
    "[^\n\u0020-\u007e\u00a0-\u00ac\u00ae-\u017f\u0218-\u021b\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f"
    "\u0490\u0491\u1e80-\u1e85\u1e9e-\u1ef9\u2010-\u201e\u2020-\u2022\u2026\u202f\u2030\u2032\u2033\u2039\u203a\u20ac"
    "\u2116\u2122\u2212\u25a1]"
)
_NO_GLYPH = "\u25a1"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a paper is for."""

    name: str
    address: str | None = None
    tax_code: str | None = None
    vat_no: str | None = None

    def lines(self, lang: str) -> list[str]:
        """Name, address and codes as they stand in the box at the top, the name first."""
        _ = translations(lang).gettext
        codes = [(_("Tax code"), self.tax_code), (_("VAT number"), self.vat_no)]
        return [
            self.name,
            *(self.address or "").splitlines(),
            *(f"{label} {code}" for label, code in codes if code),
        ]


def draw(template: str, content: Mapping[str, object], on: date) -> bytes:
    """The PDF (PDF/A-2a, PDF/UA-1) of a template of this folder (`invoice.typ`), with its texts, dated `on`.

    The same content gives the same bytes. Characters the fonts lack become a small box.
    """
    inputs = {"content": json.dumps(_drawable(dict(content)))}
    stamp = datetime.combine(on, time(), UTC)
    with _LOCK:
        pdf = _compiler(template).compile(
            format="pdf", sys_inputs=inputs, pdf_standards=["a-2a", "ua-1"], timestamp=stamp
        )
    if not isinstance(pdf, bytes):
        raise TypeError(type(pdf))
    return pdf


@cache
def _compiler(template: str) -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FOLDER / "fonts"])
    return typst.Compiler(_FOLDER / template, root=_FOLDER, font_paths=fonts, ignore_system_fonts=True)


def _drawable(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return NOT_DRAWABLE.sub(_NO_GLYPH, unicodedata.normalize("NFC", value.replace("\t", " ")))
    if isinstance(value, dict):
        return {key: _drawable(part) for key, part in value.items()}
    return [_drawable(part) for part in value] if isinstance(value, list | tuple) else value
