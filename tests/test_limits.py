"""Limits: what they count, when they let go, and that nothing slips past them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from core import db, limits
from core.access import Access
from core.limits import Bucket, Limit, LimitBucket, State, bucket

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PER_MINUTE = Limit("minute", 3, 60)
DELAYED = Limit("delayed", 3, 300, delay_first=60, delay_longest=900)
SYSTEM = Access.system("test")


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def reserve(buckets: Sequence[Bucket], seconds: float = 0) -> int:
    with db.transaction(SYSTEM) as connection:
        return limits.reserve(connection, buckets, at(seconds))


def give_back(buckets: Sequence[Bucket], seconds: float = 0) -> None:
    with db.transaction(SYSTEM) as connection:
        limits.give_back(connection, buckets, at(seconds))


def rows() -> int:
    with db.reading(SYSTEM) as connection:
        return connection.execute(select(func.count()).select_from(LimitBucket)).scalar_one()


def test_a_full_bucket_refuses_until_its_window_is_over(database: str) -> None:
    mine = [bucket(PER_MINUTE, "me")]
    assert [reserve(mine, second) for second in (0, 10, 20, 30, 59.5, 60)] == [0, 0, 0, 30, 1, 0]


def test_what_succeeds_is_given_back(database: str) -> None:
    mine = [bucket(PER_MINUTE, "me")]
    for _ in range(10):
        assert reserve(mine) == 0
        give_back(mine)


def test_subjects_and_limits_do_not_share_a_bucket(database: str) -> None:
    assert [reserve([bucket(PER_MINUTE, "me")]) for _ in range(4)][-1] == 60
    assert reserve([bucket(PER_MINUTE, "you")]) == 0
    assert reserve([bucket(Limit("another", 3, 60), "me")]) == 0


def test_if_one_bucket_refuses_no_other_is_charged(database: str) -> None:
    full, other = bucket(PER_MINUTE, "full"), bucket(PER_MINUTE, "other")
    for _ in range(3):
        reserve([full])
    for _ in range(5):
        assert reserve([other, full]) == 60
    assert [reserve([other]) for _ in range(4)] == [0, 0, 0, 60]


def test_after_a_delay_one_try_at_a_time_and_twice_the_delay(database: str) -> None:
    mine = [bucket(DELAYED, "me")]
    assert [reserve(mine) for _ in range(4)] == [0, 0, 0, 60]
    assert [reserve(mine, 60), reserve(mine, 60)] == [0, 120]
    assert [reserve(mine, 180), reserve(mine, 180)] == [0, 240]


def test_a_quiet_window_gives_the_tries_back_and_a_longer_one_the_short_delay(database: str) -> None:
    mine = [bucket(DELAYED, "me")]
    for _ in range(3):
        reserve(mine)
    assert [reserve(mine, 360) for _ in range(4)] == [0, 0, 0, 120]
    later = 360 + 120 + 300 + 900
    assert [reserve(mine, later) for _ in range(4)] == [0, 0, 0, 60]


def test_success_lifts_the_delay_its_own_try_began(database: str) -> None:
    mine = [bucket(DELAYED, "me")]
    for _ in range(3):
        reserve(mine)
    give_back(mine)
    assert [reserve(mine), reserve(mine)] == [0, 60]


@pytest.mark.parametrize("limit", [PER_MINUTE, DELAYED])
def test_a_clock_set_back_counts_as_no_time(limit: Limit) -> None:
    state = State(3, at(86_400), 1, at(86_460) if limit.delay_first else None)
    settled = limits.settled(state, limit, NOON)
    assert settled.since == NOON
    assert 0 < limits.waiting(settled, limit, NOON) <= max(limit.window, limit.delay_longest)


def test_a_refusal_pulls_a_bucket_of_the_future_back_to_now(database: str) -> None:
    mine = [bucket(PER_MINUTE, "me")]
    for _ in range(3):
        reserve(mine, 86_400)
    assert [reserve(mine, 0), reserve(mine, 60)] == [60, 0]


def test_an_alarm_warns_once_and_refuses_nobody(database: str) -> None:
    alarm = [bucket(Limit("alarm", 3, 60, alarm=True), "")]
    with capture_logs() as logs:
        assert [reserve(alarm) for _ in range(8)] == [0] * 8
    assert [line["limit"] for line in logs] == ["alarm"]


def test_parallel_tries_do_not_pass_the_limit_nor_wait_for_each_other(database: str) -> None:
    several = [bucket(PER_MINUTE, name) for name in "abc"]
    together = Barrier(12)

    def one(turn: int) -> int:
        together.wait()
        return reserve(several[:: -1 if turn % 2 else 1])

    with ThreadPoolExecutor(12) as pool:
        waits = list(pool.map(one, range(12)))
    assert sorted(waits) == [0] * 3 + [60] * 9


def test_limits_survive_a_restart(database: str) -> None:
    mine = [bucket(PER_MINUTE, "me")]
    for _ in range(3):
        reserve(mine)
    db.use(db.database().url.render_as_string(hide_password=False))
    assert reserve(mine) == 60


def test_forgetting_empties_a_bucket(database: str) -> None:
    mine, other = bucket(PER_MINUTE, "me"), bucket(PER_MINUTE, "other")
    for _ in range(3):
        reserve([mine, other])
    with db.transaction(SYSTEM) as connection:
        limits.forget(connection, [mine])
    assert (reserve([mine]), reserve([other])) == (0, 60)


def test_buckets_untouched_for_a_day_are_deleted(database: str) -> None:
    reserve([bucket(PER_MINUTE, "old")])
    reserve([bucket(PER_MINUTE, "new")], 3600)
    assert limits.purge(SYSTEM, at(86_400 + 1)) == 1
    assert rows() == 1


def test_a_bucket_s_key_does_not_tell_its_subject() -> None:
    assert "10093" not in bucket(PER_MINUTE, "10093").key
