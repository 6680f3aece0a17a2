"""Reference cases from other calculators, standards and law, each by its source, to the cent or the printed digit."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from core.book import rules
from core.book.rules import LateDays, Terms
from core.kit.money import divide_half_up
from tests.book.leases import in_percent, level, payments

CENTS = 100


@pytest.mark.parametrize(
    ("rent_cents", "expected"),
    [
        pytest.param(level(200_000, "7.5", 180), 1_854_02, id="1: numpy-financial pmt"),
        pytest.param(level(10_000, "8", 10), 1_037_03, id="4: Microsoft PMT, end"),
        pytest.param(level(10_000, "8", 10, at_closing=1), 1_030_16, id="4: Microsoft PMT, beginning"),
        pytest.param(level(750, "10", 12, at_closing=3), 64_45, id="5: HP 12C p. 153, 10 %, 3 in advance"),
        pytest.param(level(750, "15", 12, at_closing=3), 65_43, id="5: HP 12C p. 153, 15 %, 3 in advance"),
        pytest.param(level(750, "15", 12, at_closing=1), 66_86, id="5: HP 12C p. 153, 15 %, 1 in advance"),
        pytest.param(level(22_000, "15", 48, 4, residual_euro=6_600), 487_29, id="6: HP 12C p. 157, residual"),
        pytest.param(level(100, "7", 12), 8_65, id="15: Apache Fineract, 30/360"),
    ],
)
def test_rents(rent_cents: int, expected: int) -> None:
    assert rent_cents == expected


@pytest.mark.parametrize(
    ("terms", "percent"),
    [
        pytest.param(Terms(25_000_00, 0, 600_00, 0, 60, 60, 3), "17.33", id="7: HP 12C yield"),
        pytest.param(Terms(25_000_00, 0, 625_00, 0, 60, 60, 3), "19.48", id="7: HP 12C yield, 625"),
        pytest.param(Terms(25_150_00, 0, 421_40, 251_50, 87, 87, 1), "11.48866", id="16: sample, five assets"),
        pytest.param(Terms(28_150_00, 0, 421_40, 281_50, 87, 87, 1), "7.93802", id="17: sample, six assets"),
    ],
)
def test_yields(terms: Terms, percent: str) -> None:
    assert in_percent(rules.rate_of(terms), len(percent.partition(".")[2])) == percent


@pytest.mark.parametrize(
    ("price_cents", "residual_cents", "percent"),
    [
        pytest.param(25_150_00, 251_50, "12.11334", id="16: five assets"),
        pytest.param(28_150_00, 281_50, "8.23329", id="17: six assets"),
    ],
)
def test_effective_rates_of_the_sample(price_cents: int, residual_cents: int, percent: str) -> None:
    rate = rules.rate_of(Terms(price_cents, 0, 421_40, residual_cents, 87, 87, 1))
    assert in_percent(rules.effective_rate(rate), 5) == percent


def exact_rows(price_euro: int, percent: str, instalments: int) -> list[rules.Row]:
    """The plan in thousandths of a cent, for sources that do not round the rent to the cent."""
    return rules.plan(
        Terms(price_euro * 100_000, 0, level(price_euro * 1_000, percent, instalments), 0, instalments, instalments),
        Decimal(percent) / 100,
    )


def in_cents(thousandths: int) -> int:
    return divide_half_up(thousandths, 1_000)


def test_2_numpy_financial_ipmt() -> None:
    rows = exact_rows(2_500, "8.24", 12)
    interest = [1717, 1579, 1440, 1301, 1160, 1018, 876, 732, 588, 442, 296, 149]
    assert [in_cents(row.interest_cents) for row in rows] == interest
    assert [in_cents(row.principal_cents) for row in (rows[0], rows[-1])] == [200_58, 216_26]
    assert (in_cents(rows[0].outstanding_cents), rows[-1].outstanding_cents) == (2_299_42, 0)
    assert in_cents(sum(row.interest_cents for row in rows)) == 112_98


def test_3_microsoft_cumipmt_and_cumprinc() -> None:
    rows = exact_rows(125_000, "9", 360)
    assert (in_cents(rows[0].interest_cents), in_cents(rows[0].principal_cents)) == (937_50, 68_28)
    assert in_cents(sum(row.interest_cents for row in rows[12:24])) == 11_135_23
    assert in_cents(sum(row.principal_cents for row in rows[12:24])) == 934_11


def test_8_ti_ba_ii_plus_lease_with_a_buy_out() -> None:
    rate = Decimal("0.22")
    assert round(rules.present_value(payments((46, 6_500_00)), rate)) == 2_818_22
    assert round(rules.present_value(rules.flows(Terms(1, 0, 1_200_00, 6_500_00, 46, 46, 1)), rate)) == 40_573_18


def test_9_ifrs_16_example_13() -> None:
    rents = payments(*((year, 50_000_00) for year in range(1, 10)))
    liability = round(rules.present_value(rents, Decimal("0.05"), period_months=12))
    rows = rules.plan(Terms(liability, 0, 50_000_00, 0, 9, 9, period_months=12), Decimal("0.05"))
    before_rents = [in_euro(row.outstanding_cents + row.amount_cents) for row in rows[:6]]
    assert liability == 355_391_08
    assert [in_euro(row.interest_cents) for row in rows[:2]] == [17_770, 16_158]
    assert before_rents == [373_161, 339_319, 303_785, 266_474, 227_298, 186_162]


def test_9_ifrs_16_example_13_remeasured() -> None:
    rents = payments(*((year, 50_000_00 if year < 4 else 55_000_00) for year in range(9)))
    assert in_euro(round(rules.present_value(rents, Decimal("0.06"), period_months=12))) == 378_174


def in_euro(cents: int) -> int:
    return divide_half_up(cents, CENTS)


def test_10_directive_98_7_first_example() -> None:
    daily = rules.solved_rate(payments((546, 1_200_00)), 1_000_00) / 12
    with localcontext(prec=40):
        assert in_percent((1 + daily) ** 365 - 1, 2) == "12.96"


@pytest.mark.parametrize(
    ("due", "percent"),
    [
        pytest.param(payments((18, 1_200_00)), "12.92", id="18 months"),
        pytest.param(payments((12, 600_00), (24, 600_00)), "13.07", id="two equal instalments"),
        pytest.param(payments((3, 272_00), (6, 272_00), (12, 544_00)), "13.19", id="three instalments"),
    ],
)
def test_11_directive_98_7_in_equal_months(due: list[rules.Flow], percent: str) -> None:
    assert in_percent(rules.effective_rate(rules.solved_rate(due, 1_000_00)), 2) == percent


def test_12_fineract_progressive_30_360() -> None:
    rows = rules.plan(Terms(100_00, 0, level(100, "9.4822", 6), 0, 6, 6), Decimal("0.094822"))
    assert [row.amount_cents for row in rows] == [17_13] * 6
    assert [row.interest_cents for row in rows] == [79, 66, 53, 40, 27, 13]
    assert [row.outstanding_cents for row in rows] == [83_66, 67_19, 50_59, 33_86, 17_00, 0]


def test_13_fineract_progressive_actual_365() -> None:
    """Interest of actual days, which contracts have for late payment only; the last instalment takes the rest."""
    rate, growth, worth = Fraction(15_678, 100_000), Fraction(1), Fraction(0)
    balance, interest = 100_00, []
    month_days = [Fraction(days) for days in (31, 29, 31, 30, 31, 30)]
    for days in month_days:
        growth /= 1 + rate * days / 365
        worth += growth
    rent = round(balance / worth)
    for days in month_days:
        interest.append(int(rules.late_interest(Fraction(balance), [LateDays(None, days, rate)])))
        last, balance = balance + interest[-1], balance + interest[-1] - rent
    assert (rent, last) == (17_43, 17_47)
    assert interest == [1_33, 1_05, 90, 66, 46, 22]


def test_14_fineract_progressive_with_another_rate_after_the_first_row() -> None:
    first, *_ = rules.plan(Terms(100_00, 0, level(100, "7", 6), 0, 6, 6), Decimal("0.07"))
    left = Terms(first.outstanding_cents, 0, 0, 0, 5, 5)
    rent = rules.rent_cents(left, Decimal("0.04"))
    rows = rules.plan(Terms(first.outstanding_cents, 0, rent, 0, 5, 5), Decimal("0.04"))
    owed = rows[-2].outstanding_cents
    of_the_last = int(rules.interest(Fraction(owed), Fraction(4, 100), Fraction(1)))
    assert (first.amount_cents, rent, owed + of_the_last) == (17_01, 16_88, 16_89)
    assert [first.interest_cents, *(row.interest_cents for row in rows[:-1]), of_the_last] == [58, 28, 22, 17, 11, 6]


def test_15_fineract_the_last_instalment_alone_differs() -> None:
    rows = rules.plan(Terms(100_00, 0, 8_65, 0, 12, 12), Decimal("0.07"))
    owed = rows[-2].outstanding_cents
    assert owed + int(rules.interest(Fraction(owed), Fraction(7, 100), Fraction(1))) != 8_65
