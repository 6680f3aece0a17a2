"""Money: parsing refuses what could mean two amounts, rounding is half up, once."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kit.money import divide_half_up, euro_text, parse_cents


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("2316.38", 231_638),
        ("2.316,38", 231_638),
        ("2,316.38", 231_638),
        ("1.234.567", 123_456_700),
        ("1'000.00", 100_000),
        ("-5", -500),
        ("+0,1", 10),
        (" 12345,6 ", 1_234_560),
    ],
)
def test_amounts_are_read_as_they_are_written(written: str, cents: int) -> None:
    assert parse_cents(written) == cents


@pytest.mark.parametrize("written", ["1.234", "1,234", "1.234.56", "1.2345", "", "x", "1,2,3", "1 €", "1e3", "²"])
def test_amounts_that_could_mean_two_things_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_cents(written)


@given(st.integers(-(10**15), 10**15))
def test_an_amount_survives_being_written_and_read(cents: int) -> None:
    assert parse_cents(euro_text(cents)) == cents


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**9))
def test_halves_round_away_from_zero(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    rounded = divide_half_up(numerator, denominator)
    assert abs(rounded - exact) <= Fraction(1, 2)
    if abs(rounded - exact) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)
