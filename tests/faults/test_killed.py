"""F02 and F04: a command killed at any moment leaves the old state or the new one, and can be run again."""

from pathlib import Path

import pytest
from sqlalchemy import select

from core import db, schema
from core.identity.tables import Customer
from tests.faults.conftest import COMMIT, KILLED, STATEMENT, SYSTEM, Commands, require_sound, snapshot
from tests.intake.books import SMALL, small, write

ROWS = sum(len(rows) for rows in SMALL.values())
BOTH = pytest.mark.parametrize(("event", "stride"), [(STATEMENT, 17), (COMMIT, 1)], ids=["statement", "commit"])


@pytest.fixture
def book(tmp_path: Path) -> str:
    return str(write(tmp_path, small()))


def test_a_migration_killed_at_any_statement_leaves_nothing_and_is_made_by_the_next_start(
    database: str, commands: Commands
) -> None:
    schema.drop()
    assert commands.killed_everywhere("migrate", event=STATEMENT, stride=9) > 5
    assert schema.current() == schema.newest()
    assert commands.run("check").code == 0


def test_a_migration_killed_at_its_commit_leaves_nothing_and_is_made_by_the_next_start(
    database: str, commands: Commands
) -> None:
    schema.drop()
    for _ in range(2):
        assert commands.run("migrate", event=COMMIT, nth=1).code == KILLED
        assert (schema.current(), snapshot()) == (None, {})
    assert commands.run("migrate").output == f"The database is at revision {schema.newest()}.\n"


@BOTH
def test_an_import_killed_anywhere_leaves_the_old_book_or_the_new_one(
    database: str, commands: Commands, book: str, event: str, stride: int
) -> None:
    assert commands.killed_everywhere("import", book, event=event, stride=stride) > 0
    again = commands.run("import", book)
    assert again.output.endswith(f"Imported: 0 new rows, 0 changed, {ROWS} as before.\n")
    require_sound()


@BOTH
def test_an_update_killed_anywhere_leaves_the_old_book_or_the_new_one(
    database: str, commands: Commands, book: str, tmp_path: Path, event: str, stride: int
) -> None:
    commands.run("import", book)
    tables = small()
    tables["customers"][0]["name"] = "Anna & figli S.r.l."
    changed = str(write(tmp_path / "changed", tables))
    assert commands.killed_everywhere("import", changed, event=event, stride=stride) > 0
    with db.reading(SYSTEM) as connection:
        name = connection.execute(select(Customer.name).where(Customer.code == "A1")).scalar_one()
    assert name == tables["customers"][0]["name"]
    require_sound()
