"""Early termination: the estimate of the worked contract, and its identity at the rate of the plan."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from core.book import rules
from core.book.rules import Payment, Terms
from tests.book.leases import DENTAL, leases, plan

REACHED = 39  # The period of rent 40 of 84963, in advance.
FIVE_PERCENT, VAT = Fraction(5, 100), Fraction(22, 100)


def to_come(terms: Terms, reached: int) -> list[Payment[Fraction]]:
    return [
        Payment(flow.number, Fraction(flow.amount_cents), Fraction(flow.period - reached))
        for flow in rules.to_come(terms, reached)
    ]


def worth(terms: Terms, reached: int, rate: Fraction) -> int:
    return int(rules.worth_today(to_come(terms, reached), rate, Fraction(terms.period_months)))


def test_84963_after_rent_40_at_its_own_rate() -> None:
    rounded = plan(DENTAL)[39].outstanding_cents
    assert (rounded, worth(DENTAL, REACHED, Fraction(rules.rate_of(DENTAL)))) == (17_180_04, 17_179_99)


def test_84963_after_rent_40_at_five_percent() -> None:
    at_five = worth(DENTAL, REACHED, FIVE_PERCENT)
    assert (at_five, at_five - plan(DENTAL)[39].outstanding_cents) == (18_183_85, 1_003_81)


def test_the_estimate_adds_vat_to_what_is_to_come_alone() -> None:
    parts = [Fraction(cents) for cents in (514_11, 4_29, 18_183_85, 150_00)]
    overdue, late, to_pay, fees = parts
    estimate = rules.settlement(overdue, late, to_pay, VAT, fees)
    assert int(estimate) == 514_11 + 4_29 + 18_183_85 + 4_000_45 + 150_00


def test_a_payment_to_come_is_worth_less_the_further_away_it_is() -> None:
    in_a_year = rules.discounted(Payment(1, Fraction(1_050_00), Fraction(12)), FIVE_PERCENT, Fraction(1))
    assert in_a_year == Fraction(1_050_00) / (1 + Fraction(5, 1200)) ** 12


@settings(max_examples=25, deadline=None)
@given(leases(), st.data())
def test_at_the_rate_of_the_plan_it_is_the_residual_capital(terms: Terms, data: st.DataObject) -> None:
    """But for half a cent of rounding in each row before, with its interest, and half a cent of its own."""
    rows, due = plan(terms), rules.flows(terms)
    place = data.draw(st.integers(0, len(rows) - 2).filter(lambda place: due[place + 1].period > due[place].period))
    reached, rate = due[place].period, Fraction(rules.rate_of(terms))
    growth = float(1 + rate * terms.period_months / 12)
    bound = (growth**reached - 1) / (growth - 1) / 2 + 0.5
    assert abs(worth(terms, reached, rate) - rows[place].outstanding_cents) <= bound + 1e-6


def test_nothing_is_to_come_after_the_last_payment() -> None:
    assert rules.to_come(DENTAL, 87) == []
    assert [flow.kind for flow in rules.to_come(DENTAL, 86)] == ["RISCATTO"]
    assert [flow.number for flow in rules.to_come(replace(DENTAL, residual_cents=0), 84)] == [86, 87]
