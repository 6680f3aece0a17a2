"""A book on its way in: the rows of its files by column, some thousands at a time, and the faults found on the way."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.intake.rules.book import Fault

# Small enough to stay in the processor's cache while its columns are read.
BLOCK_ROWS = 2_000

# What is under way ("reading", "checking", "writing"), and how many rows more are done.
Advance = Callable[[str, int], None]


def silent(_what: str, _rows: int) -> None:
    """For those who do not wait."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one file by column.

    `file` is a key of FORMATS, whatever the file on disk is called; `numbers` count as a spreadsheet does, the header
    being 1. `values` has a list for each field, of cents, ppm, counts, texts, days, flags or None. A row is not `sound`
    when a cell of it could not be read, which is None then.
    """

    file: str
    numbers: Sequence[int]
    values: dict[str, Sequence[Any]]
    sound: Sequence[bool]


@dataclass(slots=True)
class Source:
    """A book that is being read: `faults` and `unread` files are complete once its `blocks` are used up.

    `files` are the keys of FORMATS that it has, `names` what they are called on disk where that differs; `folder` is
    where its documents lie, if it has any.
    """

    files: tuple[str, ...]
    blocks: Iterator[Block]
    folder: Path | None = None
    names: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
