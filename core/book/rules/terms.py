"""What was agreed, and the payments that follow from it."""

from dataclasses import asdict, dataclass

from core.kit.errors import N_
from core.kit.figures import Figure, Unit, Words, fact


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed, in cents net of VAT. `at_closing` rents are paid at time 0; the residual falls on `periods`."""

    price_cents: int
    deposit_cents: int
    rent_cents: int
    residual_cents: int
    instalments: int
    periods: int
    at_closing: int = 0
    period_months: int = 1


@dataclass(frozen=True, slots=True)
class Flow:
    """An amount due at the end of a period; period 0 is the closing."""

    kind: str
    number: int
    period: int
    amount_cents: int


_NAMES = {
    "price_cents": (Unit.CENTS, N_("Price net of VAT")),
    "deposit_cents": (Unit.CENTS, N_("Advance")),
    "rent_cents": (Unit.CENTS, N_("Instalment amount")),
    "residual_cents": (Unit.CENTS, N_("Residual value")),
    "instalments": (Unit.PLAIN, N_("Number of instalments")),
    "periods": (Unit.PLAIN, N_("Periods until the residual value")),
    "at_closing": (Unit.PLAIN, N_("Instalments paid at the start")),
    "period_months": (Unit.MONTHS, N_("Months of a period")),
}


def agreed(
    price_cents: int,
    deposit_cents: int,
    rent_cents: int,
    residual_cents: int,
    *,
    instalments: int,
    months: int,
    period_months: int,
    in_advance: bool,
) -> Terms:
    """The terms of a contract as it is stored: cents net of VAT, its length in months, first rent at once or not.

    The residual falls due at the end, in whole periods, and never before the last rent.
    """
    at_closing = int(in_advance)
    return Terms(
        price_cents,
        deposit_cents,
        rent_cents,
        residual_cents,
        instalments=instalments,
        periods=max(months // period_months, instalments - at_closing),
        at_closing=at_closing,
        period_months=period_months,
    )


def flows(terms: Terms) -> list[Flow]:
    """What the lessee pays, in order: anticipo (if any), the rents, riscatto (if any)."""
    deposit = Flow("ANTICIPO", 0, 0, terms.deposit_cents)
    rents = [
        Flow("CANONE", number, max(0, number - terms.at_closing), terms.rent_cents)
        for number in range(1, terms.instalments + 1)
    ]
    residual = Flow("RISCATTO", terms.instalments + 1, terms.periods, terms.residual_cents)
    return [*([deposit] if terms.deposit_cents else []), *rents, *([residual] if terms.residual_cents else [])]


def term_figures(terms: Terms, source: Words | None = None) -> dict[str, Figure]:
    """Every term as a fact, by its field of Terms; `source` says which contract has them."""
    return {key: fact(value, *_NAMES[key], source) for key, value in asdict(terms).items()}
