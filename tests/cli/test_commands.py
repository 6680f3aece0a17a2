"""What all commands have in common: help, settings, the schema, the clock, and how they exit."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core import cli, schema
from core.kit import clock
from core.settings import ROOT, settings
from tests.cli.conftest import run


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


def test_the_clock_of_the_settings_is_the_commands_clock(migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_CLOCK", "2024-04-05")
    settings.cache_clear()
    run("check")
    assert clock.today().isoformat() == "2024-04-05"
