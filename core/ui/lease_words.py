"""How the facts of a contract are said."""

from fractions import Fraction

from core.book.frames import Details
from core.book.rules import vat_cents
from core.formats import masked_iban
from core.kit import words
from core.kit.errors import N_
from core.kit.money import BASIS_POINTS, divide_half_up
from core.ui.guard import View
from core.ui.tables import NONE

# After which row of the plan the outstanding principal is said.
_AFTER = {
    "ANTICIPO": N_("after the advance of %(day)s"),
    "CANONE": N_("after instalment %(number)s of %(day)s"),
    "INDICIZZAZIONE": N_("after the indexation of %(day)s"),
    "RISCATTO": N_("after the redemption of %(day)s"),
    "PREAMMORTAMENTO": N_("after the pre-lease interest of %(day)s"),
}


def after_row(view: View, lease: Details) -> str:
    """The plan row that the outstanding principal is taken from."""
    if lease.status == "terminated" and lease.terminated_on:
        return view._("terminated on %(day)s") % {"day": view.formats.day(lease.terminated_on)}
    if lease.row_kind is None or lease.row_due_on is None:
        return view._("before the first instalment")
    message = _AFTER[lease.row_kind]
    return view._(message) % {"number": lease.row_number, "day": view.formats.day(lease.row_due_on)}


def first_row(view: View, lease: Details) -> tuple[str, str]:
    """The first instalment and its day: an advance by its name, as its amount stands beside it."""
    if lease.first_cents is None or lease.first_due_on is None:
        return NONE, ""
    advance = words.KINDS["ANTICIPO"]
    first = view._(advance) if lease.first_kind == "ANTICIPO" else view.formats.money(lease.first_cents)
    return first, view.formats.day(lease.first_due_on)


def percent(view: View, of_cents: int, in_cents: int) -> str:
    """One amount in percent of another, to two decimals."""
    return view.formats.share(Fraction(divide_half_up(of_cents * BASIS_POINTS, in_cents), BASIS_POINTS))


def rent_note(view: View, lease: Details) -> str:
    """The rent with its VAT."""
    gross = lease.rent_cents + vat_cents(lease.rent_cents, lease.vat_bp)
    return view._("%(amount)s with VAT") % {"amount": view.formats.money(gross)}


def iban(number: str | None) -> str:
    """An IBAN whose middle is not shown, monospaced."""
    return f"`{masked_iban(number)}`" if number else NONE
