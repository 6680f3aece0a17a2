"""Several first starts of the portal at the same instant, on an empty database."""

from pathlib import Path

from core import db, schema
from tests.faults.conftest import COPIES, Commands, require_sound


def test_migrations_at_the_same_instant_all_end_well(database: str, commands: Commands) -> None:
    schema.drop()
    assert [start.code for start in commands.at_once("migrate")] == [0] * COPIES
    assert schema.current() == schema.newest()


def test_a_new_sqlite_file_is_made_by_several_starts(tmp_path: Path, commands: Commands) -> None:
    db.use(f"sqlite:///{tmp_path / 'new.db'}")
    assert [start.code for start in commands.at_once("migrate")] == [0] * COPIES


def test_demos_at_the_same_instant_are_one_demo(database: str, commands: Commands) -> None:
    schema.drop()
    starts = commands.at_once("demo", "--as-of", "2016-07-01")
    assert [(start.code, "Traceback" in start.output) for start in starts] == [(0, False)] * COPIES
    require_sound()
