"""The verdict on a book: every fault, and what the rows without one would change. Pure."""

from dataclasses import dataclass, field

from core.intake.columns import FORMATS
from core.intake.rules import ledger, locks, references, rows
from core.intake.rules.book import Book, Fault, Row
from core.intake.rules.standing import Case, Stored

OUTCOMES = ("new", "changed", "same", "refused")


@dataclass(slots=True)
class Verdict:
    """Rows to insert and rows to update by file, how many rows had which outcome, and the faults."""

    case: Case
    faults: list[Fault]
    new: dict[str, list[Row]] = field(default_factory=lambda: {file: [] for file in FORMATS})
    changed: dict[str, list[Row]] = field(default_factory=lambda: {file: [] for file in FORMATS})
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of rows to write."""
        return sum(map(len, self.new.values())) + sum(map(len, self.changed.values()))


def judge(book: Book, stored: Stored) -> Verdict:
    """Judge a book against what the database holds of the things it names."""
    case = Case(book, stored)
    found = [*book.faults, *rows.faults(book), *references.faults(case), *locks.faults(case), *ledger.faults(case)]
    verdict = Verdict(case, found)
    _sort(verdict)
    return verdict


def _sort(verdict: Verdict) -> None:
    case, book = verdict.case, verdict.case.book
    to_write = {"new": verdict.new, "changed": verdict.changed}
    refused = {(fault.file, fault.row) for fault in verdict.faults}
    for file in book.rows:
        counts = verdict.counts[file] = dict.fromkeys(OUTCOMES, 0)
        for row in book.of(file):
            outcome = "refused" if (file, row.number) in refused else _outcome(case, file, row)
            counts[outcome] += 1
            if outcome in to_write:
                to_write[outcome][file].append(row)


def _outcome(case: Case, file: str, row: Row) -> str:
    before = case.before(file, row)
    if before is None or locks.undrawn(file, before):
        return "new"
    return "changed" if locks.differing(before, row.values) else "same"
