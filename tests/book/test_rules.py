"""The leasing engine against worked contracts, published reference cases and its invariants."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.book import rules
from core.book.rules import Flow, IndexedMonth, Terms
from core.kit.money import divide_half_up

DENTAL = Terms(28_150_00, 0, 421_40, 281_50, instalments=87, periods=87, at_closing=1)
CAR = Terms(97_540_98, 9_754_10, 1_898_67, 975_41, instalments=47, periods=48)
CAR_BASE = rules.index_ppm("-0.385727")


def solved(terms: Terms) -> Decimal:
    return rules.solved_rate(rules.flows(terms), terms.price_cents, terms.period_months)


def plan(terms: Terms) -> list[rules.Row]:
    return rules.plan(terms, solved(terms))


def in_percent(rate: Decimal, decimals: int) -> str:
    return f"{rate * 100:.{decimals}f}"


def level(price_euro: int, percent: str, instalments: int, at_closing: int = 0, residual_euro: int = 0) -> int:
    """The rent, in cents, of a plain lease."""
    terms = Terms(price_euro * 100, 0, 0, residual_euro * 100, instalments, instalments, at_closing)
    return rules.rent_cents(terms, Decimal(percent) / 100)


def test_rates_of_84963() -> None:
    rate = solved(DENTAL)
    assert in_percent(rate, 5) == "7.93802"
    assert in_percent(rules.effective_rate(rate), 5) == "8.23329"
    assert rules.rate_ppm(rate) == 79_380


def test_84963_read_in_arrears() -> None:
    rate = solved(replace(DENTAL, at_closing=0))
    assert (in_percent(rate, 5), in_percent(rules.effective_rate(rate), 4)) == ("7.74096", "8.0216")


def test_rates_of_the_five_assets_of_84963() -> None:
    rate = solved(replace(DENTAL, price_cents=25_150_00, residual_cents=251_50))
    assert (in_percent(rate, 5), in_percent(rules.effective_rate(rate), 5)) == ("11.48866", "12.11334")


def test_plan_of_84963() -> None:
    rows = {(row.kind, row.number): row for row in plan(DENTAL)}
    assert rows["CANONE", 1].interest_cents == 0
    assert rows["CANONE", 40].outstanding_cents == 17_180_04
    assert rows["CANONE", 87].outstanding_cents == 279_72


def test_the_last_row_absorbs_the_rounding() -> None:
    *_, before, last = plan(DENTAL)
    of_the_month = rules.interest_cents(before.outstanding_cents, solved(DENTAL), 1)
    assert (of_the_month, before.outstanding_cents + of_the_month - last.amount_cents) == (1_85, 7)
    assert (last.amount_cents, last.principal_cents, last.interest_cents) == (281_50, 279_72, 1_78)
    assert last.outstanding_cents == 0


def test_gross_flows_are_worth_the_gross_price() -> None:
    gross = replace(DENTAL, price_cents=34_343_00, rent_cents=514_11, residual_cents=343_43)
    assert in_percent(solved(gross), 3) == in_percent(solved(DENTAL), 3) == "7.938"
    assert in_percent(solved(replace(gross, price_cents=28_150_00)), 3) == "14.364"


@pytest.mark.parametrize(
    ("residual_cents", "nominal"),
    [(975_41, "1.3551"), (4_877_05, "3.3507"), (9_754_10, "5.5870"), (14_631_15, "7.5955")],
)
def test_rate_of_the_car_by_riscatto(residual_cents: int, nominal: str) -> None:
    assert in_percent(solved(replace(CAR, residual_cents=residual_cents)), 4) == nominal


def test_plan_of_the_car() -> None:
    left = [row.outstanding_cents for row in plan(CAR)[:8]]
    assert left == [87_786_88, 85_987_35, 84_185_78, 82_382_18, 80_576_54, 78_768_86, 76_959_14, 75_147_38]


def test_index_charge_of_the_first_two_quarters_of_the_car() -> None:
    left = [row.outstanding_cents for row in plan(CAR)]
    third = zip(left[:4], (10, 31, 31, 30), ("-0.239227", "0.036619", "0.394739", "1.010864"), strict=True)
    fourth = zip(left[4:7], (31, 30, 31), ("1.427667", "1.825227", "2.063476"), strict=True)
    charges = [
        rules.index_charge((IndexedMonth(k, days, rules.index_ppm(mean)) for k, days, mean in quarter), CAR_BASE)
        for quarter in (third, fourth)
    ]
    assert charges == [187_43, 433_29]


def test_a_mean_below_the_base_is_a_credit_of_the_same_size() -> None:
    above, below = (IndexedMonth(80_000_00, 31, CAR_BASE + step) for step in (10_000, -10_000))
    assert rules.index_charge([below], CAR_BASE) == -rules.index_charge([above], CAR_BASE) == -68_89


@pytest.mark.parametrize(
    ("mean", "ppm"),
    [("2.063476", 20_630), ("-0.329455", -3_290), ("-0.328455", -3_280), ("2.0635", 20_640), ("-0.3285", -3_290)],
)
def test_a_mean_is_rounded_once_to_three_decimals(mean: str, ppm: int) -> None:
    assert rules.index_ppm(mean) == ppm


def test_index_periods_join_the_days_before_the_first_whole_quarter() -> None:
    periods = list(rules.index_periods(date(2022, 6, 21), date(2023, 2, 10)))
    assert periods == [
        (date(2022, 6, 21), date(2022, 9, 30), date(2022, 9, 30)),
        (date(2022, 10, 1), date(2022, 12, 31), date(2022, 12, 31)),
        (date(2023, 1, 1), date(2023, 2, 10), date(2023, 3, 31)),
    ]
    first, _ = rules.index_periods(date(2022, 7, 1), date(2022, 12, 31))
    assert first == (date(2022, 7, 1), date(2022, 9, 30), date(2022, 9, 30))


def test_calendar_months_cut_a_competence_at_the_months_ends() -> None:
    days = [(last - first).days + 1 for first, last in rules.calendar_months(date(2022, 6, 21), date(2022, 9, 30))]
    assert (days, sum(days)) == ([10, 31, 31, 30], 102)


def test_due_dates_keep_to_the_end_of_the_month() -> None:
    assert rules.due_dates(date(2022, 6, 30), 3) == [date(2022, 6, 30), date(2022, 7, 31), date(2022, 8, 31)]
    assert rules.due_dates(date(2023, 12, 15), 2, 3) == [date(2023, 12, 15), date(2024, 3, 15)]
    assert rules.due_dates(date(2023, 12, 31), 2, 2)[1] == date(2024, 2, 29)


def test_outstanding_on_a_day_is_that_of_the_last_row_due_by_then() -> None:
    balances = [(date(2022, 6, 15), 87_786_88), (date(2022, 6, 30), 85_987_35)]
    days = date(2022, 6, 14), date(2022, 6, 29), date(2022, 6, 30), date(2030, 1, 1)
    left = [rules.outstanding_on(balances, 97_540_98, day) for day in days]
    assert left == [97_540_98, 87_786_88, 85_987_35, 85_987_35]


@pytest.mark.parametrize(
    ("rent_cents", "expected"),
    [
        pytest.param(level(200_000, "7.5", 180), 1_854_02, id="numpy-financial pmt"),
        pytest.param(level(10_000, "8", 10), 1_037_03, id="PMT at the end"),
        pytest.param(level(10_000, "8", 10, at_closing=1), 1_030_16, id="PMT at the beginning"),
        pytest.param(level(750, "10", 12, at_closing=3), 64_45, id="12C, 10 %, three in advance"),
        pytest.param(level(750, "15", 12, at_closing=3), 65_43, id="12C, 15 %, three in advance"),
        pytest.param(level(750, "15", 12, at_closing=1), 66_86, id="12C, 15 %, one in advance"),
        pytest.param(level(22_000, "15", 48, at_closing=4, residual_euro=6_600), 487_29, id="12C, residual"),
    ],
)
def test_reference_rents(rent_cents: int, expected: int) -> None:
    assert rent_cents == expected


@pytest.mark.parametrize(("rent_cents", "percent"), [(600_00, "17.33"), (625_00, "19.48")])
def test_reference_yields(rent_cents: int, percent: str) -> None:
    assert in_percent(solved(Terms(25_000_00, 0, rent_cents, 0, 60, 60, at_closing=3)), 2) == percent


def test_reference_present_value_with_a_residual() -> None:
    rate = Decimal("0.22")
    residual = [Flow("RISCATTO", 47, 46, 6_500_00)]
    assert round(rules.present_value(residual, rate)) == 2_818_22
    assert round(rules.present_value(rules.flows(Terms(1, 0, 1_200_00, 6_500_00, 46, 46, 1)), rate)) == 40_573_18


def exact_rows(price_euro: int, percent: str, instalments: int) -> list[rules.Row]:
    """The plan in thousandths of a cent, for sources that do not round the rent to the cent."""
    return rules.plan(
        Terms(price_euro * 100_000, 0, level(price_euro * 1_000, percent, instalments), 0, instalments, instalments),
        Decimal(percent) / 100,
    )


def test_reference_rows_of_twelve_instalments() -> None:
    rows = exact_rows(2_500, "8.24", 12)
    interest = [1717, 1579, 1440, 1301, 1160, 1018, 876, 732, 588, 442, 296, 149]
    assert [divide_half_up(row.interest_cents, 1_000) for row in rows] == interest
    assert [divide_half_up(row.principal_cents, 1_000) for row in (rows[0], rows[-1])] == [200_58, 216_26]
    assert divide_half_up(rows[0].outstanding_cents, 1_000) == 2_299_42
    assert divide_half_up(sum(row.interest_cents for row in rows), 1_000) == 112_98


def test_reference_rows_of_six_instalments() -> None:
    rows = rules.plan(Terms(100_00, 0, level(100, "9.4822", 6), 0, 6, 6), Decimal("0.094822"))
    assert [row.amount_cents for row in rows] == [17_13] * 6
    assert [row.interest_cents for row in rows] == [79, 66, 53, 40, 27, 13]
    assert [row.outstanding_cents for row in rows] == [83_66, 67_19, 50_59, 33_86, 17_00, 0]


def test_reference_payments_of_thirty_years() -> None:
    rows = exact_rows(125_000, "9", 360)
    assert divide_half_up(rows[0].interest_cents, 1_000) == 937_50
    assert divide_half_up(rows[0].principal_cents, 1_000) == 68_28
    assert divide_half_up(sum(row.interest_cents for row in rows[12:24]), 1_000) == 11_135_23
    assert divide_half_up(sum(row.principal_cents for row in rows[12:24]), 1_000) == 934_11


@pytest.mark.parametrize(("balance_cents", "interest_cents"), [(150, 1), (1_050, 4), (149, 0)])
def test_half_a_cent_of_interest_goes_up(balance_cents: int, interest_cents: int) -> None:
    assert rules.interest_cents(balance_cents, Decimal("0.04"), 1) == interest_cents


def test_no_rate_makes_too_little_money_worth_the_price() -> None:
    with pytest.raises(ValueError, match="no rate"):
        solved(replace(DENTAL, rent_cents=300_00))


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


@settings(max_examples=60, deadline=None)
@given(leases())
def test_every_plan_repays_the_price_and_adds_up(terms: Terms) -> None:
    rows = plan(terms)
    assert sum(row.principal_cents for row in rows) == terms.price_cents
    assert all(row.amount_cents == row.principal_cents + row.interest_cents for row in rows)
    assert all(row.outstanding_cents >= 0 for row in rows)
    assert rows[-1].outstanding_cents == 0


@settings(max_examples=60, deadline=None)
@given(leases())
def test_the_solved_rate_makes_the_flows_worth_the_price(terms: Terms) -> None:
    worth = rules.present_value(rules.flows(terms), solved(terms), terms.period_months)
    assert abs(worth - terms.price_cents) < Decimal("1e-30")
