"""Due dates, competences and index rows of a plan."""

from datetime import date
from fractions import Fraction

from core.book import rules
from core.book.rules import Days, Index, Terms

IN_ADVANCE = Terms(12_000_00, 0, 1_000_00, 120_00, instalments=12, periods=12, at_closing=1)
ARREARS = Terms(12_000_00, 0, 3_000_00, 120_00, instalments=4, periods=4, period_months=3)
JANUARY = date(2024, 1, 15)


def dated(terms: Terms, days: Days, index: Index | None = None) -> tuple[rules.DatedRow, ...]:
    return rules.dated_plan(terms, days, rules.plan(terms, Fraction(5, 100)), index)


def test_due_dates_keep_to_the_end_of_the_month() -> None:
    assert rules.due_dates(date(2022, 6, 30), 3) == (date(2022, 6, 30), date(2022, 7, 31), date(2022, 8, 31))
    assert rules.due_dates(date(2023, 12, 15), 2, 3) == (date(2023, 12, 15), date(2024, 3, 15))
    assert rules.due_dates(date(2023, 12, 31), 2, 2)[1] == date(2024, 2, 29)


def test_a_rent_in_advance_pays_for_the_period_it_opens() -> None:
    first, *_, last, redemption = dated(IN_ADVANCE, Days(JANUARY, JANUARY, JANUARY, date(2025, 1, 15)))
    assert (first.due_on, first.accrues_from, first.accrues_to) == (JANUARY, JANUARY, date(2024, 2, 14))
    assert (last.due_on, last.accrues_to) == (date(2024, 12, 15), date(2025, 1, 14))
    assert (redemption.row.kind, redemption.due_on, redemption.accrues_from) == ("RISCATTO", *[date(2025, 1, 15)] * 2)


def test_a_rent_in_arrears_pays_for_the_period_it_closes() -> None:
    rows = dated(ARREARS, Days(JANUARY, JANUARY, date(2024, 4, 15), date(2025, 1, 15)))
    assert [row.due_on for row in rows[:2]] == [date(2024, 4, 15), date(2024, 7, 15)]
    assert (rows[0].accrues_from, rows[0].accrues_to) == (date(2024, 1, 16), date(2024, 4, 15))
    assert rows[-1].accrues_from == rows[-1].accrues_to == rows[-1].due_on == date(2025, 1, 15)


def test_several_rents_at_the_closing_fall_due_together() -> None:
    terms = Terms(12_000_00, 0, 1_000_00, 0, instalments=12, periods=12, at_closing=3)
    rows = dated(terms, Days(JANUARY, JANUARY, JANUARY, date(2025, 1, 15)))
    assert [row.due_on for row in rows[:4]] == [JANUARY, JANUARY, JANUARY, date(2024, 2, 15)]
    assert [row.accrues_from.month for row in rows[:4]] == [1, 2, 3, 4]
    assert rows[-1].due_on == date(2024, 10, 15)


def test_index_rows_end_where_the_index_is_not_known_yet() -> None:
    ppm = {date(2024, month, 1): 40_000 for month in range(1, 10)}
    days = Days(JANUARY, JANUARY, date(2024, 4, 15), date(2025, 1, 15))
    charges = [row for row in dated(ARREARS, days, Index(ppm, 30_000)) if row.row.kind == "INDICIZZAZIONE"]
    assert [(row.accrues_from, row.accrues_to, row.due_on) for row in charges] == [
        (date(2024, 1, 16), date(2024, 6, 30), date(2024, 6, 30)),
        (date(2024, 7, 1), date(2024, 9, 30), date(2024, 9, 30)),
    ]
    with_a_gap = Index({month: mean for month, mean in ppm.items() if month.month != 8}, 30_000)
    assert [row for row in dated(ARREARS, days, with_a_gap) if row.row.kind == "INDICIZZAZIONE"] == charges[:1]
    assert all(row.row.principal_cents == 0 < row.row.interest_cents == row.row.amount_cents for row in charges)


def test_an_index_row_stands_before_the_rent_of_its_day() -> None:
    ppm = {date(2024, month, 1): 40_000 for month in range(1, 13)}
    days = Days(date(2023, 12, 31), date(2023, 12, 31), date(2024, 3, 31), date(2024, 12, 31))
    rows = dated(ARREARS, days, Index(ppm, 30_000))
    assert [row.row.kind for row in rows if row.due_on == date(2024, 6, 30)] == ["INDICIZZAZIONE", "CANONE"]
    index_row, rent = (row.row for row in rows if row.due_on == date(2024, 6, 30))
    assert index_row.outstanding_cents == rent.outstanding_cents + rent.principal_cents
