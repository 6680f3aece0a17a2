"""`docs/import.md` describes the columns that there are, and its examples are read."""

import re
from pathlib import Path

import pytest

from core.intake import archives, extents
from core.intake.archives import MEGABYTE
from core.intake.columns import FORMATS, FileFormat
from core.intake.rates import AVERAGED_RATES, ECB_RATES

PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
SECTIONS = FORMATS | {
    "Monthly averages with six decimals": AVERAGED_RATES,
    "The European Central Bank's CSV": ECB_RATES,
}
ROW = re.compile(r"^\| `(\w+)` \| (yes|no) \| (.+?) \| `([^`]+)` \|$", re.MULTILINE)


def described(section: str) -> list[tuple[str, ...]]:
    """(column, required, meaning, example) of a section of the page."""
    (body,) = re.findall(rf"^###? {re.escape(section)}\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return [match.groups() for match in ROW.finditer(body)]


@pytest.mark.parametrize(("section", "file"), SECTIONS.items(), ids=SECTIONS.keys())
def test_the_page_has_exactly_the_columns_of_the_format(section: str, file: FileFormat) -> None:
    assert [(name, required) for name, required, _, _ in described(section)] == [
        (column.name, "yes" if column.required else "no") for column in file.columns
    ]


@pytest.mark.parametrize(("section", "file"), SECTIONS.items(), ids=SECTIONS.keys())
def test_the_examples_of_the_page_are_read(section: str, file: FileFormat) -> None:
    parsers = {column.name: column.parse for column in file.columns}
    for name, _, _, example in described(section):
        parsers[name](example)


@pytest.mark.parametrize(("section", "file"), SECTIONS.items(), ids=SECTIONS.keys())
def test_the_page_tells_every_default(section: str, file: FileFormat) -> None:
    told = {name: meaning for name, _, meaning, _ in described(section) if "default" in meaning}
    constant = {column.name for column in file.columns if column.default not in {None, ""}}
    assert constant <= set(told)
    assert set(told) - constant <= {"plan_due_on", "causale", "title"}


def test_every_file_has_a_section_that_says_what_names_a_row() -> None:
    for name, file in FORMATS.items():
        assert re.search(rf"^## {re.escape(name)}$", PAGE, re.MULTILINE)
        assert file.key


def test_the_page_tells_the_limits_of_a_spreadsheet() -> None:
    assert dict(re.findall(r"^\| ([^|`]+) \| ([0-9][^|]*) \|$", PAGE, re.MULTILINE)) == {
        "rows below the header": f"{extents.MOST_ROWS}",
        "columns": f"{extents.MOST_COLUMNS}",
        "cells": f"{extents.MOST_CELLS}",
        "places between the first cell and the last, for each cell there is": f"{extents.MOST_SPREAD}",
        "the texts of all cells together, as if each were the longest": f"{extents.LARGEST_TEXTS // MEGABYTE} MB",
        "unpacked size of the file, all parts together": f"{archives.LARGEST_UNPACKED // MEGABYTE} MB, and "
        f"{archives.LARGEST_RATIO} times its size above {archives.SMALL // MEGABYTE} MB",
        "parts of the file": f"{archives.MOST_MEMBERS}",
    }
