"""Values out of an address, which are user input: what a filter does not accept counts as absent."""

import re
from collections.abc import Collection
from datetime import date

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def one_of(value: str | None, values: Collection[str]) -> str | None:
    """The value if it is one of `values`."""
    return value if value in values else None


def text(value: str | None, longest: int) -> str:
    """The text if it is printable and not too long, else an empty one."""
    return value if value and len(value) <= longest and value.isprintable() else ""


def day(value: str | None, first: date, last: date) -> date | None:
    """The day, written 2024-04-05, if it lies between two days."""
    try:
        found = date.fromisoformat(value) if value and _ISO_DAY.fullmatch(value) else None
    except ValueError:
        return None
    return found if found and first <= found <= last else None
