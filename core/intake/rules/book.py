"""What is said about a book: the faults of its rows, and the refusal that holds them all. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.kit.errors import N_, PortalError

SHOWN_LENGTH = 40
# Kinds that are due items only once they are invoiced.
INVOICED_KINDS = frozenset({"INDICIZZAZIONE", "NOTA_CREDITO"})


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Why a row is refused. `row` counts as a spreadsheet does, the header being 1; 0 is the file itself."""

    file: str
    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        """One line of the report."""
        place = f"{self.file} row {self.row}" if self.row else self.file
        what = " ".join(part for part in (self.column, repr(shortened(self.value)) if self.value else "") if part)
        return f"{place}: {what} {self.reason}" if what else f"{place}: {self.reason}"


class Refused(PortalError):
    """The book has faults: nothing was written. `faults` holds every one, in order."""

    message = N_("Nothing was imported. Faults found: %(count)s.")

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__(count=len(self.faults))


def shortened(value: str) -> str:
    """A value as the report shows it."""
    return value if len(value) <= SHOWN_LENGTH else value[: SHOWN_LENGTH - 1] + "…"
