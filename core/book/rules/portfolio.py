"""The plans of many contracts at once, as arrays of int64 cents that agree with `plan` on every cent.

Interest is worked out in float64. Where that could round to another cent than the exact number, the formula itself
decides: so near a half that the error of the floats, which is bounded, could matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from core.book.rules.plans import interest
from core.book.rules.rates import MONTHS_OF_YEAR
from core.book.rules.terms import Terms

Cents = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
# So many contracts fit into the processor's cache with what is worked out of them.
BLOCK = 32_768
# Rate, months, twelfth, product and half are each rounded to 53 bits: five errors of 2^-53 are below this one.
_FLOAT_ERROR = 2.0**-50
_FLOAT_LIMIT = 2.0**53
_HALF = 0.5
_NOWHERE: Places = np.empty(0, np.intp)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Contracts side by side: their yearly rates as shares, exact and nearest; an array for each field of Terms."""

    rates: npt.NDArray[np.object_]
    nearest_rates: Floats
    price_cents: Cents
    deposit_cents: Cents
    rent_cents: Cents
    residual_cents: Cents
    instalments: Cents
    periods: Cents
    at_closing: Cents
    period_months: Cents


@dataclass(frozen=True, slots=True)
class Block:
    """Plans of contracts alike: their places in the portfolio, and cents by row of the plan and contract.

    The rows are those of `plan`: anticipo if there is one, the rents, riscatto if there is one.
    """

    contracts: Places
    principal_cents: Cents
    interest_cents: Cents
    outstanding_cents: Cents


@dataclass(frozen=True, slots=True)
class _Step:
    """Rows alike of the plans of a block: how many, cents due, months before each, interest on a cent over them."""

    times: int
    cents: Cents
    amounts: Floats
    months: Cents
    factors: Floats


def portfolio(terms: Sequence[Terms], rates: Sequence[Fraction]) -> Portfolio:
    """The arrays of some contracts and their exact yearly rates as shares."""
    columns = [np.array([getattr(one, field.name) for one in terms], np.int64) for field in fields(Terms)]
    exact = np.empty(len(rates), np.object_)
    exact[:] = rates
    return Portfolio(exact, exact.astype(np.float64), *columns)


def plans(book: Portfolio) -> Iterator[Block]:
    """The plans of a whole portfolio, a block of contracts alike at a time: as many rows, of the same kinds.

    Raises ValueError where a balance could grow to 2^53 cents.
    """
    shapes = _shapes(book)
    order = np.argsort(shapes, kind="stable")
    changes = np.flatnonzero(np.diff(shapes[order])) + 1
    alike = _part(book, order) if changes.size else book
    for first, end in pairwise([0, *changes.tolist(), len(order)]):
        for start in range(first, end, BLOCK):
            place = slice(start, min(start + BLOCK, end))
            yield _block(_part(alike, place), order[place])


def _part(book: Portfolio, places: Places | slice) -> Portfolio:
    return Portfolio(*(getattr(book, field.name)[places] for field in fields(Portfolio)))


def _shapes(book: Portfolio) -> Cents:
    """A number for each contract, the same for those whose plans have the same rows."""
    most_at_closing = int(book.at_closing.max(initial=0))
    rents = book.instalments * (most_at_closing + 1) + book.at_closing
    return rents * 4 + (book.deposit_cents > 0) * 2 + (book.residual_cents > 0)


def _steps(book: Portfolio) -> list[_Step]:
    """The rows that the plans of contracts alike have in common: anticipo, rents at the closing, rents, riscatto."""
    rents, months = int(book.instalments[0]), book.period_months
    at_closing = min(int(book.at_closing[0]), rents)
    to_residual = (book.periods - (rents - at_closing)) * months
    rows = (
        (int(book.deposit_cents[0] > 0), book.deposit_cents, months * 0),
        (at_closing, book.rent_cents, months * 0),
        (rents - at_closing, book.rent_cents, months),
        (int(book.residual_cents[0] > 0), book.residual_cents, to_residual),
    )
    return [
        _Step(times, cents, cents.astype(np.float64), since, book.nearest_rates * since / MONTHS_OF_YEAR)
        for times, cents, since in rows
        if times
    ]


def _block(book: Portfolio, contracts: Places) -> Block:
    steps, left = _steps(book), book.price_cents
    rows = [step for step in steps for _ in range(step.times)]
    principal, cost, outstanding = np.empty((3, len(rows), len(contracts)), np.int64)
    balances = left.astype(np.float64)
    repaid, worth, tolerance = np.empty_like(balances), np.empty_like(balances), _tolerance(balances, steps)
    for row, step in enumerate(rows):
        if row < len(rows) - 1:
            for at in _interest(balances, step.factors, tolerance, worth, out=repaid):
                repaid[at] = int(interest(Fraction(int(left[at])), book.rates[at], Fraction(int(step.months[at]))))
            np.subtract(step.amounts, repaid, out=repaid)
            np.minimum(repaid, balances, out=repaid)
        else:
            repaid[:] = balances
        balances -= repaid
        principal[row] = repaid
        np.subtract(step.cents, principal[row], out=cost[row])
        left = np.subtract(left, principal[row], out=outstanding[row])
    return Block(contracts, principal, cost, outstanding)


def _tolerance(balances: Floats, steps: Sequence[_Step]) -> float:
    """A bound of the error of any interest of a block, in cents; a balance rises where rents are below the interest."""
    highest = float(balances.max())
    for step in steps:
        if (step.amounts < balances * step.factors).any():
            highest *= (1 + float(step.factors.max())) ** step.times
    if highest >= _FLOAT_LIMIT:
        raise ValueError("a balance could grow to 2^53 cents, which this arithmetic does not hold")
    return min((highest * max(float(step.factors.max()) for step in steps) + 1) * _FLOAT_ERROR, _HALF)


def _interest(balances: Floats, factors: Floats, tolerance: float, worth: Floats, out: Floats) -> Places:
    """Interest in whole cents, half up, into `out`; the places that are too near a half to be sure of."""
    np.multiply(balances, factors, out=worth)
    worth += _HALF + tolerance
    np.floor(worth, out=out)
    worth -= out
    if worth.min() >= 2 * tolerance:
        return _NOWHERE
    return np.flatnonzero(worth < 2 * tolerance)
