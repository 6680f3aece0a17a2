"""Derivations of plan rows from terms and rows that do not always go together."""

from datetime import date
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from core.book.derivations import Origins, left_on, row_figures
from core.kit.figures import Figure, Unit, Words

JANUARY = date(2024, 1, 1)
TERMS = {
    "number": "84963",
    "price_cents": 100_000,
    "deposit_cents": 0,
    "rent_cents": 50_000,
    "residual_cents": 10_000,
    "instalments": 2,
    "months": 2,
    "period_months": 1,
    "in_advance": False,
    "index_base_ppm": 5_000,
    "index_method": "SIMPLE",
}


def row(kind: str, number: int, due_on: date, principal: int, interest: int, left: int) -> SimpleNamespace:
    amounts = {"amount_cents": principal + interest, "principal_cents": principal, "interest_cents": interest}
    days = {"due_on": due_on, "accrues_from": JANUARY, "accrues_to": due_on}
    return SimpleNamespace(id=due_on.toordinal(), kind=kind, number=number, outstanding_cents=left, **amounts, **days)


def origins(*rows: SimpleNamespace, source: str = "ECB", **terms: Any) -> Origins:
    means: Any = {JANUARY: SimpleNamespace(ppm=30_000, source=source)}
    contract: Any = SimpleNamespace(**TERMS | terms)
    book: Any = rows
    return Origins(contract, book, means)


def told(of: Origins, place: int = 0) -> dict[str, Figure]:
    """The figures of a row by their names, with what a difference is of."""
    found = {}
    for figure in row_figures(of, of.rows[place]):
        assert figure.name
        of_what = figure.name.params.get("figure")
        found[of_what.message if isinstance(of_what, Words) else figure.name.message] = figure
    return found


def test_a_rent_that_is_not_the_agreed_one_is_told_as_it_is_and_beside_it() -> None:
    of = origins(row("CANONE", 1, date(2024, 1, 31), 47_000, 6_000, 53_000))
    first, *_ = row_figures(of, of.rows[0])
    figures = told(of)
    assert int(first) == 53_000
    assert int(figures["Instalment amount"]) == 3_000
    assert int(figures["Principal"]) + int(figures["Interest"]) == 0
    assert [figures["Principal"].unit, first.unit] == [Unit.CENTS] * 2
    assert first.source == Words("plan of the company")


def test_the_agreed_rent_is_a_fact_of_the_contract() -> None:
    of = origins(row("CANONE", 1, date(2024, 1, 31), 43_606, 6_394, 56_394))
    first, *others = row_figures(of, of.rows[0])
    assert (int(first), first.source) == (50_000, of.source)
    assert [int(figure) for figure in others] == [6_394, 43_606, 56_394]


def test_the_last_row_says_its_interest_and_the_rounding_that_it_absorbs() -> None:
    rows = (
        row("CANONE", 1, date(2024, 1, 31), 43_606, 6_394, 56_394),
        row("CANONE", 2, date(2024, 2, 29), 46_390, 3_610, 10_004),
        row("RISCATTO", 3, date(2024, 3, 1), 10_004, -4, 0),
    )
    interest, principal, left = list(row_figures(origins(*rows), rows[2]))[1:4]
    names = [figure.name.message for figure in (interest, principal, left) if figure.name]
    assert names == ["Interest, with the rounding of the plan", "Principal", "Outstanding principal"]
    assert [int(interest), int(principal), int(left)] == [-4, 10_004, 0]
    parts = {step.name.message: step.value for step in interest.steps() if step.name}
    assert parts["Interest"] + parts["Rounding of the plan"] == -4
    assert all(figure.recomputed() == figure.value for figure in (interest, principal, left))


def test_interest_before_the_lease_stands_outside_of_what_is_repaid() -> None:
    """Whatever the company writes as left after it."""
    before = row("PREAMMORTAMENTO", 1, date(2024, 1, 1), 0, 500, 0)
    rent = row("CANONE", 1, date(2024, 1, 31), 43_606, 6_394, 56_394)
    of = origins(before, rent)
    assert of.outstanding_on(date(2024, 1, 15)).value == of.before(rent).value == 100_000
    assert next(left_on(of, date(2024, 1, 31))).value == 56_394


@pytest.mark.parametrize(("period_months", "cents"), [(1, 104), (5, 521), (12, 1_250), (24, 2_500)])
def test_the_simple_method_charges_each_rent_for_the_months_it_pays(period_months: int, cents: int) -> None:
    index = row("INDICIZZAZIONE", 0, date(2024, 1, 31), 0, cents, 100_000)
    of = origins(index, period_months=period_months, months=period_months * 2)
    (charge,) = row_figures(of, index)
    assert charge.value == cents
    rents = next(step for step in charge.steps() if step.name == Words("Rents of a year"))
    assert rents.value == Fraction(12, period_months)


def test_a_mean_without_a_source_has_none() -> None:
    of = origins(source="")
    assert of.mean(JANUARY).source is None
    assert origins(source="ECB").mean(JANUARY).source == Words("ECB")
