"""Values as the files of a book have them: the reverse of `cells`, a column at a time.

Amounts are in cents, rates in ppm and basis points. A text is written as it is: these files are read by an import.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.intake.cells import BP_PER_PERCENT, PPM_PER_PERCENT
from core.intake.columns import FORMATS
from core.kit.money import euro_text

Columns = Mapping[str, Sequence[Any]]
_Writer = Callable[[Any], str]


def euro(cents: int) -> str:
    """An amount: 231638 → `2316,38`."""
    return euro_text(cents).replace(".", ",")


def rate(ppm: int) -> str:
    """A rate with its four decimals: 79380 → `7,9380`."""
    return f"{Decimal(ppm) / PPM_PER_PERCENT:.4f}".replace(".", ",")


def index(ppm: int) -> str:
    """A mean of an index with three decimals, and a fourth only where it says something: 20630 → `2,063`."""
    return rate(ppm).removesuffix("0")


def percentage(basis_points: int) -> str:
    """A percentage with two decimals, if it needs any: 2200 → `22`."""
    return f"{Decimal(basis_points) / BP_PER_PERCENT:.2f}".replace(".", ",").removesuffix(",00")


def _month(first: date) -> str:
    return first.isoformat()[: len("2022-09")]


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


_WRITERS: dict[str, _Writer] = {
    "month": _month,
    "in_advance": _yes_no,
    "rate_ppm": rate,
    "index_base_ppm": index,
    "ppm": index,
    "vat_bp": percentage,
    "mora_spread_bp": percentage,
}


def cells(field: str, values: Sequence[Any]) -> Sequence[Any]:
    """A column as `csv` is to write it: each distinct value is put into words once, None is an empty cell.

    Texts, counts and days are left as they are, because `csv` writes them so.
    """
    write = euro if field.endswith("_cents") else _WRITERS.get(field)
    if write is None:
        return values
    texts = {value: "" if value is None else write(value) for value in set(values)}
    return [texts[value] for value in values]


@contextmanager
def sheet(folder: Path, name: str) -> Iterator[Callable[[Columns], None]]:
    """A new file of a book in a folder, `name` a key of FORMATS, with its header; what it gives adds rows by column.

    Columns are by field and of one length; every field of the file is there.
    """
    columns = FORMATS[name].columns
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow([column.name for column in columns])

        def add(values: Columns) -> None:
            writer.writerows(zip(*(cells(column.key, values[column.key]) for column in columns), strict=True))

        yield add
