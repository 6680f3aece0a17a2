"""The plans of a whole portfolio against the bare loop, and the exact engine that makes one plan."""

import random
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from statistics import median

import numpy as np
import numpy.typing as npt

from core.book import rules
from core.book.rules import Terms, portfolio
from tests.bench.report import Line, Section

_CONTRACTS, _RENTS, _SINGLE, _ROUNDS = 100_000, 58, 300, 15
_ROWS = _RENTS + 2
_AT_MOST = 1.5
_SCALE = 10**9
_YEAR = 12 * _SCALE
_SEED = 60
_HALVES = [Fraction(15, 100)] * _CONTRACTS

Cents = npt.NDArray[np.int64]


def _contracts() -> tuple[list[Terms], list[Fraction]]:
    """Contracts of 60 rows, like the car of the demo: anticipo, 58 rents in arrears, riscatto; rates of nine decimals.

    A finer rate does not fit the bare loop's integers.
    """
    dice = random.Random(_SEED)  # noqa: S311 - contracts to measure with
    rates = [Fraction(dice.randrange(_SCALE // 100, _SCALE // 8), _SCALE) for _ in range(_CONTRACTS)]
    return [_terms(dice.randrange(5_000_00, 2_000_000_00), rate) for rate in rates], rates


def _terms(price: int, rate: Fraction) -> Terms:
    month = float(rate) / 12
    discount = (1 + month) ** -_RENTS
    rent = (price * 9 // 10 - price // 100 * discount) * month / (1 - discount)
    return Terms(price, price // 10, round(rent), price // 100, _RENTS, _RENTS + 1)


def _bare(book: portfolio.Portfolio, rates: Cents) -> Cents:
    """The same cents by the shortest loop there is: rates in whole billionths, contracts of this one shape."""
    cents = np.empty((3, _ROWS, _CONTRACTS), np.int64)
    balance = book.price_cents - book.deposit_cents
    cents[:, 0] = book.deposit_cents, np.zeros_like(balance), balance
    for row in range(1, _ROWS - 1):
        interest = (2 * balance * rates + _YEAR) // (2 * _YEAR)
        principal = book.rent_cents - interest
        balance = balance - principal
        cents[:, row] = principal, interest, balance
    cents[:, -1] = balance, book.residual_cents - balance, np.zeros_like(balance)
    return cents


def _in_place(book: portfolio.Portfolio, rates: Cents) -> Cents:
    """The same loop, written so that it makes no array on its way."""
    principal, interest, outstanding = cents = np.empty((3, _ROWS, _CONTRACTS), np.int64)
    principal[0], interest[0] = book.deposit_cents, 0
    balance = np.subtract(book.price_cents, book.deposit_cents, out=outstanding[0])
    for row in range(1, _ROWS - 1):
        np.multiply(balance, rates, out=interest[row])
        interest[row] += _YEAR // 2
        interest[row] //= _YEAR
        np.subtract(book.rent_cents, interest[row], out=principal[row])
        balance = np.subtract(balance, principal[row], out=outstanding[row])
    principal[-1], interest[-1], outstanding[-1] = balance, book.residual_cents - balance, 0
    return cents


def _engine(book: portfolio.Portfolio) -> list[portfolio.Block]:
    return list(portfolio.plans(book))


def _differ(blocks: list[portfolio.Block], cents: Cents) -> int:
    """How many cents the two do not agree on."""
    parts = (((b.principal_cents, b.interest_cents, b.outstanding_cents), b.contracts) for b in blocks)
    return sum(int(np.count_nonzero(np.stack(ours) != cents[:, :, places])) for ours, places in parts)


def _seconds(deed: Callable[[], object]) -> float:
    """CPU time of one go; what it made is thrown away after the clock is read."""
    start = time.process_time()
    made = deed()
    seconds = time.process_time() - start
    del made
    return seconds


def _solved(terms: Terms) -> object:
    return rules.solved_rate(rules.flows(terms), terms.price_cents)


def measure() -> Section:
    """All ways in turn; then the exact engine on the first of the contracts."""
    terms, rates = _contracts()
    book = portfolio.portfolio(terms, rates)
    billionths = np.array([int(rate * _SCALE) for rate in rates])
    differ = _differ(_engine(book), _bare(book, billionths)) + _differ(_engine(book), _in_place(book, billionths))
    ways = partial(_engine, book), partial(_bare, book, billionths), partial(_in_place, book, billionths)
    rounds = [[_seconds(way) for way in ways] for _ in range(_ROUNDS)]
    engine, bare, in_place = (median(times) for times in zip(*rounds, strict=True))
    one = median(_seconds(partial(rules.plan, each, rate)) for each, rate in zip(terms[:_SINGLE], rates, strict=False))
    solved = median(_seconds(partial(_solved, each)) for each in terms[: _SINGLE // 10])
    halves = median(_seconds(partial(_engine, portfolio.portfolio(terms, _HALVES))) for _ in range(3))
    ratio = engine / bare
    return Section(
        "Amortization plans",
        f"{_CONTRACTS:,} plans of {_ROWS} rows, every cent of principal, interest and balance as int64: by the engine "
        "from rates of any number of digits and terms of any shape, and by a bare numpy loop that knows this one shape "
        f"and whole billionths of a rate; {_ROUNDS} rounds in turn on one core, medians of CPU time. Then one plan and "
        "one rate from its rent, by the exact engine.",
        [
            Line("engine against the bare loop", f"{ratio:.2f} times", f"≤ {_AT_MOST} times", ratio <= _AT_MOST),
            Line("engine against that loop without any temporary array", f"{engine / in_place:.2f} times"),
            Line("cents on which they differ", str(differ), "0", not differ),
            Line("plans a second, engine", f"{_CONTRACTS / engine:,.0f}"),
            Line(
                "plans a second, engine, at 15 % for all, where interest often is half a cent",
                f"{_CONTRACTS / halves:,.0f}",
            ),
            Line("plans a second, bare loop", f"{_CONTRACTS / bare:,.0f}"),
            Line("plans a second, one at a time in exact fractions", f"{1 / one:,.0f} ({one * 1000:.2f} ms each)"),
            Line("rate of 60 digits solved from a rent", f"{solved * 1000:.1f} ms"),
        ],
    )
