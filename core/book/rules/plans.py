"""The rows of a plan: how each payment divides into interest and principal, and what it leaves.

Amounts are whole cents net of VAT; a rate is the nominal yearly one as a share.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Generic

from core.book.rules.rates import MONTHS_OF_YEAR
from core.book.rules.terms import Terms, flows
from core.kit.errors import N_
from core.kit.figures import Number, half_up, named


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the amortization plan: amount = principal + interest; `outstanding_cents` is what is left after it."""

    kind: str
    number: int
    amount_cents: int
    principal_cents: int
    interest_cents: int
    outstanding_cents: int


@dataclass(frozen=True, slots=True)
class Split(Generic[Number]):
    """What a payment repays, what it costs, and what is left after it, in cents."""

    principal: Number
    interest: Number
    outstanding: Number


def interest(balance: Number, rate: Number, months: Number) -> Number:
    """Cents of interest on a balance in cents, over so many months at a yearly rate.

    Exact until its one rounding: with a rate divided by twelve beforehand half cents are lost.
    """
    return named(half_up(balance * rate * months / MONTHS_OF_YEAR), N_("Interest"))


def split(amount: Number, balance: Number, rate: Number, months: Number, *, last: bool = False) -> Split[Number]:
    """How a payment divides, `months` after the one before it; the last one pays off what is left.

    So does one that is more than the balance with its interest: what is left never falls below zero.
    """
    cost = interest(balance, rate, months)
    if last or int(amount - cost) > int(balance):
        rounding = named(amount - balance - cost, N_("Rounding of the plan"))
        cost = named(cost + rounding, N_("Interest, with the rounding of the plan"))
    repaid = named(amount - cost, N_("Principal"))
    return Split(repaid, cost, named(balance - repaid, N_("Outstanding principal")))


def plan(terms: Terms, rate: Decimal | Fraction) -> list[Row]:
    """The rows of the plan at a rate, in the order of the payments."""
    due, exact = flows(terms), Fraction(rate)
    rows: list[Row] = []
    balance, reached = Fraction(terms.price_cents), 0
    for flow in due:
        months = Fraction((flow.period - reached) * terms.period_months)
        parts = split(Fraction(flow.amount_cents), balance, exact, months, last=flow is due[-1])
        cents = int(parts.principal), int(parts.interest), int(parts.outstanding)
        rows.append(Row(flow.kind, flow.number, flow.amount_cents, *cents))
        balance, reached = parts.outstanding, flow.period
    return rows
