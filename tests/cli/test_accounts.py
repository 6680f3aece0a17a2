"""Accounts on the command line: made, listed and changed."""

from pathlib import Path

import pytest
from sqlalchemy import select

from core import db
from core.identity import passwords
from core.identity.tables import Account
from tests.cli.conftest import SYSTEM, count, run


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
