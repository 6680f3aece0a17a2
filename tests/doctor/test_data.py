"""What the doctor says of the database and the file store."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from core import db, engines, files, schema
from core.book.tables import Document
from core.kit import clock
from tests.doctor.conftest import SYSTEM, configured, run, words, wrong
from tests.people import Person
from tests.test_db import ON_POSTGRESQL, ON_SQLITE


def test_a_database_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    assert words("database") == f"there is no database at {tmp_path / 'portal.db'} yet. Run python -m core migrate"
    assert not (tmp_path / "portal.db").exists()


def test_a_server_that_does_not_answer_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    configured(monkeypatch, database_url="postgresql://portal:hush-hush@127.0.0.1:1/none")
    result = run()
    assert "Connection refused. Check PORTAL_DATABASE_URL" in result.stdout
    assert "hush-hush" not in result.output


def test_the_folder_of_a_database_that_is_not_there_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(monkeypatch, database_url=f"sqlite:///{tmp_path / 'away' / 'portal.db'}")
    assert run().exit_code == 1
    assert not (tmp_path / "away").exists()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "portal.db").write_bytes(b"not a database" * 100)
    assert "not a database" in words("database")


def test_a_schema_that_is_missing_older_or_newer_is_told_apart(well: None) -> None:
    with db.transaction(SYSTEM) as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    assert "9999, newer than" in words("schema")
    schema.drop()
    assert words("schema").endswith("Run python -m core migrate")


@ON_SQLITE
def test_rows_that_point_nowhere_are_named(well: None) -> None:
    document = "insert into document (customer_id, title, filename, mime, created_at) values (7, '', '', '', '')"
    with closing(sqlite3.connect(db.database().url.database)) as stranger:
        stranger.execute(document)
        stranger.commit()
    assert words("integrity").startswith("rows of document point to rows that are not there")


@ON_SQLITE
def test_a_damaged_file_is_named(well: None, tmp_path: Path) -> None:
    db.use(None)
    with (tmp_path / "portal.db").open("r+b") as file:
        file.seek(20 * 4096)
        file.write(b"\xff" * 4096)
    assert words("integrity").endswith("malformed. Restore the last backup, see docs/operating.md")


@ON_POSTGRESQL
def test_a_constraint_that_was_never_validated_is_named(well: None) -> None:
    with db.transaction(SYSTEM) as connection:
        connection.execute(text("alter table customer add constraint later check (name <> 'x') not valid"))
    assert words("integrity").startswith("customer.later is not valid")


@ON_SQLITE
def test_a_journal_that_is_not_write_ahead_is_named(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_switch_to_wal", lambda _connection: None)  # as on a disk that cannot have one
    assert "(it says delete)" in words("journal")


@ON_POSTGRESQL
def test_clocks_that_differ_are_named_unless_the_demo_shifts_its_own(
    well: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = clock.now() + timedelta(minutes=3)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert "the clocks of portal and database are 1" in words("clock")
    configured(monkeypatch, clock="2024-04-05")
    assert "clock" not in wrong()


def test_a_document_without_its_file_is_named(well: None) -> None:
    person = Person("10093", "Anna")
    kept = {"customer_id": person.customer_id, "title": "t", "filename": "f", "mime": "m", "created_at": clock.now()}
    with db.transaction(SYSTEM) as connection:
        connection.execute(insert(Document).values(sha256=files.put(b"there"), **kept))
        connection.execute(insert(Document).values(sha256="0" * 64, **kept))
    assert words("documents").startswith("1 of the 2 newest documents have no file, such as 000")


def test_a_file_store_that_cannot_be_written_is_named(
    well: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    configured(monkeypatch, files_url=(tmp_path / "taken").as_uri())
    assert words("file store").endswith("Check PORTAL_FILES_URL, the folder's owner and its disk")


def test_the_probe_of_the_file_store_leaves_nothing(well: None, tmp_path: Path) -> None:
    run()
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_files_never_finished_are_named(well: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.probe()
    (tmp_path / "files" / "unfinished" / "begun").write_bytes(b"half")
    assert "unfinished files" not in wrong()
    later = clock.now() + 3 * files.UNFINISHED_KEPT
    monkeypatch.setattr(clock, "now", lambda: later)
    assert words("unfinished files").endswith("begun. Run python -m core job housekeeping")
