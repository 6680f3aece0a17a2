"""The plans of many contracts at once agree with the plan of each, on every cent."""

import random
from collections.abc import Iterator
from fractions import Fraction
from math import floor

import pytest

from core.book import rules
from core.book.rules import Terms, portfolio

CONTRACTS, SEED = 100_000, 20_240_405
Cents = tuple[int, int, int]


def any_rate(dice: random.Random) -> Fraction:
    """A solved one of 60 digits, one in ppm, one on whose interest exact halves are frequent, or none."""
    return dice.choice(
        [
            Fraction(dice.randrange(10**59), 4 * 10**59),
            rules.share(dice.randrange(250_000)),
            Fraction(dice.randrange(250), 1_000),
            Fraction(0),
        ]
    )


def any_terms(dice: random.Random, rate: Fraction) -> Terms:
    """Mostly short contracts, up to 120 rows: in advance or in arrears, with and without anticipo and riscatto."""
    price = round(10 ** dice.uniform(4, 9.5))
    rents = 1 + int(118 * dice.random() ** 12)
    deposit = dice.choice([0, 0, price // 10, dice.randrange(price // 2)])
    residual = dice.choice([0, price // 100, dice.randrange(1, 100), dice.randrange(price // 3)])
    months = dice.choice([1, 1, 1, 3, 6])
    interest = float(rate) * months / 12
    annuity = (1 - (1 + interest) ** -rents) / interest if interest else rents
    rent = round((price - deposit - residual * (1 + interest) ** -rents) / annuity)
    closing = dice.choice([0, 0, 1, 1, min(3, rents)])
    return Terms(price, deposit, max(0, rent), residual, rents, rents + dice.choice([0, 0, 1, 2]), closing, months)


def at_once(terms: list[Terms], rates: list[Fraction]) -> Iterator[tuple[int, list[Cents]]]:
    """Each contract's place and the principal, interest and outstanding of its rows."""
    for block in portfolio.plans(portfolio.portfolio(terms, rates)):
        columns = (block.principal_cents, block.interest_cents, block.outstanding_cents)
        for place, *plan in zip(block.contracts.tolist(), *(column.T.tolist() for column in columns), strict=True):
            yield place, list(zip(*plan, strict=True))


def one_by_one(terms: Terms, rate: Fraction) -> list[Cents]:
    rows = rules.plan(terms, rate)
    return [(row.principal_cents, row.interest_cents, row.outstanding_cents) for row in rows]


def differing(terms: list[Terms], rates: list[Fraction]) -> list[int]:
    plans = list(at_once(terms, rates))
    assert sorted(place for place, _ in plans) == list(range(len(terms)))
    return [place for place, plan in plans if plan != one_by_one(terms[place], rates[place])]


def test_every_cent_of_a_hundred_thousand_contracts() -> None:
    dice = random.Random(SEED)  # noqa: S311 - contracts to compare
    rates = [any_rate(dice) for _ in range(CONTRACTS)]
    assert differing([any_terms(dice, rate) for rate in rates], rates) == []


def test_halves_of_a_cent_are_decided_exactly() -> None:
    """At 15 % a year these balances bear half a cent in a month, and floats alone put some of them below it."""
    balances = [40 + 80 * step for step in range(2_500)]
    assert any(floor(cents * (0.15 / 12) + 0.5) * 2 < cents * 3 / 120 for cents in balances)
    terms = [Terms(cents, 0, cents, 0, 2, 2) for cents in balances]
    assert differing(terms, [Fraction(15, 100)] * len(terms)) == []


def test_amounts_at_the_end_of_the_floats_precision_are_exact() -> None:
    terms = [Terms(2**52 - step, 0, 2**46 + step, 0, 12, 12) for step in range(200)]
    assert differing(terms, [Fraction(1, 3)] * len(terms)) == []


def test_balances_that_floats_do_not_hold_are_refused() -> None:
    book = portfolio.portfolio([Terms(2**52, 0, 1, 0, 12, 12)], [Fraction(10)])
    with pytest.raises(ValueError, match="2\\^53"):
        list(portfolio.plans(book))


def test_rents_below_the_interest_let_the_balance_rise() -> None:
    terms = [Terms(1_000_000 + step, 0, 100, 5_000, 60, 60) for step in range(300)]
    assert differing(terms, [Fraction(rules.HIGHEST_RATE) / 40] * len(terms)) == []


def test_no_contracts_have_no_plans() -> None:
    assert list(portfolio.plans(portfolio.portfolio([], []))) == []


def test_a_block_holds_contracts_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "BLOCK", 2)
    short, long = Terms(1_000_00, 0, 90_00, 0, 12, 12), Terms(1_000_00, 100_00, 40_00, 10_00, 24, 24)
    book = portfolio.portfolio([short, long, short, short], [Fraction(5, 100)] * 4)
    blocks = [(block.contracts.tolist(), len(block.principal_cents)) for block in portfolio.plans(book)]
    assert blocks == [([0, 2], 12), ([3], 12), ([1], 26)]
