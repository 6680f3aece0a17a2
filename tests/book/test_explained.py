"""Every formula gives the same number with fractions and with figures, and its derivation gives it again."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.book import rules
from core.book.rules import IndexedMonth, LateDays, Payment
from core.kit.figures import Figure, Unit, Words, fact
from tests.book.leases import CAR, DENTAL, plan

SOURCE = Words("Contract %(number)s", {"number": "84963"})
MONTH = date(2022, 6, 1)
CENTS, SHARE, DAYS, MONTHS, PLAIN = Unit.CENTS, Unit.SHARE, Unit.DAYS, Unit.MONTHS, Unit.PLAIN

FORMULAS: dict[str, tuple[Callable, tuple[Unit, ...]]] = {
    "interest": (rules.interest, (CENTS, SHARE, MONTHS)),
    "principal of a row": (lambda *given: rules.split(*given).principal, (CENTS, CENTS, SHARE, MONTHS)),
    "interest of a row": (lambda *given: rules.split(*given).interest, (CENTS, CENTS, SHARE, MONTHS)),
    "outstanding after a row": (lambda *given: rules.split(*given).outstanding, (CENTS, CENTS, SHARE, MONTHS)),
    "interest of the last row": (lambda *given: rules.split(*given, last=True).interest, (CENTS, CENTS, SHARE, MONTHS)),
    "VAT": (rules.vat, (CENTS, SHARE)),
    "gross": (lambda net, rate: rules.gross(net, rules.vat(net, rate)), (CENTS, SHARE)),
    "index month": (
        lambda balance, days, index, base: rules.month_part(IndexedMonth(MONTH, balance, days, index), base),
        (CENTS, DAYS, SHARE, SHARE),
    ),
    "index quarter": (
        lambda one, other, days, index, base: rules.quarter_charge(
            [IndexedMonth(MONTH, one, days, index), IndexedMonth(MONTH, other, days, index)], base
        ),
        (CENTS, CENTS, DAYS, SHARE, SHARE),
    ),
    "simple index": (rules.simple_charge, (CENTS, SHARE, SHARE, PLAIN)),
    "late rate": (rules.late_rate, (SHARE, SHARE)),
    "late interest": (
        lambda unpaid, days, rate: rules.late_interest(unpaid, [LateDays(MONTH, days, rate)] * 2, 360),
        (CENTS, DAYS, SHARE),
    ),
    "worth today": (
        lambda one, other, rate, months: rules.worth_today(
            [Payment(1, one, months), Payment(2, other, months)], rate, months
        ),
        (CENTS, CENTS, SHARE, MONTHS),
    ),
    "settlement": (rules.settlement, (CENTS, CENTS, CENTS, SHARE, CENTS)),
    "outstanding": (lambda price, one, other: rules.outstanding(price, [one, other]), (CENTS, CENTS, CENTS)),
    "unpaid principal": (rules.unpaid_principal, (CENTS, CENTS, CENTS)),
}
IN_SHARES = {"late rate"}
VALUES = {
    CENTS: st.integers(1, 10**9).map(Fraction),
    SHARE: st.integers(0, 400_000).map(rules.share),
    DAYS: st.integers(1, 31).map(Fraction),
    MONTHS: st.sampled_from([1, 3, 6]).map(Fraction),
    PLAIN: st.sampled_from([4, 12]).map(Fraction),
}


@pytest.mark.parametrize("name", FORMULAS)
@given(data=st.data())
def test_a_formula_gives_one_number_and_says_how(name: str, data: st.DataObject) -> None:
    formula, units = FORMULAS[name]
    values = [data.draw(VALUES[unit]) for unit in units]
    figure = formula(*(fact(value, unit, "Given", SOURCE) for value, unit in zip(values, units, strict=True)))
    assert figure.value == formula(*values) == figure.recomputed()
    assert figure.unit is (SHARE if name in IN_SHARES else CENTS)
    assert figure.name


@pytest.mark.parametrize("terms", [CAR, DENTAL])
def test_the_rate_is_solved_again_from_the_terms(terms: rules.Terms) -> None:
    facts = rules.term_figures(terms, SOURCE)
    rate = rules.explained_rate(facts)
    assert rate.value == rate.recomputed() == Fraction(rules.rate_of(terms))
    assert [part.source for part in rate.parts] == [SOURCE] * 8
    assert rate.unit is SHARE


@pytest.mark.parametrize("terms", [CAR, DENTAL])
def test_every_row_of_a_plan_is_explained_by_the_row_before_it(terms: rules.Terms) -> None:
    rate = rules.explained_rate(rules.term_figures(terms, SOURCE))
    rows, due = plan(terms), rules.flows(terms)
    left, reached = terms.price_cents, 0
    for flow, row in zip(due, rows, strict=True):
        months = fact((flow.period - reached) * terms.period_months, MONTHS, "Months")
        parts = rules.split(cents(row.amount_cents), cents(left), rate, months, last=flow is due[-1])
        told = [parts.principal, parts.interest, parts.outstanding]
        assert [int(figure) for figure in told] == [row.principal_cents, row.interest_cents, row.outstanding_cents]
        assert all(figure.recomputed() == figure.value for figure in told)
        left, reached = row.outstanding_cents, flow.period


def cents(value: int) -> Figure:
    return fact(value, CENTS, "Amount")


def test_a_derivation_names_what_it_is_made_of() -> None:
    charge = rules.quarter_charge(
        [IndexedMonth(MONTH, cents(87_786_88), fact(10, DAYS, "Days"), fact(rules.share(-2_390), SHARE, "Mean"))],
        fact(rules.share(-3_860), SHARE, "Base"),
    )
    assert [step.name.message for step in charge.steps() if step.name] == [
        *("Indexation of the quarter", "Indexation of %(month)s"),
        *("Amount", "Mean", "Base", "Days"),
    ]
