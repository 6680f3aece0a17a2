"""The papers of the demo book that are no invoices: contract, plan, start, and a certificate for each of some years.

Only the leases of NAMED_LEASES have them. The files are committed in `data/demo/documents`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.intake.story.cast import Lease

# The years whose interest is certified, by contract.
_CERTIFIED = {
    "84963": (2021, 2022),
    "91207": (2022, 2023, 2024, 2025),
    "94118": (2025,),
    "92455": (2023, 2024, 2025),
    "91689": (2023, 2024, 2025),
    "91752": (2023, 2024, 2025),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A document and the name of its file."""

    kind: str
    issued_on: date
    file: str
    title: str


def papers(lease: Lease) -> Iterator[Paper]:
    """The papers of a lease by day; none for one without a certified year."""
    number = lease.number
    if number not in _CERTIFIED:
        return
    yield Paper("CONTRATTO", lease.signed_on, f"{number}-contratto.pdf", f"Contratto di locazione finanziaria {number}")
    yield Paper("PIANO", lease.delivered_on, f"{number}-piano.pdf", f"Piano di ammortamento {number}")
    yield Paper("COMUNICAZIONE", lease.delivered_on, f"{number}-decorrenza.pdf", f"Decorrenza del contratto {number}")
    for year in _CERTIFIED[number]:
        title = f"Certificazione interessi e dati per il bilancio {year}, contratto {number}"
        yield Paper("CERTIFICAZIONE", date(year + 1, 2, 15), f"{number}-certificazione-{year}.pdf", title)
