"""Rows of a plan: the two golden contracts, and what holds for every plan."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

import numpy_financial
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.book import rules
from core.book.rules import Terms
from tests.book.leases import CAR, DENTAL, leases, plan


def test_plan_of_84963() -> None:
    rows = {(row.kind, row.number): row for row in plan(DENTAL)}
    assert rows["CANONE", 1].interest_cents == 0
    assert rows["CANONE", 40].outstanding_cents == 17_180_04
    assert rows["CANONE", 87].outstanding_cents == 279_72


def test_the_last_row_absorbs_the_rounding() -> None:
    *_, before, last = plan(DENTAL)
    of_the_month = int(rules.interest(Fraction(before.outstanding_cents), Fraction(rules.rate_of(DENTAL)), Fraction(1)))
    assert (of_the_month, before.outstanding_cents + of_the_month - last.amount_cents) == (1_85, 7)
    assert (last.amount_cents, last.principal_cents, last.interest_cents) == (281_50, 279_72, 1_78)
    assert last.outstanding_cents == 0


def test_plan_of_the_car() -> None:
    left = [row.outstanding_cents for row in plan(CAR)[:8]]
    assert left == [87_786_88, 85_987_35, 84_185_78, 82_382_18, 80_576_54, 78_768_86, 76_959_14, 75_147_38]


@pytest.mark.parametrize(("balance_cents", "interest_cents"), [(150, 1), (1_050, 4), (149, 0)])
def test_half_a_cent_of_interest_goes_up(balance_cents: int, interest_cents: int) -> None:
    assert int(rules.interest(Fraction(balance_cents), Fraction(4, 100), Fraction(1))) == interest_cents


def test_a_rate_divided_by_twelve_beforehand_would_lose_half_cents() -> None:
    balance, rate = 1_650, Decimal("0.04")
    assert balance * rate / 12 == Decimal("5.5")
    assert int(rules.interest(Fraction(balance), Fraction(rate), Fraction(1))) == 6
    assert (balance * (rate / 12)).quantize(Decimal(1), ROUND_HALF_UP) == 5


def test_a_rent_above_what_is_owed_pays_it_off() -> None:
    rows = rules.plan(Terms(100_00, 0, 60_00, 1, instalments=3, periods=3), Fraction(0))
    assert [row.principal_cents for row in rows] == [60_00, 40_00, 0, 0]
    assert [row.outstanding_cents for row in rows] == [40_00, 0, 0, 0]


def test_a_residual_never_falls_before_the_last_rent() -> None:
    """Also where the months of a contract are fewer than those of its rents."""
    agreed = (12_000_00, 0, 1_000_00, 100_00)
    for in_advance, periods in ((False, 13), (True, 12)):
        terms = rules.agreed(*agreed, instalments=13, months=6, period_months=1, in_advance=in_advance)
        assert terms.periods == periods
        assert all(row.interest_cents >= 0 for row in rules.plan(terms, Fraction(5, 100)))


@settings(max_examples=60, deadline=None)
@given(leases())
def test_every_plan_repays_the_price_and_adds_up(terms: Terms) -> None:
    rows = plan(terms)
    assert sum(row.principal_cents for row in rows) == terms.price_cents
    assert all(row.amount_cents == row.principal_cents + row.interest_cents for row in rows)
    assert [(row.kind, row.amount_cents) for row in rows] == [(f.kind, f.amount_cents) for f in rules.flows(terms)]


@settings(max_examples=60, deadline=None)
@given(leases())
def test_the_balance_never_rises_and_never_falls_below_nothing(terms: Terms) -> None:
    left = [terms.price_cents, *(row.outstanding_cents for row in plan(terms))]
    assert all(before >= after for before, after in pairwise(left))
    assert left[-1] == 0


@settings(max_examples=40, deadline=None)
@given(leases())
def test_what_is_left_is_the_present_value_of_what_is_to_come(terms: Terms) -> None:
    """Each row's interest is off by half a cent at most, and what it is off by bears interest from then on."""
    rate, due = rules.rate_of(terms), rules.flows(terms)
    before, bound = 0, Fraction(0)
    growth = 1 + Fraction(rate) * terms.period_months / 12
    for place, row in enumerate(plan(terms)[:-1]):
        reached = due[place].period
        to_come = [rules.Flow(f.kind, f.number, f.period - reached, f.amount_cents) for f in due[place + 1 :]]
        if reached > before:
            before, bound = reached, bound * growth + Fraction(1, 2)
        exact = Fraction(rules.present_value(to_come, rate, terms.period_months))
        assert abs(row.outstanding_cents - exact) <= bound + Fraction(1, 10**30)


@settings(max_examples=40, deadline=None)
@given(st.integers(100, 2_500), st.integers(2, 60), st.integers(1_000, 1_000_000))
def test_interest_is_that_of_numpy_financial(rate_bp: int, count: int, price_euro: int) -> None:
    """The oracle does not round: its rent is up to half a cent a row away, and ours rounds each interest as well."""
    rate = Decimal(rate_bp) / 10_000
    rent = rules.rent_cents(Terms(price_euro * 100, 0, 0, 0, count, count), rate)
    rows = rules.plan(Terms(price_euro * 100, 0, rent, 0, count, count), rate)
    numbers = [row.number for row in rows[:-1]]
    oracle = -numpy_financial.ipmt(rate_bp / 120_000, numbers, count, price_euro * 100)
    growth = (1 + rate_bp / 120_000) ** count
    assert all(abs(row.interest_cents - exact) <= 1 + growth for row, exact in zip(rows[:-1], oracle, strict=True))
