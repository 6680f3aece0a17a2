"""Commands run in the process of the test, on a migrated database and a small book."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from core import cli, db, schema
from core.access import Access
from tests.intake.books import small, write

SYSTEM = Access.system("test")


def run(*arguments: str, stdin: str = "") -> Result:
    result = CliRunner().invoke(cli.portal, arguments, input=stdin, prog_name="python -m core")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def count(table: type[db.Base]) -> int:
    with db.reading(SYSTEM) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture
def migrated() -> None:
    schema.migrate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path, small())
