"""Books on the command line: what import, export and check print where, and how they exit."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import text

from core import db
from core.analysis.frames import RULES
from core.cli import printing
from core.identity.tables import Customer
from core.intake.tables import ImportBatch
from tests.cli.conftest import SYSTEM, count, run
from tests.intake.books import SMALL, Tables, small, write


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


def test_check_is_clean_on_sound_data_and_names_what_is_not(migrated: None, folder: Path) -> None:
    run("import", str(folder))
    assert run("check").stdout == f"Clean: all {len(RULES)} rules hold.\n"
    with db.transaction(SYSTEM) as connection:
        connection.execute(text("update contract set price_cents = price_cents + 1 where number = '100'"))
    result = run("check")
    assert result.exit_code == 1
    assert result.stdout.startswith("plan_adds_up: contract 100: ")
    assert re.fullmatch(r"Error: \d findings\.\n", result.stderr)
