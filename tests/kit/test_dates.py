"""Months that end where the calendar says."""

from datetime import date

import pytest

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
