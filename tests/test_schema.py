"""The schema: migrations make what the tables say, and append-only tables stay as they are."""

from concurrent.futures import ThreadPoolExecutor
from itertools import dropwhile
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core import audit, db, schema
from core.access import Access
from core.identity.tables import Customer
from core.kit.errors import Busy, Misconfigured
from tests.test_db import ON_POSTGRESQL, ON_SQLITE, another_process_writing, sent

FIRST_ROWS = (
    "insert into customer (id, code, name, pec, address) values (1, 'A1', 'Anna', 'a@pec.example', 'Via Roma 1')",
    "insert into contract (id, customer_id, number, product, signed_on, starts_on, ends_on, months, instalments,"
    " period_months, in_advance, price_cents, deposit_cents, rent_cents, residual_cents, rate_ppm, vat_bp,"
    " mora_spread_bp) values (2, 1, '100', 'Targato', '2024-01-10', '2024-02-01', '2028-02-01', 48, 48,"
    " 1, true, 1000000, 0, 21500, 10000, 50000, 2200, 800)",
    "insert into document (id, customer_id, contract_id, title, filename, mime, created_at)"
    " values (3, 1, 2, 'Fattura 1/2024', 'a.pdf', 'application/pdf', '2024-01-10 12:00:00+00:00')",
)
ALTER = text("alter table customer add column later integer")


def test_migrations_make_exactly_the_tables(database: str) -> None:
    command.check(schema._config())


def test_a_filled_database_of_the_first_version_comes_along(database: str) -> None:
    schema.drop()
    with db.database().begin(write=True) as connection:
        command.upgrade(schema._config(connection), "0001")
        for statement in FIRST_ROWS:
            connection.execute(text(statement))
    schema.migrate()
    with db.database().begin(write=False) as connection:
        assert connection.execute(text("select id, title, kind, issued_on from document")).all() == [
            (3, "Fattura 1/2024", "FATTURA", None)
        ]
        assert connection.execute(text("select id, number, index_method from contract")).all() == [
            (2, "100", "QUARTERLY")
        ]
    for deed in ("update document set kind = 'ALTRO'", "update contract set index_method = 'YEARLY'"):
        with pytest.raises(IntegrityError), db.database().begin(write=True) as connection:
            connection.execute(text(deed))
    command.check(schema._config())


def test_a_migration_is_one_transaction_that_holds_the_write_lock_from_its_start(tmp_path: Path) -> None:
    db.use(f"sqlite:///{tmp_path / 'new.db'}")
    with sent() as statements:
        schema.migrate()
    begun = [one for one in statements if one.startswith(("BEGIN", "CREATE", "INSERT"))]
    assert {"CREATE", "INSERT"} < {one.split()[0] for one in begun}
    writing = list(dropwhile(lambda one: one == "BEGIN", begun))
    assert [one for one in writing if one.startswith("BEGIN")] == ["BEGIN IMMEDIATE"]


def test_a_migration_that_fails_leaves_the_database_as_it_was(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    schema.drop()
    upgrade = command.upgrade

    def halfway(config: Config, revision: str) -> None:
        upgrade(config, revision)
        raise RuntimeError("the next step")

    with monkeypatch.context() as broken, pytest.raises(RuntimeError):
        broken.setattr(command, "upgrade", halfway)
        schema.migrate()
    assert schema.current() is None
    schema.migrate()
    assert schema.current() == schema.newest()


def test_a_start_on_a_current_database_waits_for_nobody(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "MIGRATION_WAIT_SECONDS", 0)
    with another_process_writing("alembic_version"):
        schema.migrate()


def test_a_start_beside_one_that_migrates_is_told_when_it_takes_too_long(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "MIGRATION_WAIT_SECONDS", 0.2)
    schema.drop()
    with db.database().begin(write=True) as connection:
        if database == "postgresql":
            connection.execute(text(f"select pg_advisory_xact_lock({schema._LOCK})"))
        with ThreadPoolExecutor(1) as pool, pytest.raises(Busy):
            pool.submit(schema.migrate).result()


@ON_POSTGRESQL
def test_a_migration_does_not_wait_long_for_a_table_that_somebody_uses(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "TABLE_WAIT_SECONDS", 0.2)
    with db.transaction(Access.system("test")) as connection:
        connection.execute(text("delete from alembic_version"))
    monkeypatch.setattr(command, "upgrade", lambda config, _: config.attributes["connection"].execute(ALTER))
    with another_process_writing("customer"), pytest.raises(Busy):
        schema.migrate()


@pytest.mark.parametrize("deed", ["update audit set action = 'x'", "delete from audit"])
def test_append_only_rows_can_neither_change_nor_go(database: str, system: Access, deed: str) -> None:
    with db.transaction(system) as connection:
        audit.write(connection, system, "import")
    with pytest.raises(DBAPIError, match="append-only"), db.transaction(system) as connection:
        connection.execute(text(deed))


@ON_SQLITE
def test_replace_does_not_slip_past_append_only(database: str, system: Access) -> None:
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
    with pytest.raises(Misconfigured, match="9999, newer than this version"):
        schema.migrate()
    assert schema.newer("9999")
    assert not schema.newer(schema.newest())
    assert not schema.newer(None)
