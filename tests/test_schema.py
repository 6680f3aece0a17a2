"""The schema: migrations make what the tables say, and append-only tables stay as they are."""

from itertools import dropwhile
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from core import audit, db, schema
from core.access import Access
from core.identity.tables import Customer
from core.kit.errors import Misconfigured
from tests.test_db import sent


def test_migrations_make_exactly_the_tables(database: str) -> None:
    command.check(schema._config())


def test_migrations_hold_the_write_lock_from_the_start(tmp_path: Path) -> None:
    db.use(f"sqlite:///{tmp_path / 'new.db'}")
    with sent() as statements:
        schema.migrate()
    begun = [one for one in statements if one.startswith(("BEGIN", "CREATE", "INSERT"))]
    assert {"CREATE", "INSERT"} < {one.split()[0] for one in begun}
    writing = dropwhile(lambda one: one == "BEGIN", begun)
    assert {one for one in writing if one.startswith("BEGIN")} == {"BEGIN IMMEDIATE"}


@pytest.mark.parametrize("deed", ["update audit set action = 'x'", "delete from audit"])
def test_append_only_rows_can_neither_change_nor_go(database: str, system: Access, deed: str) -> None:
    with db.transaction(system) as connection:
        audit.write(connection, system, "import")
    with pytest.raises(DBAPIError, match="append-only"), db.transaction(system) as connection:
        connection.execute(text(deed))


def test_sqlite_replace_does_not_slip_past_append_only(database: str, system: Access) -> None:
    if database != "sqlite":
        return
    with db.transaction(system) as connection:
        audit.write(connection, system, "import")
    with pytest.raises(DBAPIError, match="append-only"), db.transaction(system) as connection:
        connection.execute(text("replace into audit select id, at, 'x', account_id, '', '', '', '', '{}' from audit"))


def test_a_raising_transaction_leaves_nothing(database: str, system: Access) -> None:
    row = {"code": "1", "name": "A", "pec": "a@pec.example", "address": "Via Roma 1"}
    with pytest.raises(KeyError), db.transaction(system) as connection:
        connection.execute(insert(Customer), [row])
        raise KeyError
    with db.reading(system) as connection:
        assert connection.execute(text("select count(*) from customer")).scalar() == 0


def test_a_database_newer_than_the_code_is_refused(database: str, system: Access) -> None:
    with db.transaction(system) as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(Misconfigured, match="9999"):
        schema.migrate()
