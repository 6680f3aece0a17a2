"""The clock: real time, or a shifted one that keeps the time of day in Rome."""

from datetime import UTC, date, datetime

import pytest

from core.kit import clock
from core.kit.dates import ROME

WINTER_EVENING = datetime(2026, 1, 15, 22, 30, tzinfo=UTC)
SUMMER_NIGHT = datetime(2026, 7, 15, 22, 30, tzinfo=UTC)


def really(monkeypatch: pytest.MonkeyPatch, instant: datetime) -> None:
    monkeypatch.setattr(clock, "_real", lambda: instant)


@pytest.mark.parametrize("real", [WINTER_EVENING, SUMMER_NIGHT])
@pytest.mark.parametrize("day", ["2024-04-05", "2024-01-10", "2024-03-31", "2024-10-27"])
def test_a_date_is_that_day_at_the_time_of_rome(monkeypatch: pytest.MonkeyPatch, real: datetime, day: str) -> None:
    really(monkeypatch, real)
    clock.set_to(day)
    assert clock.today() == date.fromisoformat(day)
    assert clock.now().astimezone(ROME).time() == real.astimezone(ROME).time()


def test_an_hour_that_a_day_does_not_have_is_still_on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    really(monkeypatch, datetime(2026, 1, 15, 1, 30, tzinfo=UTC))
    clock.set_to("2024-03-31")
    assert clock.today() == date(2024, 3, 31)


@pytest.mark.parametrize("moment", ["2024-04-05T08:00", "2024-04-05T06:00:00+00:00"])
def test_an_instant_is_that_instant_in_rome_unless_it_names_its_zone(
    monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    really(monkeypatch, WINTER_EVENING)
    clock.set_to(moment)
    assert clock.now() == datetime(2024, 4, 5, 6, tzinfo=UTC)


def test_today_is_the_date_in_rome() -> None:
    clock.set_to("2025-12-31T23:30:00+00:00")
    assert clock.today() == date(2026, 1, 1)


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_a_moment_it_is_now(monkeypatch: pytest.MonkeyPatch, nothing: str | None) -> None:
    really(monkeypatch, WINTER_EVENING)
    clock.set_to("2024-04-05")
    clock.set_to(nothing)
    assert clock.now() == WINTER_EVENING


@pytest.mark.parametrize("moment", ["tomorrow", "2024-13-01", "2024-04-31", "05/04/2024"])
def test_what_is_no_moment_is_refused(moment: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        clock.set_to(moment)
