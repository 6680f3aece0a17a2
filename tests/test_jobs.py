"""Jobs: one caller gets a lease, and everybody can ask when a job last ran."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from core import jobs
from core.kit import clock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def moved(seconds: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(seconds=seconds))

    moved(0)
    return moved


def test_a_lease_is_given_once_in_its_time(database: str, at: Callable[[int], None]) -> None:
    assert [jobs.lease("purge", 60), jobs.lease("purge", 60), jobs.lease("other", 60)] == [True, False, True]
    at(59)
    assert not jobs.lease("purge", 60)
    at(60)
    assert jobs.lease("purge", 60)


def test_of_twenty_at_once_one_gets_the_lease(database: str) -> None:
    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(lambda _: jobs.lease("purge", 60), range(20))) == 1


def test_a_lease_of_a_clock_that_was_set_back_is_free(database: str, at: Callable[[int], None]) -> None:
    jobs.lease("purge", 60)
    at(-86_400)
    assert jobs.lease("purge", 60)


def test_a_job_tells_when_it_last_ran(database: str, at: Callable[[int], None]) -> None:
    assert jobs.last_run("purge") is None
    jobs.lease("purge", 60)
    assert jobs.last_run("purge") is None
    jobs.ran("purge")
    assert jobs.last_run("purge") == NOON
    at(5)
    jobs.ran("purge")
    assert jobs.last_run("purge") == NOON + timedelta(seconds=5)
    assert not jobs.lease("purge", 60)
