"""Months that end where the calendar says, and the clock that only the demo shifts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.kit import clock
from core.kit.dates import add_months, month_end


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2025, 3, 31), 12, date(2026, 3, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2022, 8, 31), 1, date(2022, 9, 30)),
        (date(2022, 1, 31), -2, date(2021, 11, 30)),
        (date(2022, 12, 15), 1, date(2023, 1, 15)),
    ],
)
def test_months_keep_the_day_or_clamp_to_the_months_end(day: date, months: int, result: date) -> None:
    assert add_months(day, months) == result


def test_month_end_knows_leap_years() -> None:
    assert [month_end(date(year, 2, 3)).day for year in (2023, 2024)] == [28, 29]


def test_a_date_shifts_the_clock_to_that_date_at_the_real_time() -> None:
    real = clock.now()
    clock.set_to("2024-04-05")
    assert clock.today() == date(2024, 4, 5)
    assert (clock.now() - real) % timedelta(days=1) < timedelta(seconds=5)


def test_an_instant_shifts_the_clock_to_that_instant() -> None:
    clock.set_to("2024-04-05T10:00:00+02:00")
    assert timedelta(0) <= clock.now() - datetime(2024, 4, 5, 8, tzinfo=UTC) < timedelta(seconds=5)


def test_today_is_the_date_in_rome() -> None:
    clock.set_to("2025-12-31T23:30:00+00:00")
    assert clock.today() == date(2026, 1, 1)


@pytest.mark.parametrize("wrong", ["yesterday", "2024-13-01", "05/04/2024"])
def test_a_clock_that_is_not_a_date_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        clock.set_to(wrong)
