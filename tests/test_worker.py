"""The worker: quick, tireless, and seen to be alive."""

import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from core import db, files, jobs, limits, worker
from core.access import Access
from core.identity import actions as identity
from core.kit import clock
from core.kit.errors import Busy, NoSpace
from core.mail import outbox, sending
from core.mail.bodies import Body

SYSTEM = Access.system("test")
PATIENCE = 10


@contextmanager
def working() -> Iterator[None]:
    """A worker on a thread of its own."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def logged(monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[MutableMapping[str, Any]]:
    """What the log says when one round of the worker ends in this error and the next one works."""
    rounds, done = iter([error]), threading.Event()

    def send_due(_now: object) -> int:
        for failure in rounds:
            raise failure
        done.set()
        return 0

    monkeypatch.setattr(sending, "send_due", send_due)
    monkeypatch.setattr(worker, "_REST_SECONDS", 0.25)
    with capture_logs() as logs, working():
        assert done.wait(PATIENCE)
    return logs


def test_a_committed_mail_wakes_the_worker_at_once(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resting, sent = threading.Event(), threading.Event()
    send_due = sending.send_due

    def watched(now: object) -> int:
        count = send_due(now)
        (sent if count else resting).set()
        return count

    monkeypatch.setattr(sending, "send_due", watched)
    monkeypatch.setattr(worker, "_REST_SECONDS", 3600.0)
    with working():
        assert resting.wait(PATIENCE)
        with db.transaction(SYSTEM) as connection:
            outbox.enqueue(connection, recipient="a@b.it", subject="s", body=Body("t", "h"), secret=False)
        outbox.announce()
        assert sent.wait(PATIENCE)
        assert not outbox.arrived.is_set()


def test_a_round_that_fails_is_logged_and_the_next_one_works(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = logged(monkeypatch, ValueError("broken"))
    assert [(line["log_level"], line["exc_info"]) for line in logs] == [("error", True)]


def test_the_worker_shows_that_it_lives(database: str) -> None:
    assert jobs.last_run(worker.JOB) is None
    worker.beat()
    first = jobs.last_run(worker.JOB)
    worker.beat()
    assert jobs.last_run(worker.JOB) == first


def test_a_beat_is_renewed_after_its_time(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    worker.beat()
    later = clock.now() + timedelta(seconds=worker.BEAT_SECONDS)
    monkeypatch.setattr(clock, "now", lambda: later)
    worker.beat()
    assert jobs.last_run(worker.JOB) == later


def test_the_house_is_kept_once_an_hour(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    purged: list[object] = []
    for keeper, name in ((limits, "purge"), (identity, "purge"), (files, "sweep")):
        monkeypatch.setattr(keeper, name, lambda *_, keeper=keeper: purged.append(keeper))
    worker.keep_house()
    worker.keep_house()
    assert purged == [limits, identity, files]


def test_what_the_housekeeping_did_is_in_the_log(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "sweep", lambda _before: 2)
    with capture_logs() as logs:
        worker.keep_house()
    assert [(line["event"], line["unfinished_files"]) for line in logs] == [("house kept", 2)]


def test_what_was_forgotten_is_counted(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[object] = []
    monkeypatch.setattr(files, "sweep", lambda before: swept.append(before) or 2)
    now = clock.now()
    assert worker.forget(SYSTEM, now) == {"limits": 0, "sessions_and_codes": 0, "unfinished_files": 2}
    assert swept == [now - files.UNFINISHED_KEPT]


@pytest.mark.parametrize("expected", [Busy, NoSpace])
def test_a_busy_or_full_database_leaves_no_trace_in_the_log(
    database: str, monkeypatch: pytest.MonkeyPatch, expected: type[Exception]
) -> None:
    logs = logged(monkeypatch, expected())
    assert logs == []
