"""A folder read to its end: the rows of each file as dicts, and what was found wrong."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.intake.columns import CUSTOMERS
from core.intake.reading import open_book
from tests.intake.books import MB, found

Told = list[tuple[str, int, str, str]]
CUSTOMERS_HEADER = "code;name;tax_code;vat_no;pec;address\n"


@dataclass(frozen=True)
class Opened:
    rows: dict[str, dict[int, dict[str, Any]]]
    unsound: dict[str, set[int]]
    faults: Told
    values: list[str]
    unread: set[str]

    def of(self, file: str) -> list[dict[str, Any]]:
        """The sound rows of a file, in order."""
        return [row for number, row in self.rows.get(file, {}).items() if number not in self.unsound[file]]


def opened(folder: Path, *, largest_document: int = MB) -> Opened:
    source = open_book(folder, largest_document=largest_document)
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    unsound: dict[str, set[int]] = {}
    for block in source.blocks:
        told = rows.setdefault(block.file, {})
        assert {len(values) for values in block.values.values()} == {len(block.numbers)} == {len(block.sound)}
        for at, number in enumerate(block.numbers):
            told[number] = {field: values[at] for field, values in block.values.items()}
        bad = {number for number, sound in zip(block.numbers, block.sound, strict=True) if not sound}
        unsound.setdefault(block.file, set()).update(bad)
    told_values = [fault.value for fault in sorted(source.faults)]
    return Opened(rows, unsound, found(source.faults), told_values, source.unread)


def customers(folder: Path, content: bytes | str) -> Told:
    """The faults of a folder whose customers.csv is `content`."""
    data = content.encode() if isinstance(content, str) else content
    (folder / CUSTOMERS).write_bytes(data)
    return opened(folder).faults
