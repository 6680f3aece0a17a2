"""The command line: what it prints where, and how it exits."""

import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, text

from core import cli, db, demo, schema, worker
from core.access import Access
from core.analysis.frames import RULES
from core.cli import printing, service
from core.identity import passwords
from core.identity.tables import Account, Customer
from core.intake.tables import ImportBatch
from core.kit import clock
from core.mail import outbox, sending
from core.mail.bodies import Body
from core.settings import ROOT, settings
from tests.intake.books import SMALL, Tables, small, write

SYSTEM = Access.system("test")


def run(*arguments: str, stdin: str = "") -> Result:
    result = CliRunner().invoke(cli.portal, arguments, input=stdin, prog_name="python -m core")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def count(table: type[db.Base]) -> int:
    with db.reading(SYSTEM) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture(autouse=True)
def logs_go_where_they_went() -> Iterator[None]:
    """A command sends the process's log to its own stderr, which is gone afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level


@pytest.fixture
def migrated() -> None:
    schema.migrate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path, small())


def test_every_command_explains_itself() -> None:
    told = run("--help").stdout
    for name, command in cli.portal.commands.items():
        assert re.search(rf"^  {name}\b", told, re.MULTILINE)
        assert command.help
        assert run(name, "--help").exit_code == 0


def test_migrate_says_where_the_database_is() -> None:
    assert run("migrate").stdout == f"The database is at revision {schema.newest()}.\n"
    assert schema.current() == schema.newest()


def test_a_wrong_setting_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_PORT", "many")
    settings.cache_clear()
    result = run("migrate")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: The installation is not set up: PORTAL_PORT: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "command", [["import", "."], ["check"], ["job", "outbox"], ["export", "x"], ["worker"], ["account", "list"]]
)
def test_commands_ask_for_migrate_first(command: list[str]) -> None:
    result = run(*command)
    assert result.exit_code == 1
    assert "run migrate" in result.stderr


def test_import_says_what_came_in(migrated: None, folder: Path) -> None:
    result = run("import", str(folder))
    total = sum(len(rows) for rows in SMALL.values())
    assert result.exit_code == 0
    assert "  customers.csv           2 new,       0 changed,       0 same\n" in result.stdout
    assert result.stdout.endswith(f"Imported: {total} new rows, 0 changed, 0 as before.\n")
    assert result.stderr == ""
    again = run("import", str(folder))
    assert again.stdout.endswith(f"Imported: 0 new rows, 0 changed, {total} as before.\n")


def test_a_bad_book_is_reported_row_by_row_and_exits_with_1(migrated: None, tmp_path: Path) -> None:
    tables = small()
    tables["payments"][0]["amount"] = "1.234"
    tables["contracts"][0]["iban"] = "IT60X0542811101000000123457"
    result = run("import", str(write(tmp_path, tables)))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "contracts.csv row 2: iban 'IT60X0542811101000000123457' is not an IBAN: invalid checksum digits",
        "payments.csv row 2: amount '1.234' must be an amount of euro such as 2316,38",
    ]
    assert result.stderr == "Error: Nothing was imported. Faults found: 2.\n"
    assert count(Customer) == 0


def test_a_long_report_is_cut_and_counted(migrated: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "FAULTS_SHOWN", 3)
    tables: Tables = {"index_rates": [{"month": str(row), "percent": "1"} for row in range(10)]}
    result = run("import", str(write(tmp_path, tables)))
    assert len(result.stdout.splitlines()) == 4
    assert result.stdout.endswith("... and 7 more.\n")
    assert "Faults found: 10." in result.stderr


def test_a_dry_run_says_what_would_change_and_writes_nothing(migrated: None, tmp_path: Path) -> None:
    result = run("import", str(write(tmp_path, small())), "--dry-run")
    assert result.exit_code == 0
    assert "  payments.csv            4 new,       0 changed,       0 same,       0 refused\n" in result.stdout
    assert "Dry run, nothing was written." in result.stdout
    assert (count(Customer), count(ImportBatch)) == (0, 0)


def test_a_dry_run_of_a_bad_book_reports_and_exits_with_1(migrated: None, tmp_path: Path) -> None:
    tables = small()
    tables["payments"][3]["amount"] = "much"
    result = run("import", str(write(tmp_path, tables)), "--dry-run")
    assert result.exit_code == 1
    assert "payments.csv row 5: amount 'much'" in result.stdout
    assert result.stdout.endswith("0 as before, 1 row refused.\n")


def test_a_folder_without_a_book_is_refused(migrated: None, tmp_path: Path) -> None:
    result = run("import", str(tmp_path / "documents"))
    assert result.exit_code == 2
    (tmp_path / "empty").mkdir()
    result = run("import", str(tmp_path / "empty"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: There is no book in ")


class Terminal(StringIO):
    """Where somebody waits."""

    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (StringIO(), Terminal()):
        monkeypatch.setattr(printing.sys, "stderr", stream)
        with printing.progress() as advance:
            for phase, rows in (("reading", 900), ("reading", 900), ("checking", 0), ("writing", 1_200)):
                advance(phase, rows)
        drawn = stream.getvalue()
        assert drawn.count("\n") == (3 if stream.isatty() else 0)
    assert drawn == "Reading: 900 rows\rReading: 1,800 rows\nChecking ...\nWriting: 1,200 rows\n"


def test_import_and_export_show_their_progress(
    migrated: None, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phases: list[str] = []

    @contextmanager
    def watched() -> Iterator[Callable[[str, int], None]]:
        yield lambda phase, _rows: phases.append(phase)

    monkeypatch.setattr(printing, "progress", watched)
    run("import", str(folder))
    assert list(dict.fromkeys(phases)) == ["reading", "checking", "writing"]
    phases.clear()
    run("export", str(tmp_path / "out"))
    assert set(phases) == {"writing"}


def test_export_says_what_it_wrote_and_the_same_book_comes_in_again(
    migrated: None, folder: Path, tmp_path: Path
) -> None:
    run("import", str(folder))
    out = tmp_path / "out"
    result = run("export", str(out))
    total = sum(len(rows) for rows in SMALL.values())
    assert "  payments.csv              4 rows\n" in result.stdout
    assert result.stdout.endswith(f"Exported: {total} rows to {out}.\n")
    assert run("import", str(out)).stdout.endswith(f"Imported: 0 new rows, 0 changed, {total} as before.\n")


def test_export_refuses_a_folder_with_something_in_it(migrated: None, folder: Path) -> None:
    before = sorted(folder.iterdir())
    result = run("export", str(folder))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: There is something at ")
    assert sorted(folder.iterdir()) == before


def test_demo_loads_the_book_and_says_who_signs_in() -> None:
    result = run("demo", "--as-of", "2024-04-05")
    assert result.exit_code == 0
    assert "The demo book stands at 2024-04-05: " in result.stdout
    assert "  10093  Mario Rossi: " in result.stdout
    assert demo.PASSWORD in result.stdout
    assert run("demo", "--as-of", "2024-04-04").stderr.startswith("Error: The demo book already stands at 2024-04-05.")
    assert run("demo", "--reset", "--as-of", "2016-07-01").exit_code == 0


def test_demo_adds_as_many_generated_customers_as_asked_for(migrated: None) -> None:
    result = run("demo", "--as-of", "2016-07-01", "--customers", "2")
    assert result.exit_code == 0
    assert count(Customer) == len(demo.ACCOUNTS) + 2
    assert run("demo", "--customers", "-1").exit_code == 2


@pytest.mark.parametrize("options", [[], ["--reset"]])
def test_demo_on_a_real_book_is_one_clear_line(migrated: None, folder: Path, options: list[str]) -> None:
    run("import", str(folder))
    result = run("demo", "--as-of", "2024-04-05", *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        "Error: The installation is not set up: the database holds a book or customers that are "
    )
    assert (count(Customer), count(Account)) == (2, 0)


def test_demo_goes_up_to_today_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_CLOCK", "2016-07-01")
    settings.cache_clear()
    assert "The demo book stands at 2016-07-01: " in run("demo").stdout


def test_the_demo_accounts_open_with_the_printed_password() -> None:
    run("demo", "--as-of", "2016-07-01")
    with db.reading(SYSTEM) as connection:
        stored = connection.execute(select(Account.password_hash).where(Account.username == "10093")).scalar_one()
    assert passwords.matches(demo.PASSWORD, stored)


def test_check_is_clean_on_sound_data_and_names_what_is_not(migrated: None, folder: Path) -> None:
    run("import", str(folder))
    assert run("check").stdout == f"Clean: all {len(RULES)} rules hold.\n"
    with db.transaction(SYSTEM) as connection:
        connection.execute(text("update contract set price_cents = price_cents + 1 where number = '100'"))
    result = run("check")
    assert result.exit_code == 1
    assert result.stdout.startswith("plan_adds_up: contract 100: ")
    assert re.fullmatch(r"Error: \d findings\.\n", result.stderr)


def test_accounts_are_made_listed_and_changed(migrated: None, folder: Path) -> None:
    run("import", str(folder))
    person = ["--customer", "A1", "--email", "anna@pec.example", "--first-name", "Anna", "--last-name", "Verdi"]
    made = run("account", "create", "anna", *person, "--password-stdin", stdin="A long password\n")
    assert (made.exit_code, made.stdout) == (0, "The account anna can sign in.\n")
    assert run("account", "list").stdout == "anna\tcustomer\tA1\tAnna Verdi\tanna@pec.example\tit-IT\n"
    assert run("account", "language", "anna", "es").exit_code == 0
    assert run("account", "list").stdout.rstrip().endswith("\tes-ES")
    changed = run("account", "password", "anna", stdin="Another password\nAnother password\n")
    assert (changed.exit_code, changed.stdout) == (0, "The password of anna is changed.\n")
    assert "Another password" not in changed.output
    with db.reading(SYSTEM) as connection:
        assert passwords.matches("Another password", connection.execute(select(Account.password_hash)).scalar_one())


@pytest.mark.parametrize("arguments", [[], ["--customer", "A1", "--role", "admin"]])
def test_only_customers_get_accounts_here(migrated: None, folder: Path, arguments: list[str]) -> None:
    run("import", str(folder))
    person = ["--email", "a@pec.example", "--password-stdin"]
    assert run("account", "create", "anna", *arguments, *person, stdin="A long password\n").exit_code == 2
    assert count(Account) == 0


@pytest.mark.parametrize(
    ("arguments", "stdin", "error"),
    [
        (
            ["create", "anna", "--customer", "Z9", "--email", "a@pec.example"],
            "A long password",
            "no customer with code Z9",
        ),
        (["create", "anna", "--customer", "Z9", "--email", "a@pec.example"], "short", "at least 12 characters"),
        (["password", "nobody"], "A long password", "does not exist"),
    ],
)
def test_what_cannot_be_done_to_an_account_is_one_line(
    migrated: None, arguments: list[str], stdin: str, error: str
) -> None:
    result = run("account", *arguments, "--password-stdin", stdin=f"{stdin}\n")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ")
    assert error in result.stderr
    assert count(Account) == 0


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


def test_a_package_that_is_missing_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise ModuleNotFoundError(name='click')")
    told = subprocess.run(
        [sys.executable, "-m", "core", "doctor"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stderr) == (1, "Error: the package click is missing. Run make install.\n")


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


def test_the_clock_of_the_settings_is_the_commands_clock(migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_CLOCK", "2024-04-05")
    settings.cache_clear()
    run("check")
    assert clock.today().isoformat() == "2024-04-05"
