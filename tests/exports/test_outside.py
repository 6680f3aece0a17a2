"""A file is made in a process of its own, whatever happens to that process."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from core.exports import outside
from core.kit import clock
from core.kit.errors import NotFound
from core.settings import ROOT, settings
from tests.exports import tasks
from tests.people import Person

PATIENCE = 60


@pytest.fixture(scope="module", autouse=True)
def ended() -> Iterator[None]:
    """One pool for the module: its processes take settings, database and clock over with every order."""
    yield
    outside.end()


def made(task: outside.Task) -> tuple[str, bytes]:
    file = outside.submit(task).result(PATIENCE)
    return file.name, b"".join(file.chunks())


def test_the_file_and_its_name_come_back() -> None:
    assert made(partial(tasks.written, b"a file")) == ("written", b"a file")


def test_the_process_has_our_settings_clock_and_database(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Person("10093", "Anna")
    monkeypatch.setenv("PORTAL_COMPANY_NAME", "Prova")
    settings.cache_clear()
    monkeypatch.setattr(settings(), "upload_mb", 77)
    clock.set_to("2024-04-05")
    company, megabytes, today, customers, niceness, process = made(tasks.surroundings)[0].split()
    assert (company, megabytes, today, customers) == ("Prova", "77", "2024-04-05", "1")
    assert int(niceness) > os.nice(0)
    assert int(process) != os.getpid()


def test_an_expected_error_arrives_as_itself() -> None:
    with pytest.raises(NotFound):
        made(tasks.refused)


def test_a_bug_arrives_with_its_trace() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)tasks\.py.*KeyError: 'a bug'"):
        made(tasks.broken)


def test_a_killed_process_is_told_and_the_next_one_works() -> None:
    with pytest.raises(outside.Unfinished):
        made(tasks.killed)
    assert made(partial(tasks.written, b"again")) == ("written", b"again")


def test_a_process_killed_while_it_waits_is_replaced() -> None:
    made(partial(tasks.written, b""))
    spare = outside._pool.spare
    spare.process.kill()
    spare.process.wait(PATIENCE)
    assert made(partial(tasks.written, b"again")) == ("written", b"again")


def test_the_file_never_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside.end()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert made(partial(tasks.names_in, str(tmp_path))) == ("", b"some of it")
    assert list(tmp_path.iterdir()) == []


def test_the_end_of_the_portal_ends_what_is_at_work_and_what_waits(tmp_path: Path) -> None:
    signs = [tmp_path / "a", tmp_path / "b"]
    for sign in signs:
        os.mkfifo(sign)
    futures = [outside.submit(partial(tasks.waiting, str(sign))) for sign in (*signs, tmp_path / "never")]
    assert [sign.read_text() for sign in signs] == ["begun", "begun"]
    outside.end()
    for future in futures[:2]:
        with pytest.raises(outside.Unfinished):
            future.result(PATIENCE)
    assert futures[2].cancelled()


def test_a_killed_portal_leaves_no_process_behind() -> None:
    portal = subprocess.Popen(
        [sys.executable, "-c", _PORTAL], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with portal:
        assert portal.stdout.readline() == "a process waits\n"
        portal.kill()
        # The waiting process shares the error stream, which ends with the last of them.
        assert portal.communicate(timeout=PATIENCE) == ("", "")


_PORTAL = """
import signal
from functools import partial
from core.exports import outside
from tests.exports import tasks
outside.submit(partial(tasks.written, b"")).result()
print("a process waits", flush=True)
signal.pause()
"""
