"""The doctor: each fault of an installation is named with its cure, and nothing makes the doctor itself fail."""

import logging
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, text, update

from core import cli, db, doctor, engines, files, jobs, schema, worker
from core.access import Access
from core.book.tables import Document
from core.doctor import installation, running
from core.doctor.findings import Finding
from core.kit import clock
from core.mail import outbox
from core.mail.bodies import Body
from core.mail.tables import OutboxMail
from core.settings import settings
from tests.mail.conftest import Server, server
from tests.people import Person
from tests.test_db import ON_POSTGRESQL, ON_SQLITE

__all__ = ["server"]  # a fixture

SYSTEM = Access.system("test")
LEAVES_OUT = [check.name for check in doctor.CHECKS if check.needs]


@pytest.fixture(autouse=True)
def logs_go_where_they_went() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level


def run() -> Result:
    result = CliRunner().invoke(cli.portal, ["doctor"], prog_name="python -m core")
    assert isinstance(result.exception, SystemExit | None)
    return result


def wrong() -> dict[str, tuple[Finding, ...]]:
    """What is wrong, by the name of its check."""
    return {verdict.check.name: verdict.findings for verdict in doctor.examine() if verdict.findings}


def words(name: str) -> str:
    return " ".join(f"{found.wrong}. {found.mend}" for found in wrong()[name])


def configured(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"PORTAL_{name.upper()}", value)
    settings.cache_clear()


@pytest.fixture
def well(database: str) -> None:
    """An installation that runs."""
    worker.beat()


def test_a_sound_installation_is_all_ok(well: None) -> None:
    result = run()
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["ok"] * len(doctor.CHECKS)


def test_every_need_is_a_check_made_before() -> None:
    before: list[str] = []
    for check in doctor.CHECKS:
        assert set(check.needs) <= set(before)
        before.append(check.name)


def test_with_settings_that_cannot_be_the_rest_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    configured(monkeypatch, port="many")
    result = run()
    assert result.exit_code == 1
    assert "wrong    settings          PORTAL_PORT: " in result.stdout
    left = [line for line in result.stdout.splitlines() if line.startswith("left out")]
    assert [line[9:26].strip() for line in left] == LEAVES_OUT
    assert result.stderr == "Error: 1 thing to mend.\n"


def test_a_check_that_fails_itself_is_a_finding_and_no_trace(well: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_access: Access, _since: object) -> None:
        raise RuntimeError("not foreseen\nat all")

    monkeypatch.setattr(running.frames, "outbox", broken)
    result = run()
    assert result.exit_code == 1
    assert "wrong    outbox            RuntimeError: not foreseen. " in result.stdout
    assert "Traceback" not in result.output


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


@pytest.mark.parametrize(
    "setting",
    [
        {"smtp_url": "smtp://bob:Hunter2/x@mail.example"},
        {"database_url": "postgresql://portal:p@ss-Hunter2@127.0.0.1:1/none"},
    ],
)
def test_a_password_that_has_to_be_encoded_is_told_without_a_word_of_it(
    monkeypatch: pytest.MonkeyPatch, setting: dict[str, str]
) -> None:
    configured(monkeypatch, **setting)
    result = run()
    assert "percent-encode the password" in result.stdout
    assert "Hunter2" not in result.output


@pytest.mark.parametrize(
    ("name", "url", "check", "said"),
    [
        ("smtp_url", "smtp://bob:Hunter2/x@mail.example", "mail server", "ValueError."),
        ("database_url", "postgresql://portal:p@ss-Hunter2@127.0.0.1:1/none", "database", "OperationalError."),
    ],
)
def test_an_error_that_may_hold_a_password_is_named_by_its_type(name: str, url: str, check: str, said: str) -> None:
    setattr(settings(), name, url)  # as if it had not been refused
    assert words(check).startswith(said)


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


def test_full_disks_are_named(well: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=12 * installation.MEGABYTE))
    assert words("room on disks").startswith("12 MB are free for temporary files in ")
    assert len(wrong()["room on disks"]) == (3 if db.database().sqlite else 2)


def test_a_temporary_folder_that_takes_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(installation.tempfile, "TemporaryFile", full)
    assert "No space left on device" in words("temporary files")


def test_packages_in_other_versions_or_missing_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pins = tmp_path / "requirements.txt"
    here = metadata.version("click")
    pins.write_text(
        f"click=={here} \\\n    --hash=sha256:00\nbabel==0.1\nno-such-package==1.0 \\\n"
        "not-for-us==2 ; sys_platform == 'x'\n"
    )
    monkeypatch.setattr(installation, "REQUIREMENTS", pins)
    found = [finding.wrong for finding in wrong()["packages"]]
    assert found == [f"babel is at {metadata.version('babel')}, tested with 0.1", "no-such-package is not installed"]


def test_an_old_python_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "OLDEST_PYTHON", (9, 0))
    assert "Python 3.11 or newer" in words("python")


def test_a_secret_of_few_characters_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    production = {"mode": "production", "public_url": "https://portal.example", "smtp_url": "smtp://127.0.0.1:1"}
    configured(monkeypatch, secret_key="ab" * 20, password_rounds="12", **production)
    assert "different characters" in words("secret")
    configured(monkeypatch, secret_key="abcdefghijklmnopqrstuvwxyz0123456789")
    assert "secret" not in wrong()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:9000", "says port 9000, the server listens on 8501"),
        ("http://localhost", "says port 80"),
        ("http://portal.example:8501", "unencrypted"),
    ],
)
def test_a_public_address_that_cannot_work_is_named(monkeypatch: pytest.MonkeyPatch, address: str, said: str) -> None:
    configured(monkeypatch, public_url=address)
    assert said in words("public address")


@pytest.mark.parametrize("address", ["", "http://localhost:8501", "http://[::1]:8501", "https://portal.example"])
def test_a_public_address_that_works_is_not(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    configured(monkeypatch, public_url=address)
    assert "public address" not in wrong()


def test_papers_that_cannot_be_drawn_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation.invoice, "draw", lambda _sheet: b"")
    assert "not a PDF" in words("invoice papers")


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
