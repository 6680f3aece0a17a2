"""The demo on the command line: what it loads, and who signs in."""

from pathlib import Path

import pytest
from sqlalchemy import select

from core import db, demo
from core.identity import passwords
from core.identity.tables import Account, Customer
from core.settings import settings
from tests.cli.conftest import SYSTEM, count, run


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
