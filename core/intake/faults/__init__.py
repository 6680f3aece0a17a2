"""Everything that is wrong with a staged book, alone and beside the database."""

from collections.abc import Iterator

from core.intake.faults import locks, money, references, rows
from core.intake.faults.case import Case
from core.intake.rules.book import Fault

__all__ = ["Case", "faults"]


def faults(case: Case) -> Iterator[Fault]:
    """Every fault of the rows that could be read; some may come twice."""
    for part in (rows, references, locks, money):
        yield from part.faults(case)
