"""The demo book, written from its declaration: one story from 2016 to 2031, the same bytes every time.

`python -m core.intake.story` writes it again into `data/demo`; the documents beside it are committed files.
"""

from pathlib import Path

from core.intake import texts
from core.intake.story import sheets
from core.intake.story.cast import CUSTOMERS, NAMED_LEASES
from core.intake.story.fleet import FLEET
from core.intake.story.index import DATA

DEMO = DATA / "demo"
LEASES = tuple(sorted((*NAMED_LEASES, *FLEET), key=lambda lease: lease.number))


def write(folder: Path) -> None:
    """Write the CSV files of the demo book into a folder; reads the index from `data/reference`."""
    book = sheets.told(CUSTOMERS, LEASES)
    for name, rows in sheets.SHEETS.items():
        with texts.sheet(folder, name) as add:
            add(sheets.columns(name, list(rows(book))))
