"""The rate that the agreed payments carry, and the rent that a rate asks for.

A rate is the nominal yearly one as a Decimal of 60 digits (0.08 = 8 %); amounts are cents net of VAT.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from math import gcd

from core.book.rules.terms import Flow, Terms, flows
from core.kit.errors import N_
from core.kit.figures import Figure, Operation, Unit, derived, named

PPM = 1_000_000
MONTHS_OF_YEAR = 12
HIGHEST_RATE = Decimal(10)
_DIGITS = 60
_BISECTIONS = 200
_TERMS_KEPT = 2_000


def present_value(due: Sequence[Flow], rate: Decimal, period_months: int = 1) -> Decimal:
    """Cents at time 0 of some flows: Σ amount · (1 + rate · period_months / 12)^−period."""
    return _worth(_by_period(due), rate, period_months)


def _by_period(due: Sequence[Flow]) -> list[int]:
    """The cents due at the end of each period."""
    amounts = [0] * (1 + max(flow.period for flow in due)) if due else []
    for flow in due:
        amounts[flow.period] += flow.amount_cents
    return amounts


def _worth(amounts: Sequence[int], rate: Decimal, period_months: int) -> Decimal:
    """The same sum from its last period backwards, so that each period costs one multiplication."""
    with localcontext(prec=_DIGITS):
        discount = 1 / (1 + rate * period_months / MONTHS_OF_YEAR)
        value = Decimal(0)
        for amount in reversed(amounts):
            value = value * discount + amount
        return value


def solved_rate(due: Sequence[Flow], price_cents: int, period_months: int = 1) -> Decimal:
    """The nominal yearly rate at which the flows are worth the price, by bisection on exact decimals.

    Raises ValueError when no rate between 0 and 1000 % does it.
    """
    amounts, low, high = _by_period(due), Decimal(0), HIGHEST_RATE
    if not _worth(amounts, high, period_months) <= price_cents <= sum(amounts):
        raise ValueError(f"no rate between 0 and 1000 % makes these flows worth {price_cents} cents")
    if price_cents == sum(amounts):
        return low
    with localcontext(prec=_DIGITS):
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            too_low = _worth(amounts, middle, period_months) > price_cents
            low, high = (middle, high) if too_low else (low, middle)
        return high


def rate_of(terms: Terms) -> Decimal:
    """The nominal yearly rate of the terms, the same for terms in proportion: ten vans cost ten times the rent of one.

    Raises ValueError when no rate between 0 and 1000 % makes the payments worth the price.
    """
    amounts = terms.price_cents, terms.deposit_cents, terms.rent_cents, terms.residual_cents
    share = gcd(*amounts)
    price, deposit, rent, residual = (amount // share for amount in amounts)
    return _solved(
        replace(terms, price_cents=price, deposit_cents=deposit, rent_cents=rent, residual_cents=residual),
    )


@lru_cache(_TERMS_KEPT)
def _solved(terms: Terms) -> Decimal:
    return solved_rate(flows(terms), terms.price_cents, terms.period_months)


def effective_rate(rate: Decimal, period_months: int = 1) -> Decimal:
    """The compound yearly rate (TIR) of a nominal one: (1 + rate · p / 12)^(12 / p) − 1."""
    with localcontext(prec=_DIGITS):
        growth = 1 + rate * period_months / MONTHS_OF_YEAR
        return growth ** (Decimal(MONTHS_OF_YEAR) / period_months) - 1


def rate_ppm(rate: Decimal) -> int:
    """A rate in parts per million, for display only: a plan is never made again from it."""
    return int((rate * PPM).quantize(Decimal(1), ROUND_HALF_UP))


def rent_cents(terms: Terms, rate: Decimal) -> int:
    """The rent, in cents, that makes the terms worth their price at a rate; the terms' own rent is not read.

    C = (P − A − R·vⁿ) / (a + (1 − v^(n−a)) / i), written with the worth of the flows without rent and of a rent of one.
    """
    without = present_value(flows(replace(terms, rent_cents=0)), rate, terms.period_months)
    of_one_cent = present_value(flows(replace(terms, rent_cents=1)), rate, terms.period_months) - without
    return int(((terms.price_cents - without) / of_one_cent).quantize(Decimal(1), ROUND_HALF_UP))


def _solve(values: Sequence[Fraction]) -> Fraction:
    return Fraction(rate_of(Terms(*map(int, values))))


SOLVED = Operation("", _solve, N_("the rate at which these payments are worth the price"))


def explained_rate(terms: Mapping[str, Figure]) -> Figure:
    """The nominal yearly rate as a share, from the facts that `term_figures` makes; recomputing solves it again.

    Raises ValueError when no rate between 0 and 1000 % makes the payments worth the price.
    """
    facts = [terms[field.name] for field in fields(Terms)]
    return named(derived(SOLVED, facts, Unit.SHARE), N_("Yearly rate"))
