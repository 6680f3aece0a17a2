"""Money as integer cents, rates as integer parts per million; every rounding is half up, done once."""

import re

BASIS_POINTS = 10_000
_AMOUNT = re.compile(
    r"(?P<sign>[-+]?)(?P<whole>\d+|\d{1,3}(?P<group>[., '\u00a0])\d{3}(?:(?P=group)\d{3})*)"
    r"(?:(?P<point>[.,])(?P<cents>\d{1,2}))?"
)


def divide_half_up(numerator: int, denominator: int) -> int:
    """Integer quotient with halves rounded away from zero (half up on the absolute value). `denominator` > 0."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def parse_cents(text: str) -> int:
    """Cents from a written amount of euro: `2316.38`, `2.316,38`, `2,316.38`, `-5`, `1000`.

    A single separator followed by three digits (`1.234`) could mean two amounts and is refused.
    Raises ValueError.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    group, point = match["group"], match["point"]
    alone = group is not None and group in ".," and point is None and match["whole"].count(group) == 1
    if alone or (group is not None and group == point):
        raise ValueError(text)
    whole = re.sub(r"\D", "", match["whole"])
    cents = int(whole) * 100 + int((match["cents"] or "0").ljust(2, "0"))
    return -cents if match["sign"] == "-" else cents


def euro_text(cents: int) -> str:
    """Exact decimal text of an amount for files: 231638 → `2316.38`. Point, two decimals, no grouping."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
