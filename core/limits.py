"""Limits that survive a restart: buckets count failures (sign-in) or resends (codes), never successes.

A try is reserved before it is verified and given back when it succeeds, so parallel tries cannot slip past a limit.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core import keys
from core.access import Access
from core.db import Base, Instant, insert_new, transaction

KEPT = timedelta(days=1)
_log = structlog.get_logger()


class LimitBucket(Base):
    """How full one limit is: `level` counts since `updated_at`; `blocked_until` ends an account's growing delay."""

    __tablename__ = "limit_bucket"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    level: Mapped[float] = mapped_column(default=0.0)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    blocks: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[datetime | None] = mapped_column(Instant)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` in `window` seconds, counted from the first.

    With delays (seconds) a full bucket waits `delay_first`, then lets one try through and waits twice as long, up to
    `delay_longest`; it is never closed for good. An `alarm` refuses nobody: it warns once when it is full.
    """

    name: str
    count: int
    window: int
    delay_first: int = 0
    delay_longest: int = 0
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Bucket:
    """One limit for one subject; the key holds a keyed digest of the subject, never its text."""

    limit: Limit
    key: str


@dataclass(frozen=True, slots=True)
class State:
    """What a bucket's row says."""

    level: float
    since: datetime
    blocks: int = 0
    blocked_until: datetime | None = None


def bucket(limit: Limit, subject: str) -> Bucket:
    """The bucket of a subject: a user name, an address, an account."""
    return Bucket(limit, f"{limit.name}:{keys.digest('limits', subject)}")


def settled(state: State, limit: Limit, now: datetime) -> State:
    """The state once time has forgiven what it forgives; a clock that was set back counts as no time at all.

    The count goes after a quiet window, the memory of earlier delays after the longest delay on top of it.
    """
    since = min(state.since, now)
    until = state.blocked_until and min(state.blocked_until, now + timedelta(seconds=limit.delay_longest))
    quiet = (now - max(since, until or since)).total_seconds()
    if quiet < limit.window:
        return replace(state, since=since, blocked_until=until)
    return State(0, now, 0 if quiet >= limit.window + limit.delay_longest else state.blocks)


def waiting(state: State, limit: Limit, now: datetime) -> int:
    """Seconds until a settled bucket lets the next try through, 0 if it does now."""
    if limit.alarm:
        return 0
    if limit.delay_first:
        ends = state.blocked_until or now
    else:
        ends = state.since + timedelta(seconds=limit.window) if state.level >= limit.count else now
    return max(0, math.ceil((ends - now).total_seconds()))


def taken(state: State, limit: Limit, now: datetime) -> State:
    """The state after one more try; the one that fills a bucket with delays also starts the next delay."""
    level = state.level + 1
    if not limit.delay_first or level < limit.count:
        return replace(state, level=level)
    delay = min(limit.delay_first * 2**state.blocks, limit.delay_longest)
    return State(level, state.since, state.blocks + 1, now + timedelta(seconds=delay))


def given_back(state: State) -> State:
    """The state without one try that turned out well, and without the delay it may have started."""
    blocks = state.blocks - 1 if state.blocked_until else state.blocks
    return State(max(0, state.level - 1), state.since, blocks)


def reserve(connection: Connection, buckets: Sequence[Bucket], now: datetime) -> int:
    """Take one try from every bucket, or from none. Returns 0, or the seconds to wait.

    The caller commits before it raises, so that what the buckets remember is kept.
    """
    states = {one: settled(state, one.limit, now) for one, state in _locked(connection, buckets, now).items()}
    wait = max(waiting(state, one.limit, now) for one, state in states.items())
    if not wait:
        states = {one: taken(state, one.limit, now) for one, state in states.items()}
        _warn_of_full_alarms(states)
    _store(connection, states)
    return wait


def give_back(connection: Connection, buckets: Sequence[Bucket], now: datetime) -> None:
    """Give back the try that `reserve` took from every bucket: it succeeded."""
    _store(connection, {one: given_back(state) for one, state in _locked(connection, buckets, now).items()})


def forget(connection: Connection, buckets: Sequence[Bucket]) -> None:
    """Empty the buckets."""
    connection.execute(delete(LimitBucket).where(LimitBucket.key.in_([one.key for one in buckets])))


def purge(access: Access, now: datetime) -> int:
    """Delete the buckets nobody has touched for a day; returns how many."""
    with transaction(access) as connection:
        return connection.execute(delete(LimitBucket).where(LimitBucket.updated_at < now - KEPT)).rowcount


def _locked(connection: Connection, buckets: Sequence[Bucket], now: datetime) -> dict[Bucket, State]:
    """The buckets' states, their rows locked in one order so that two transactions never wait for each other."""
    states = {}
    for one in sorted(buckets, key=lambda one: one.key):
        insert_new(connection, LimitBucket, key=one.key, updated_at=now)
        row = connection.execute(
            select(LimitBucket.level, LimitBucket.updated_at, LimitBucket.blocks, LimitBucket.blocked_until)
            .where(LimitBucket.key == one.key)
            .with_for_update()
        ).one()
        states[one] = State(*row)
    return states


def _store(connection: Connection, states: Mapping[Bucket, State]) -> None:
    for one, state in states.items():
        connection.execute(
            update(LimitBucket)
            .where(LimitBucket.key == one.key)
            .values(
                level=state.level,
                updated_at=state.since,
                blocks=state.blocks,
                blocked_until=state.blocked_until,
            )
        )


def _warn_of_full_alarms(states: Mapping[Bucket, State]) -> None:
    for one, state in states.items():
        if one.limit.alarm and state.level == one.limit.count + 1:
            _log.warning("failures far above normal", limit=one.limit.name, count=one.limit.count)
