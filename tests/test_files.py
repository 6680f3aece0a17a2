"""The store keeps bytes under the name of their content."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import files
from core.kit import clock
from core.settings import settings

HELLO = hashlib.sha256(b"hello").hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def disk_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file of the store ends after two bytes, with an error."""
    store, _ = files._place(HELLO)

    def cut_off(path: str, content: bytes) -> None:
        Path(path).write_bytes(content[:2])
        raise OSError("disk full")

    monkeypatch.setattr(store, "pipe_file", cut_off)


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_was_put_is_got_by_the_hash_of_its_content(folder):
    assert files.put(b"hello") == HELLO
    assert files.get(HELLO) == b"hello"
    assert [path.name for path in stored(folder)] == [HELLO]


def test_the_folder_is_made_when_it_is_missing(folder):
    assert not folder.exists()
    files.put(b"hello")
    assert folder.is_dir()


def test_putting_the_same_twice_keeps_one_untouched_file(folder):
    files.put(b"hello")
    before = stored(folder)[0].stat().st_mtime_ns
    files.put(b"hello")
    assert [path.stat().st_mtime_ns for path in stored(folder)] == [before]


def test_no_bytes_at_all_are_a_content_too():
    assert files.get(files.put(b"")) == b""


def test_an_unknown_key_is_not_found():
    with pytest.raises(FileNotFoundError):
        files.get(HELLO)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", HELLO.upper(), HELLO[:-1], HELLO + "\n", f"../{HELLO[3:]}"])
def test_only_a_hash_is_a_key(key):
    with pytest.raises(ValueError, match="not the key"):
        files.get(key)


@pytest.mark.parametrize("damage", [b"hellO", b"", b"hello and more"])
def test_a_damaged_file_is_never_handed_out(folder, damage):
    files.put(b"hello")
    stored(folder)[0].write_bytes(damage)
    with pytest.raises(RuntimeError, match="damaged"):
        files.get(HELLO)


def test_a_file_cut_short_is_healed_by_putting_it_again(folder):
    files.put(b"hello")
    stored(folder)[0].write_bytes(b"he")
    assert files.get(files.put(b"hello")) == b"hello"


def test_a_write_that_fails_leaves_no_file_under_the_key(disk_full):
    with pytest.raises(OSError, match="disk full"):
        files.put(b"hello")
    with pytest.raises(FileNotFoundError):
        files.get(HELLO)
    assert not files.exists(HELLO)


def test_a_write_that_fails_leaves_nothing_at_all(folder, disk_full):
    with pytest.raises(OSError, match="disk full"):
        files.put(b"hello")
    assert stored(folder) == []


def test_what_a_killed_process_left_is_swept_after_its_time(folder):
    files.put(b"hello")
    begun = folder / "unfinished" / "begun"
    begun.write_bytes(b"he")
    written = datetime.fromtimestamp(begun.stat().st_mtime, UTC)
    assert (files.unfinished(written), files.sweep(written)) == ([], 0)
    later = written + timedelta(seconds=1)
    assert files.unfinished(later) == [str(begun)]
    assert files.sweep(later) == 1
    assert [path.name for path in stored(folder)] == [HELLO]


@pytest.mark.parametrize("today", ["2016-07-01", "2099-01-01"])
def test_the_demos_clock_does_not_make_a_file_old_or_young(folder, today):
    clock.set_to(today)
    files.probe()
    begun = folder / "unfinished" / "begun"
    begun.write_bytes(b"he")
    assert files.sweep(clock.now() - files.UNFINISHED_KEPT) == 0
    written = begun.stat().st_mtime - 2 * files.UNFINISHED_KEPT.total_seconds()
    os.utime(begun, (written, written))
    assert files.sweep(clock.now() - files.UNFINISHED_KEPT) == 1


def test_a_file_that_is_finished_while_the_others_are_looked_at_stops_nobody(folder, monkeypatch):
    files.probe()
    for name in ("begun", "done"):
        (folder / "unfinished" / name).write_bytes(b"he")
    store, later = files._store()[0], datetime.now(UTC) + timedelta(hours=1)
    listed, removed = store.ls, store.rm_file

    def list_then_finish(path: str, **how: object) -> list[str]:
        names = listed(path, **how)
        (folder / "unfinished" / "done").unlink(missing_ok=True)
        return names

    def finish_then_remove(path: str) -> None:
        (folder / "unfinished" / "begun").unlink(missing_ok=True)
        removed(path)

    monkeypatch.setattr(store, "ls", list_then_finish)
    assert files.unfinished(later) == [str(folder / "unfinished" / "begun")]
    monkeypatch.setattr(store, "rm_file", finish_then_remove)
    assert files.sweep(later) == 0


def test_a_store_that_was_never_used_has_nothing_to_sweep(folder):
    assert files.sweep(datetime.now(UTC)) == 0
    assert not folder.exists()


def test_a_probe_leaves_nothing_and_notices_what_reads_otherwise(folder, monkeypatch):
    files.probe()
    assert stored(folder) == []
    monkeypatch.setattr(files._store()[0], "cat_file", lambda _path: b"otherwise")
    with pytest.raises(OSError, match="reads otherwise"):
        files.probe()


def test_any_store_that_fsspec_knows_will_do(monkeypatch):
    monkeypatch.setenv("PORTAL_FILES_URL", "memory://attachments")
    settings.cache_clear()
    assert files.get(files.put(b"elsewhere")) == b"elsewhere"
