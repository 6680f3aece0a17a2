"""Transactions: what a reading sees, who takes which lock, and how long anybody waits for it."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, event, func, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from structlog.testing import capture_logs

from core import db, engines, schema
from core.access import Access
from core.identity.tables import Customer
from core.kit.errors import Busy

ROW = {"name": "A", "pec": "a@pec.example", "address": "Via Roma 1"}
COUNT = select(func.count()).select_from(Customer)
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@contextmanager
def another_process_writing(table: str = "customer") -> Iterator[None]:
    """Somebody outside this process's engine who writes a table and does not come to an end."""
    with db.reading(Access.system("test")):
        pass  # the first connection of a new file switches it to WAL, which nobody else may be using then
    if db.database().sqlite:
        with closing(sqlite3.connect(db.database().url.database, isolation_level=None)) as connection:
            connection.execute("begin immediate")
            yield
        return
    engine = create_engine(db.database().url)
    with engine.connect() as connection:
        connection.execute(text(f"lock table {table} in exclusive mode"))
        yield
    engine.dispose()


@contextmanager
def sent() -> Iterator[list[str]]:
    """The statements sent to the database inside."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(db.database().engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.database().engine, "before_cursor_execute", note)


def add(connection: Connection, code: str) -> None:
    connection.execute(insert(Customer).values(code=code, **ROW))


def test_one_reading_sees_one_state_whatever_is_committed_meanwhile(database: str, system: Access) -> None:
    with db.reading(system) as connection:
        before = connection.execute(COUNT).scalar_one()
        with db.transaction(system) as other:
            add(other, "1")
        assert connection.execute(COUNT).scalar_one() == before == 0
    with db.reading(system) as connection:
        assert connection.execute(COUNT).scalar_one() == 1


def test_a_transaction_after_a_reading_writes_and_sees_what_is_committed(database: str, system: Access) -> None:
    with db.reading(system):
        pass
    for code in ("1", "2"):
        with db.transaction(system) as connection:
            add(connection, code)
            assert connection.execute(COUNT).scalar_one() == int(code)


def test_reading_and_probing_wait_for_no_writer(database: str, system: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "WAIT_SECONDS", 0.1)
    with another_process_writing():
        assert schema.current() == schema.newest()
        with db.reading(system) as connection:
            assert connection.execute(COUNT).scalar_one() == 0


def test_who_waits_for_a_writer_in_vain_is_told_that_the_portal_is_busy(database: str, system: Access) -> None:
    started = time.monotonic()
    with capture_logs() as logs, another_process_writing():  # noqa: SIM117 - the lock outlives the refusal
        with pytest.raises(Busy), db.transaction(system, wait=0.2) as connection:
            add(connection, "1")
    assert 0.15 <= time.monotonic() - started < 3
    assert [(line["log_level"], "exc_info" in line) for line in logs] == [("warning", False)]
    assert "lock" in logs[0]["error"]
    with db.transaction(system) as connection:
        add(connection, "1")


def test_a_lock_is_waited_for_five_seconds_and_no_longer(database: str, system: Access) -> None:
    started = time.monotonic()
    with another_process_writing(), pytest.raises(Busy), db.transaction(system) as connection:
        add(connection, "1")
    assert 4.9 <= time.monotonic() - started < 6


def test_a_short_wait_is_not_kept_for_the_next_transaction(database: str, system: Access) -> None:
    with db.transaction(system, wait=0.2):
        pass
    with db.transaction(system) as connection:
        driver = connection.connection.dbapi_connection
        asked = "PRAGMA busy_timeout" if database == "sqlite" else "SHOW lock_timeout"
        assert driver.execute(asked).fetchone()[0] in {5000, "5s"}


def test_a_writer_of_this_process_is_waited_for_no_longer_than_one_of_another(database: str, system: Access) -> None:
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with db.transaction(system) as connection:
            add(connection, "1")
            holding.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    assert holding.wait(10)
    with pytest.raises(Busy), db.transaction(system, wait=0.2) as connection:
        add(connection, "1")
    done.set()
    thread.join(10)


def test_without_a_free_connection_the_portal_is_busy_after_the_wait_that_was_asked_for(
    database: str, system: Access
) -> None:
    with ExitStack() as taken, capture_logs() as logs:
        for _ in range(engines.CONNECTIONS):
            taken.enter_context(db.reading(system))
        started = time.monotonic()
        with pytest.raises(Busy), db.transaction(system, wait=0.2):
            pass
        assert 0.15 <= time.monotonic() - started < 3
    assert [line["error"] for line in logs] == ["every connection is taken"]
    with ExitStack() as taken:
        for _ in range(engines.CONNECTIONS):
            taken.enter_context(db.reading(system))


@ON_SQLITE
def test_a_connection_in_its_own_way_is_a_bug_and_not_busy(database: str, system: Access) -> None:
    with pytest.raises(OperationalError, match="locked"), db.transaction(system) as connection:
        add(connection, "1")
        add(connection, "2")
        reading = engines.driver(connection).execute("select * from customer")
        assert reading.fetchone()
        connection.execute(text("drop table customer"))


def test_other_failures_of_the_database_are_not_called_busy(database: str, system: Access) -> None:
    with pytest.raises((OperationalError, DBAPIError)), db.reading(system) as connection:
        connection.execute(text("select * from nowhere"))


def test_a_reading_that_writes_beside_a_writer_is_a_bug_and_not_busy(database: str, system: Access) -> None:
    with pytest.raises(DBAPIError), db.reading(system) as connection:
        connection.execute(COUNT)
        with db.transaction(system) as other:
            add(other, "1")
        add(connection, "2")


def test_what_only_reads_cannot_write(database: str, system: Access) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"), db.reading(system) as connection:
        connection.execute(text("update customer set name = 'x'"))
    with db.transaction(system) as connection:
        connection.execute(text("update customer set name = 'x'"))


def test_a_pooled_connection_forgets_what_its_last_transaction_was_allowed(database: str, system: Access) -> None:
    used = set()
    for code in ("1", "2"):
        with db.transaction(system) as connection:
            used.add(engines.driver(connection))
            add(connection, code)
        with pytest.raises(DBAPIError, match=r"read-?only"), db.reading(system) as connection:
            used.add(engines.driver(connection))
            add(connection, f"not {code}")
    with pytest.raises(RuntimeError), db.transaction(system) as connection:
        raise RuntimeError
    with pytest.raises(DBAPIError, match=r"read-?only"), db.reading(system) as connection:
        add(connection, "3")
    with db.reading(system) as connection:
        assert connection.execute(COUNT).scalar_one() == 2
    assert len(used) == 1


def test_a_connection_opened_in_place_of_another_is_told_everything_again(database: str, system: Access) -> None:
    with pytest.raises(RuntimeError), db.reading(system) as connection:
        connection.invalidate()
        raise RuntimeError
    with pytest.raises(DBAPIError, match=r"read-?only"), db.reading(system) as connection:
        add(connection, "1")


def test_the_folder_of_a_database_is_made_with_its_first_connection(tmp_path: Path, system: Access) -> None:
    db.use(f"sqlite:///{tmp_path / 'new' / 'portal.db'}")
    assert db.database().sqlite
    assert not (tmp_path / "new").exists()
    with db.reading(system):
        assert (tmp_path / "new").is_dir()
