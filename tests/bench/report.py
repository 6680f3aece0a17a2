"""What a bench says, and the page that holds what all of them said."""

import os
import platform
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
_OPENING = """# Performance

Written by `make bench`. Each figure is measured beside its comparison in one run, because machines differ and are never
quiet: read the ratios and medians, not the milliseconds. Where a target is missed the note says why.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what was measured, the value, what was aimed at, and whether it was reached (None: no target)."""

    what: str
    value: str
    target: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What one bench found. `how` says in a sentence or two what was compared with what; `notes` are paragraphs."""

    title: str
    how: str
    lines: list[Line]
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The section as it stands on the page."""
        verdicts = {None: "", True: "reached", False: "**missed**"}
        rows = [f"| {line.what} | {line.value} | {line.target} | {verdicts[line.met]} |" for line in self.lines]
        table = "\n".join(["| measure | figure | target | |", "|---|---|---|---|", *rows])
        when = f"{datetime.now(UTC):%Y-%m-%d}, {machine()}"
        return "\n\n".join([f"## {self.title}", self.how, table, *self.notes, f"Measured {when}."]) + "\n"


def machine() -> str:
    """What the figures were taken on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}"


def write(sections: list[Section], page: Path = PAGE) -> None:
    """Put the sections on the page: each replaces the one of its title, the others stay as they were."""
    old = re.split(r"^(?=## )", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:] if page.exists() else []
    texts = {text.splitlines()[0]: text.strip() for text in old}
    texts |= {f"## {section.title}": section.text().strip() for section in sections}
    page.write_text("\n\n".join([_OPENING.strip(), *texts.values()]) + "\n", encoding="utf-8")
