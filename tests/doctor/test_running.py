"""What the doctor says of mail server, outbox and worker."""

import socket
from datetime import timedelta

import pytest
from sqlalchemy import update

from core import db, jobs, worker
from core.doctor import running
from core.kit import clock
from core.mail import outbox
from core.mail.bodies import Body
from core.mail.tables import OutboxMail
from tests.doctor.conftest import SYSTEM, configured, words, wrong
from tests.mail.conftest import Server, server

__all__ = ["server"]  # a fixture


def test_a_mail_server_that_is_away_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    configured(monkeypatch, smtp_url="smtp://127.0.0.1:1")
    assert words("mail server").startswith("ConnectionRefusedError: ")


def test_a_mail_server_that_says_nothing_is_waited_for_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SMTP_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        configured(monkeypatch, smtp_url=f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        assert "timed out" in words("mail server")


def test_a_mail_server_that_answers_is_well(server: Server) -> None:
    assert "mail server" not in wrong()
    assert server.mails == []


def test_mails_that_wait_or_failed_are_counted(well: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        with db.transaction(SYSTEM) as connection:
            outbox.enqueue(connection, recipient="a@b.it", subject="s", body=Body("t", "h"), secret=False)
    with db.transaction(SYSTEM) as connection:
        connection.execute(update(OutboxMail).where(OutboxMail.id == 1).values(failed_at=clock.now()))
    assert [found.wrong for found in wrong()["outbox"]] == ["mails given up in the last week: 1"]
    later = clock.now() + timedelta(minutes=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "mails waiting: 1, the oldest for 30 min" in words("outbox")


def test_a_worker_that_is_silent_or_never_ran_is_named(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert words("worker").startswith("the worker has never run. Start the portal")
    jobs.ran(worker.JOB)
    assert "worker" not in wrong()
    later = clock.now() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert words("worker").startswith("the worker has been silent since 20")


def test_how_long_a_worker_with_a_clock_of_its_own_is_silent_cannot_be_told(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(monkeypatch, clock="2024-04-05T10:00")
    assert "worker" in wrong()
    clock.set_to("2024-04-05T12:00")
    jobs.ran(worker.JOB)
    assert "worker" not in wrong()
