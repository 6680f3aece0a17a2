"""Interest on what is paid late: the worked example on both divisors, half-years, one rounding."""

from datetime import date
from fractions import Fraction

from core.book import rules
from core.book.rules import LateDays

UNPAID = Fraction(514_11)
REFERENCE, SPREAD = rules.share(21_500), rules.share(80_000)


def thirty_days() -> list[LateDays[Fraction]]:
    return [LateDays(date(2026, 1, 1), Fraction(30), rules.late_rate(REFERENCE, SPREAD))]


def test_rate_of_the_first_half_of_2026() -> None:
    assert rules.late_rate(REFERENCE, SPREAD) == rules.share(101_500)


def test_thirty_days_of_a_rent_of_84963() -> None:
    assert rules.late_interest(UNPAID, thirty_days()) == 4_29
    assert rules.late_interest(UNPAID, thirty_days(), divisor=360) == 4_35


def test_days_are_counted_by_half_year_from_the_day_after() -> None:
    assert list(rules.late_days(date(2025, 12, 1), date(2026, 7, 2))) == [
        (date(2025, 7, 1), 30),
        (date(2026, 1, 1), 181),
        (date(2026, 7, 1), 2),
    ]
    assert list(rules.late_days(date(2026, 6, 30), date(2026, 7, 1))) == [(date(2026, 7, 1), 1)]


def test_nothing_is_late_on_its_due_date() -> None:
    assert list(rules.late_days(date(2026, 3, 1), date(2026, 3, 1))) == []
    assert rules.late_interest(UNPAID, []) == 0


def test_half_years_are_rounded_together() -> None:
    halves = [LateDays(since, Fraction(1), Fraction(365, 1000)) for since in (date(2025, 7, 1), date(2026, 1, 1))]
    assert rules.late_interest(Fraction(4_00), halves) == 1
    assert [rules.late_interest(Fraction(4_00), [half]) for half in halves] == [0, 0]
