"""A file is made in a process of its own, whatever happens to that process."""

import errno
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

import pytest
from structlog.testing import capture_logs

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
    with capture_logs() as logs, pytest.raises(outside.Unfinished):
        made(tasks.killed)
    assert [(line["log_level"], line["returncode"]) for line in logs] == [("error", -signal.SIGKILL)]
    assert made(partial(tasks.written, b"again")) == ("written", b"again")


def test_a_process_that_ends_without_a_word_is_a_bug() -> None:
    with capture_logs() as logs, pytest.raises(RuntimeError, match="ended with 3 "):
        made(tasks.silent)
    assert [(line["log_level"], line["returncode"]) for line in logs] == [("error", 3)]


def test_a_module_that_cannot_be_imported_there_is_a_bug_with_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def task(*, out: BinaryIO) -> str:
        raise AssertionError("it is never reached")

    module = ModuleType("tests.exports.gone")
    task.__module__, task.__qualname__, module.task = module.__name__, "task", task
    monkeypatch.setitem(sys.modules, module.__name__, module)
    outside.end()
    with pytest.raises(RuntimeError, match=r"ModuleNotFoundError: No module named 'tests\.exports\.gone'"):
        made(task)


def test_the_installations_own_search_path_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/opt/more")
    outside.end()
    assert made(tasks.search_path)[0] == f"{ROOT}{os.pathsep}/opt/more"


def test_what_takes_far_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "_LONGEST_SECONDS", 0.01)
    with capture_logs() as logs, pytest.raises(outside.Unfinished):
        made(partial(tasks.waiting, str(tmp_path / "sign")))
    assert {line["log_level"] for line in logs} == {"error"}
    assert logs[0]["seconds"] == 0.01


def test_a_file_is_not_lost_where_no_further_process_can_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: object, **__: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "no process left")

    made(partial(tasks.written, b""))
    with monkeypatch.context() as patched, capture_logs() as logs:
        patched.setattr(subprocess, "Popen", none_left)
        assert made(partial(tasks.written, b"a file")) == ("written", b"a file")
    assert [line["log_level"] for line in logs] == ["warning"]
    assert made(partial(tasks.written, b"again")) == ("written", b"again")


def test_one_owner_has_one_file_at_work_at_a_time(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for sign in (first, second):
        os.mkfifo(sign)
    going = outside.submit(partial(tasks.waiting, str(first)), "anna")
    assert first.read_text() == "begun"
    next_one = outside.submit(partial(tasks.waiting, str(second)), "anna")
    anybody_elses = outside.submit(partial(tasks.written, b""), "carla")
    assert anybody_elses.result(PATIENCE).name == "written"
    assert not next_one.running()
    next(iter(outside._pool.at_work)).process.kill()
    with pytest.raises(outside.Unfinished):
        going.result(PATIENCE)
    assert second.read_text() == "begun"
    outside.end()


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


_WAITS = """
outside.submit(partial(tasks.written, b"")).result()
"""
_WORKS = """
os.mkfifo(sys.argv[1])
outside.submit(partial(tasks.waiting, sys.argv[1]))
assert Path(sys.argv[1]).read_text() == "begun"
"""


@pytest.mark.parametrize("doing", [_WAITS, _WORKS], ids=["waiting", "at work"])
def test_a_killed_portal_leaves_no_process_behind(tmp_path: Path, doing: str) -> None:
    script, sign = _PORTAL.format(doing=doing), str(tmp_path / "sign")
    portal = subprocess.Popen(
        [sys.executable, "-c", script, sign], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with portal:
        assert portal.stdout.readline() == "there is a process\n"
        portal.kill()
        # The other process shares the error stream, which ends with the last of them.
        assert portal.communicate(timeout=PATIENCE) == ("", "")


_PORTAL = """
import os, signal, sys
from functools import partial
from pathlib import Path
from core.exports import outside
from tests.exports import tasks
{doing}
print("there is a process", flush=True)
signal.pause()
"""
