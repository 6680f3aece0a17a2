"""The demo book, written from its declaration: one story from 2016 to 2031, the same bytes every time.

`python -m core.intake.story` writes it again into `data/demo`; the documents beside it are committed files.
"""

import csv
from datetime import date
from pathlib import Path

from core.book import rules
from core.intake.story import ledger, payments, plans, sheets
from core.intake.story.cast import CUSTOMERS, NAMED_LEASES
from core.intake.story.fleet import FLEET

_DATA = Path(__file__).parents[3] / "data"
REFERENCE = _DATA / "reference" / "euribor_3m_monthly_average.csv"
DEMO = _DATA / "demo"
LEASES = tuple(sorted((*NAMED_LEASES, *FLEET), key=lambda lease: lease.number))


def write(folder: Path) -> None:
    """Write the CSV files of the demo book into a folder; reads the index from `data/reference`."""
    book = _book()
    for name, (header, rows) in sheets.SHEETS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";", lineterminator="\n")
            writer.writerow(header.split())
            writer.writerows(rows(book))


def _book() -> sheets.Book:
    means = _means()
    index = {mean.month: mean.ppm for mean in means}
    drawn = [plans.draw(lease, index) for lease in LEASES]
    owed = [item for plan in drawn for item in ledger.items(plan)]
    invoices = list(ledger.invoices(owed))
    return sheets.Book(CUSTOMERS, drawn, owed, invoices, payments.payments(invoices), means)


def _means() -> list[sheets.Mean]:
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        return [
            sheets.Mean(
                date.fromisoformat(f"{row['month']}-01"), rules.index_ppm(row["percent_360_6dec"]), row["source"]
            )
            for row in csv.DictReader(file)
        ]
