"""Figures: the same numbers as fractions give, and how they came about."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kit.figures import EARLIEST, Figure, Number, Unit, Words, derived, fact, half_up, named, total
from core.kit.money import divide_half_up

numbers = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6)


def interest(balance: Number, rate: Number, months: Number) -> Number:
    """A rule as the engine has them."""
    return named(half_up(balance * rate * months / 12), "Interest of %(number)s", number=3)


def cents(value: int | Fraction) -> Figure:
    return fact(value, Unit.CENTS, "Amount")


@given(numbers, numbers, numbers)
def test_a_rule_gives_the_same_number_with_fractions_and_with_figures(one, two, three):
    figure = interest(cents(one), fact(two, Unit.SHARE, "Rate"), fact(three, Unit.MONTHS, "Months"))
    assert figure.value == interest(one, two, three)
    assert figure.recomputed() == figure.value


@given(numbers, numbers.filter(bool))
def test_every_sign_means_what_it_means_for_fractions(one, two):
    left, right = cents(one), cents(two)
    assert [(left + right).value, (left - right).value] == [one + two, one - two]
    assert [(left * right).value, (left / right).value] == [one * two, one / two]
    assert half_up(left).value == divide_half_up(one.numerator, one.denominator)


@given(st.lists(numbers, min_size=1))
def test_a_total_is_one_step_over_all_its_parts(values):
    sum_ = total([cents(value) for value in values])
    assert sum_.value == sum(values) == total(values) == sum_.recomputed()
    assert len(sum_.parts) == len(values)


def test_a_total_leaves_nothing_out():
    assert total([cents(1), Fraction(2)]).value == 3


def test_what_is_recomputed_comes_from_the_facts_and_not_from_the_steps():
    charge = interest(cents(120_000), fact(Fraction(1, 10), Unit.SHARE, "Rate"), fact(1, Unit.MONTHS, "Months"))
    drifted = Figure(charge.value + 1, charge.unit, charge.name, charge.operation, charge.parts)
    assert charge.recomputed() == charge.value == 1_000
    assert drifted.recomputed() == 1_000 != drifted.value


def test_halves_are_rounded_away_from_zero():
    assert [int(half_up(cents(Fraction(value, 2)))) for value in (5, -5, 4)] == [3, -3, 2]


def test_a_number_that_is_not_rounded_is_no_amount():
    with pytest.raises(ValueError, match="not a whole number"):
        int(cents(Fraction(1, 3)))


def test_a_result_knows_its_name_its_unit_and_every_step():
    charge = interest(cents(100), fact(Fraction(1, 100), Unit.SHARE, "Rate"), fact(1, Unit.MONTHS, "Months"))
    assert (charge.name, charge.unit) == (Words("Interest of %(number)s", {"number": 3}), Unit.CENTS)
    assert [step.name.message for step in charge.steps() if step.name] == [
        "Interest of %(number)s",
        "Amount",
        "Rate",
        "Months",
    ]


def test_amounts_over_amounts_are_a_share():
    assert (cents(50) / cents(200)).unit is Unit.SHARE
    assert (cents(50) / 2).unit is Unit.CENTS


def test_a_name_changes_nothing_of_a_plain_number():
    assert named(Fraction(1, 3), "A third") == Fraction(1, 3)


def test_an_operation_of_its_own_is_recomputed_too():
    days = [fact(3, Unit.DAY, "Due"), fact(2, Unit.DAY, "Due")]
    earliest = derived(EARLIEST, days, Unit.DAY)
    assert earliest.value == earliest.recomputed() == 2
