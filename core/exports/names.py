"""Names of the files and sheets that leave the portal: safe in every header, file system and workbook."""

import re
import unicodedata
from datetime import date

_LONGEST_PART = 40
_LONGEST_SHEET = 31


def file_name(*parts: str, on: date, extension: str) -> str:
    """`fatture_84963_2026-11-20.xlsx`: ASCII letters and digits, hyphens inside a part; empty parts are dropped."""
    slugs = [slug(part) for part in parts]
    return "_".join([*filter(None, slugs), on.isoformat()]) + f".{extension}"


def slug(text: str) -> str:
    """A text as a part of a name: `Nota di credito` → `nota-di-credito`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain)[:_LONGEST_PART].strip("-").lower()


def sheet_name(text: str) -> str:
    r"""The nearest name that Excel takes for a sheet: at most 31 characters, none of `[]:*?/\`, no outer apostrophe."""
    safe = re.sub(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]", " ", text)
    return safe[:_LONGEST_SHEET].strip(" '") or "-"
