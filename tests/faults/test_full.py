"""F07 and F08: where there is no space left the portal says so, keeps what it has, and goes on once there is some."""

import gc
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, event, insert
from sqlalchemy.exc import OperationalError
from starlette.websockets import WebSocketDisconnect
from structlog.testing import capture_logs

from core import cli, db, files, jobs, log, schema, worker
from core.identity.tables import Customer
from core.kit import clock
from core.kit.errors import NoSpace
from core.locale import translations
from tests.billing.test_files import document
from tests.faults.conftest import SYSTEM, require_sound, snapshot
from tests.faults.disks import no_more_pages, no_room, no_room_for
from tests.intake.books import SMALL, small, write
from tests.people import Person
from tests.test_db import ON_SQLITE
from tests.web.conftest import ORIGIN, Browser, anna, at_home, new_browser, stored, stranger

__all__ = ["anna", "at_home", "stored", "stranger"]  # fixtures
CANNOT_WRITE = "the database cannot write: no space left"
SAID = translations("it-IT").gettext(NoSpace.message)
WITH_FILES = {"documents", "papers"}
ROWS = sum(len(rows) for name, rows in SMALL.items() if name not in WITH_FILES)


@pytest.fixture
def book(tmp_path: Path) -> str:
    """A book without documents: what cannot be written is the database."""
    return str(write(tmp_path, {name: rows for name, rows in small().items() if name not in WITH_FILES}))


@pytest.fixture
def paper(anna: Person) -> str:
    """The address of an invoice of Anna's that was never opened, so not drawn."""
    contract = anna.contract("100")
    invoice = anna.invoice(contract, "1/2024", date(2024, 1, 10))
    anna.item(contract, 1, date(2024, 1, 31), 10_000, invoice_id=invoice)
    return f"/documents/{document(anna, invoice)}"


def loud(logs: list[dict[str, object]]) -> list[object]:
    """What the log says aloud; nothing of it may be a trace."""
    assert not [line for line in logs if "exc_info" in line]
    return [line["event"] for line in logs if line["log_level"] == "error"]


@pytest.mark.parametrize("table", ["customer", "payment"])
def test_an_import_without_room_changes_nothing_and_goes_through_later(database: str, book: str, table: str) -> None:
    before = snapshot()
    with no_room_for(table), capture_logs() as logs:
        refused = CliRunner().invoke(cli.portal, ["import", book])
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.splitlines()[-1] == f"Error: {NoSpace.message}"
    assert snapshot() == before
    assert loud(logs) == [CANNOT_WRITE]
    done = CliRunner().invoke(cli.portal, ["import", book])
    assert done.stdout.endswith(f"Imported: {ROWS} new rows, 0 changed, 0 as before.\n")
    require_sound()


def test_a_database_file_that_may_not_grow_is_a_full_disk(stored: None) -> None:
    rows = [{"code": str(number), "name": "A" * 160, "pec": "a@b.it", "address": "x"} for number in range(2_000)]
    with no_more_pages(), pytest.raises(NoSpace), db.transaction(SYSTEM) as connection:
        connection.execute(insert(Customer), rows)
    assert snapshot()["customer"] == []
    with db.transaction(SYSTEM) as connection:
        connection.execute(insert(Customer), rows)
    assert len(snapshot()["customer"]) == len(rows)


def test_a_visitor_reads_that_nothing_was_saved_and_goes_on_later(at_home: Browser, anna: Person) -> None:
    other, before = new_browser(), snapshot()
    with no_room(), capture_logs() as logs:
        answer = other.post("/login", username="10093", password="una bella passphrase")
    assert answer.status_code == 507
    assert SAID in answer.text
    assert loud(logs) == [CANNOT_WRITE]
    assert snapshot() == before
    assert other.sign_in().status_code == 303
    require_sound()


def test_who_only_reads_does_not_notice(at_home: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.ran(worker.JOB)
    later = clock.now() + timedelta(minutes=5)  # the time of the last activity would have to be renewed
    monkeypatch.setattr(clock, "now", lambda: later)
    with no_room(), capture_logs() as logs:
        assert at_home.get("/").status_code == 200
    assert loud(logs) == [CANNOT_WRITE]


def test_a_database_file_that_cannot_even_be_opened_is_a_full_disk(at_home: Browser) -> None:
    jobs.ran(worker.JOB)
    db.database().engine.dispose()  # the next connection has to make SQLite's shared memory anew, in a file
    with no_room(), capture_logs() as logs:
        page, ready = at_home.get("/"), at_home.fetch("/readyz")
        with pytest.raises(WebSocketDisconnect) as refusal, at_home.stream(Origin=ORIGIN):
            pass
    assert (page.status_code, SAID in page.text) == (507, True)
    assert (ready.status_code, ready.json()["database"]) == (503, "no space left")
    assert refusal.value.status_code == 503
    assert set(loud(logs)) == {CANNOT_WRITE}
    assert at_home.get("/").status_code == 200


def test_a_paper_that_cannot_be_kept_leaves_nothing_half_written(
    at_home: Browser, anna: Person, paper: str, tmp_path: Path
) -> None:
    with no_room(), capture_logs() as logs:
        answer = at_home.get(paper)
    assert (answer.status_code, SAID in answer.text) == (507, True)
    assert loud(logs) == ["a file cannot be written: no space left"]
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    assert at_home.get(paper).status_code == 200


def test_a_workbook_without_room_for_temporary_files_is_refused(at_home: Browser) -> None:
    with no_room(), capture_logs() as logs:
        answer = at_home.get("/exports/invoices.xlsx")
    gc.collect()
    assert (answer.status_code, SAID in answer.text) == (507, True)
    assert loud(logs) == ["a file cannot be written: no space left"]
    assert at_home.get("/exports/invoices.xlsx").status_code == 200


@ON_SQLITE
@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_CANTOPEN])
def test_a_broken_disk_is_told_from_a_full_one_by_writing_to_it(database: str, code: int) -> None:
    def fail(*_: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = code
        raise error

    event.listen(db.database().engine, "do_execute", fail)
    with pytest.raises(OperationalError, match="disk I/O error"), db.transaction(SYSTEM) as connection:
        connection.execute(delete(Customer))
    with no_room(), pytest.raises(NoSpace), db.transaction(SYSTEM) as connection:
        connection.execute(delete(Customer))


def test_an_export_of_the_book_without_room_leaves_no_folder(stored: None, book: str, tmp_path: Path) -> None:
    CliRunner().invoke(cli.portal, ["import", book])
    with no_room():
        refused = CliRunner().invoke(cli.portal, ["export", str(tmp_path / "out")])
    assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (1, f"Error: {NoSpace.message}")
    assert not (tmp_path / "out").exists()
    assert CliRunner().invoke(cli.portal, ["export", str(tmp_path / "out")]).exit_code == 0


def test_a_log_that_cannot_be_written_stops_nobody_and_says_so_later(at_home: Browser, tmp_path: Path) -> None:
    path = tmp_path / "portal.log"
    with path.open("w", buffering=1) as stream:
        log.configure("text", stream)
        with no_room():
            for number in range(500):
                log.logger.info("said in vain", number=number, filling="x" * 100)
            assert at_home.get("/").status_code == 200
        log.logger.info("said again")
    lines = path.read_text().splitlines()
    assert lines[-1].endswith("said again")
    assert "the log could not be written: up to 5" in lines[-2]
    assert len(lines) < 200


def test_the_worker_goes_on_trying(database: str) -> None:
    with no_room_for("job_lease"), capture_logs() as logs:
        for _ in range(2):
            assert worker._round() is False
    assert set(loud(logs)) == {CANNOT_WRITE}
    worker._round()
    assert jobs.last_run(worker.JOB) is not None


def test_a_database_that_cannot_be_made_is_one_line_and_made_later(tmp_path: Path) -> None:
    db.use(f"sqlite:///{tmp_path / 'new.db'}")
    with no_room():
        refused = CliRunner().invoke(cli.portal, ["migrate"])
    assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (1, f"Error: {NoSpace.message}")
    assert CliRunner().invoke(cli.portal, ["migrate"]).exit_code == 0
    assert schema.current() == schema.newest()


def test_a_file_that_was_cut_short_is_taken_away(tmp_path: Path) -> None:
    with no_room(), pytest.raises(OSError, match="File too large"):
        files.put(b"too much")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
