"""What keeps the portal running, on the command line: jobs, worker, doctor."""

import os
from pathlib import Path
from threading import Event

import pytest

from core import db, worker
from core.cli import service
from core.mail import outbox, sending
from core.mail.bodies import Body
from core.settings import settings
from tests.cli.conftest import SYSTEM, run


def test_there_are_no_other_jobs(migrated: None) -> None:
    assert run("job", "nonsense").exit_code == 2


def test_the_outbox_is_sent_to_its_end(migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "BATCH", 2)
    for _ in range(5):
        with db.transaction(SYSTEM) as connection:
            outbox.enqueue(connection, recipient="a@b.it", subject="s", body=Body("t", "h"), secret=False)
    assert run("job", "outbox").stdout == "Sent: 5 mails. Waiting: 0 mails.\n"
    assert run("job", "outbox").stdout == "Sent: 0 mails. Waiting: 0 mails.\n"


def test_housekeeping_says_what_it_forgot(migrated: None, tmp_path: Path) -> None:
    begun = tmp_path / "files" / "unfinished" / "begun"
    begun.parent.mkdir(parents=True)
    begun.write_bytes(b"half")
    os.utime(begun, (0, 0))
    said = "Forgotten: 0 limits, 0 sessions and codes, {} unfinished files.\n"
    assert run("job", "housekeeping").stdout == said.format(1)
    assert run("job", "housekeeping").stdout == said.format(0)


def test_the_doctor_says_what_to_mend(migrated: None) -> None:
    result = run("doctor")
    assert (result.exit_code, result.stderr) == (1, "Error: 1 thing to mend.\n")
    assert "ok       schema\n" in result.stdout
    assert "wrong    worker            the worker has never run. Start the portal" in result.stdout


def test_the_doctor_needs_no_settings_that_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_LOG_FORMAT", "neither")
    settings.cache_clear()
    assert "wrong    settings          PORTAL_LOG_FORMAT: " in run("doctor").stdout


def test_the_worker_runs_until_it_is_told_to_stop(migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    handlers: dict[int, object] = {}
    seen: list[Event] = []
    monkeypatch.setattr(service.signal, "signal", handlers.__setitem__)
    monkeypatch.setattr(worker, "run", seen.append)
    assert run("worker").exit_code == 0
    assert not seen[0].is_set()
    for handler in handlers.values():
        assert callable(handler)
        handler(0, None)
    assert (seen[0].is_set(), len(handlers)) == (True, 2)
