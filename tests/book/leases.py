"""Contracts and flows that the engine's tests share: the two golden ones, plain ones, and any that could be signed."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from core.book import rules
from core.book.rules import Flow, Terms

DENTAL = Terms(28_150_00, 0, 421_40, 281_50, instalments=87, periods=87, at_closing=1)
CAR = Terms(97_540_98, 9_754_10, 1_898_67, 975_41, instalments=47, periods=48)


def plan(terms: Terms) -> list[rules.Row]:
    return rules.plan(terms, rules.rate_of(terms))


def in_percent(rate: Decimal, decimals: int) -> str:
    return f"{rate * 100:.{decimals}f}"


def level(price_euro: int, percent: str, instalments: int, at_closing: int = 0, residual_euro: int = 0) -> int:
    """The rent, in cents, of a plain lease."""
    terms = Terms(price_euro * 100, 0, 0, residual_euro * 100, instalments, instalments, at_closing)
    return rules.rent_cents(terms, Decimal(percent) / 100)


def payments(*amounts: tuple[int, int]) -> list[Flow]:
    """Flows of so many cents, each at the end of a period."""
    return [Flow("CANONE", number, period, cents) for number, (period, cents) in enumerate(amounts, start=1)]


@st.composite
def leases(draw: st.DrawFn) -> Terms:
    """Any lease a lessor could sign: rents that carry between 1 and 25 % a year."""
    price = draw(st.integers(1_000_00, 5_000_000_00))
    periods = draw(st.integers(2, 144))
    deposit = price * draw(st.integers(0, 30)) // 100
    terms = Terms(
        price_cents=price,
        deposit_cents=deposit,
        rent_cents=0,
        residual_cents=draw(st.integers(0, 30) | st.integers(0, 30).map(lambda percent: price * percent // 100)),
        instalments=periods - (1 if deposit else 0),
        periods=periods,
        at_closing=0 if deposit else draw(st.integers(0, 1)),
        period_months=draw(st.sampled_from([1, 3, 6])),
    )
    return replace(terms, rent_cents=rules.rent_cents(terms, Decimal(draw(st.integers(100, 2_500))) / 10_000))
