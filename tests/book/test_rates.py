"""Rates solved from what was agreed, and rents worked out from a rate: worked contracts and invariants."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy_financial
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.book import rules
from core.book.rules import Terms
from tests.book.leases import CAR, DENTAL, in_percent, leases, level, payments


def test_rates_of_84963() -> None:
    rate = rules.rate_of(DENTAL)
    assert in_percent(rate, 5) == "7.93802"
    assert in_percent(rules.effective_rate(rate), 5) == "8.23329"
    assert rules.rate_ppm(rate) == 79_380


def test_84963_read_in_arrears() -> None:
    rate = rules.rate_of(replace(DENTAL, at_closing=0))
    assert (in_percent(rate, 5), in_percent(rules.effective_rate(rate), 4)) == ("7.74096", "8.0216")


@pytest.mark.parametrize(
    ("price_cents", "rents", "residual_cents", "nominal"),
    [
        pytest.param(28_150_00, [421_40] * 87, 281_50, "7.938", id="net flows, net price"),
        pytest.param(34_343_00, [514_11] * 87, 343_43, "7.938", id="gross flows, gross price"),
        pytest.param(28_150_00, [514_11] * 87, 343_43, "14.364", id="gross flows, net price: wrong"),
        pytest.param(28_150_00, [587_40, *[421_40] * 86], 281_50, "8.121", id="net, with the fees"),
        pytest.param(34_343_00, [716_63, *[514_11] * 86], 343_43, "8.121", id="gross, with the fees"),
        pytest.param(28_150_00, [716_63, *[514_11] * 86], 343_43, "14.609", id="gross on net, with the fees: wrong"),
    ],
)
def test_net_and_gross_of_84963_carry_one_rate(
    price_cents: int, rents: list[int], residual_cents: int, nominal: str
) -> None:
    flows = payments(*enumerate(rents), (87, residual_cents))
    assert in_percent(rules.solved_rate(flows, price_cents), 3) == nominal


def test_no_rate_of_two_decimals_asks_for_the_rent_of_84963() -> None:
    rents = {rules.rent_cents(DENTAL, Decimal(bp) / 10_000) for bp in range(700, 900)}
    assert DENTAL.rent_cents not in rents
    assert rules.rent_cents(DENTAL, Decimal("0.0794")) == 421_43


@pytest.mark.parametrize(
    ("residual_cents", "nominal"),
    [(975_41, "1.3551"), (4_877_05, "3.3507"), (9_754_10, "5.5870"), (14_631_15, "7.5955")],
)
def test_rate_of_the_car_by_riscatto(residual_cents: int, nominal: str) -> None:
    assert in_percent(rules.rate_of(replace(CAR, residual_cents=residual_cents)), 4) == nominal


def test_no_rate_makes_too_little_money_worth_the_price() -> None:
    with pytest.raises(ValueError, match="no rate"):
        rules.rate_of(replace(DENTAL, rent_cents=300_00))


def test_money_that_is_lent_for_nothing_carries_no_rate() -> None:
    terms = Terms(12_000_00, 2_000_00, 0, 400_00, instalments=12, periods=12)
    free = replace(terms, rent_cents=rules.rent_cents(terms, Decimal(0)))
    assert free.rent_cents == (12_000_00 - 2_000_00 - 400_00) // 12
    assert rules.rate_of(free) == rules.effective_rate(rules.rate_of(free)) == 0


def test_terms_in_proportion_have_one_rate() -> None:
    ten = replace(CAR, price_cents=975_409_80, deposit_cents=97_541_00, rent_cents=18_986_70, residual_cents=9_754_10)
    assert rules.rate_of(ten) == rules.rate_of(CAR)


def closed_form(terms: Terms, rate: Fraction) -> Fraction:
    """C = (P − A − R·vⁿ) / (a + (1 − v^(n−a)) / i), as the law's annexes and the textbooks have it."""
    i = rate * terms.period_months / 12
    v, n, a = 1 / (1 + i), terms.instalments, terms.at_closing
    worth = terms.price_cents - terms.deposit_cents - terms.residual_cents * v**terms.periods
    return worth / (a + (1 - v ** (n - a)) / i)


@settings(max_examples=60, deadline=None)
@given(leases(), st.integers(1, 3_000))
def test_a_rent_is_the_closed_formula_rounded_once(terms: Terms, rate_bp: int) -> None:
    exact = closed_form(terms, Fraction(rate_bp, 10_000))
    assert abs(rules.rent_cents(terms, Decimal(rate_bp) / 10_000) - exact) <= Fraction(1, 2) + Fraction(1, 10**30)


@settings(max_examples=60, deadline=None)
@given(leases())
def test_the_solved_rate_makes_the_flows_worth_the_price(terms: Terms) -> None:
    worth = rules.present_value(rules.flows(terms), rules.rate_of(terms), terms.period_months)
    assert abs(worth - terms.price_cents) < Decimal("1e-30")


@settings(max_examples=60, deadline=None)
@given(leases())
def test_the_nominal_rate_comes_back_from_the_effective_one(terms: Terms) -> None:
    rate = rules.rate_of(terms)
    periods = 12 // terms.period_months
    back = periods * ((1 + rules.effective_rate(rate, terms.period_months)) ** (Decimal(1) / periods) - 1)
    assert abs(back - rate) < Decimal("1e-25")


@settings(max_examples=40, deadline=None)
@given(st.integers(100, 2_500), st.integers(2, 360), st.booleans())
def test_rents_are_those_of_numpy_financial(rate_bp: int, count: int, in_advance: bool) -> None:
    when = "begin" if in_advance else "end"
    oracle = -numpy_financial.pmt(rate_bp / 120_000, count, 100_000, when=when) * 100
    ours = rules.rent_cents(Terms(100_000_00, 0, 0, 0, count, count, int(in_advance)), Decimal(rate_bp) / 10_000)
    assert abs(ours - oracle) <= 0.5 + 1e-4
    assert level(100_000, str(Decimal(rate_bp) / 100), count, int(in_advance)) == ours
