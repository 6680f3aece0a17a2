"""Index charges: the two worked quarters, their traps, and how means are rounded."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from core.book import rules
from core.book.rules import IndexedMonth
from core.kit.figures import half_up
from tests.book.leases import CAR, plan

BASE = rules.share(rules.index_ppm("-0.385727"))
THIRD, FOURTH = (date(2022, 6, 21), date(2022, 9, 30)), (date(2022, 10, 1), date(2022, 12, 31))
MEANS = {
    THIRD: ("-0.239227", "0.036619", "0.394739", "1.010864"),
    FOURTH: ("1.427667", "1.825227", "2.063476"),
}


def quarter(competence: tuple[date, date], means: tuple[str, ...]) -> list[IndexedMonth[Fraction]]:
    """The months of a quarter of the car; row 0 is outstanding in June, row 4 in October."""
    left = [row.outstanding_cents for row in plan(CAR)][0 if competence == THIRD else 4 :]
    return [
        IndexedMonth(first, Fraction(cents), Fraction(rules.days_of(first, last)), rules.share(rules.index_ppm(mean)))
        for (first, last), mean, cents in zip(rules.months_of(*competence), means, left, strict=False)
    ]


@pytest.mark.parametrize(
    ("competence", "parts", "charge"),
    [
        (THIRD, ["3.5846", "31.3209", "56.6173", "95.9066"], 187_43),
        (FOURTH, ["125.8650", "145.1316", "162.2961"], 433_29),
    ],
)
def test_first_two_quarters_of_the_car(competence: tuple[date, date], parts: list[str], charge: int) -> None:
    months = quarter(competence, MEANS[competence])
    assert [f"{float(rules.month_part(month, BASE)) / 100:.4f}" for month in months] == parts
    assert rules.quarter_charge(months, BASE) == charge


def test_a_charge_is_rounded_once_for_the_quarter() -> None:
    parts = [rules.month_part(month, BASE) for month in quarter(FOURTH, MEANS[FOURTH])]
    assert (sum(map(half_up, parts)), half_up(sum(parts))) == (433_30, 433_29)


def test_trap_of_the_first_fixing_of_a_month_instead_of_its_mean() -> None:
    fixing = quarter(THIRD, (*MEANS[THIRD][:3], "0.712"))
    assert 187_43 - rules.quarter_charge(fixing, BASE) == 20_53


def test_trap_of_a_mean_rounded_twice() -> None:
    twice = quarter(FOURTH, (*MEANS[FOURTH][:2], "2.0635"))
    assert rules.quarter_charge(twice, BASE) == 433_36


def test_trap_of_days_without_one_end() -> None:
    days = [rules.days_of(*month) for month in rules.months_of(*THIRD)]
    assert (days, sum(days)) == ([10, 31, 31, 30], 102)
    assert (THIRD[1] - THIRD[0]).days == 101


def test_a_mean_below_the_base_is_a_credit_of_the_same_size() -> None:
    above, below = (
        [IndexedMonth(date(2023, 1, 1), Fraction(80_000_00), Fraction(31), BASE + Fraction(step, 100))]
        for step in (1, -1)
    )
    assert rules.quarter_charge(below, BASE) == -rules.quarter_charge(above, BASE) == -68_89


def test_the_simple_method_charges_a_rent_for_its_share_of_the_year() -> None:
    rent, base = Fraction(1_000_00), rules.share(5_000)
    assert rules.simple_charge(rent, rules.share(30_000), base, Fraction(12)) == 2_08
    assert rules.simple_charge(rent, rules.share(30_000), base, Fraction(4)) == 6_25
    assert rules.simple_charge(rent, rules.share(-20_000), base, Fraction(12)) == -2_08


@pytest.mark.parametrize(
    ("mean", "ppm"),
    [("2.063476", 20_630), ("-0.329455", -3_290), ("-0.328455", -3_280), ("2.0635", 20_640), ("-0.3285", -3_290)],
)
def test_a_mean_is_rounded_once_to_three_decimals(mean: str, ppm: int) -> None:
    assert rules.index_ppm(mean) == ppm


def test_mean_of_a_months_fixings() -> None:
    assert rules.mean_ppm([Decimal("55.784") / 23] * 23) == 24_250
    assert rules.mean_ppm([Decimal("2.063"), Decimal("2.064")]) == 20_640
    assert rules.mean_ppm([Decimal("-0.328"), Decimal("-0.329")]) == -3_290


@pytest.mark.parametrize(
    ("on_360", "on_365"),
    [(34_620, 35_100), (32_100, 32_550), (37_210, 37_730), (38_750, 39_290), (34_630, 35_110)],
)
def test_printed_pairs_of_the_index_on_360_and_365_days(on_360: int, on_365: int) -> None:
    assert rules.on_365_days(on_360) == on_365


def test_quarters_join_the_days_before_the_first_whole_one() -> None:
    assert list(rules.quarters(date(2022, 6, 21), date(2023, 2, 10))) == [
        (date(2022, 6, 21), date(2022, 9, 30), date(2022, 9, 30)),
        (date(2022, 10, 1), date(2022, 12, 31), date(2022, 12, 31)),
        (date(2023, 1, 1), date(2023, 2, 10), date(2023, 3, 31)),
    ]
    first, _ = rules.quarters(date(2022, 7, 1), date(2022, 12, 31))
    assert first == (date(2022, 7, 1), date(2022, 9, 30), date(2022, 9, 30))
