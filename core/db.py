"""The database: engine, transactions opened with the Access, exact frames. Only this module commits."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import structlog
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ExceptionContext,
    Executable,
    Integer,
    MetaData,
    Select,
    TypeDecorator,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.access import Access
from core.kit.errors import Busy
from core.settings import settings

# How long a transaction waits for others, all in all, before it gives up with Busy.
WAIT_SECONDS = 5
# An option of a connection: its transactions take SQLite's write lock when they begin.
WRITES = "portal_writes"
_WAIT = "portal_wait"
_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
# Not SQLITE_BUSY_SNAPSHOT: a reading that writes is a bug.
_SQLITE_WAITED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY, sqlite3.SQLITE_BUSY_TIMEOUT, sqlite3.SQLITE_LOCKED}
# lock_not_available, query_canceled, deadlock_detected
_POSTGRESQL_WAITED = {"55P03", "57014", "40P01"}
_log = structlog.get_logger()
Rows = Select[*tuple[Any, ...]]
BIG = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Parent of every table; the naming convention gives every constraint a name a migration can use."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def cents(name: str, default: int | None = None) -> Mapped[int]:
    """A column of integer cents; SQLite, whose types do not bind, checks that an integer is what it got."""
    whole = CheckConstraint(f"typeof({name}) = 'integer'", name=f"{name}_whole").ddl_if(dialect="sqlite")
    return mapped_column(BIG, whole) if default is None else mapped_column(BIG, whole, default=default)


class Instant(TypeDecorator[datetime]):
    """An instant in UTC. SQLite drops the offset, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; a naive datetime is a bug."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One engine and, for SQLite, the one write lock of the process. Who waits too long for others gets Busy."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._write_lock = threading.RLock()
        self.engine = _sqlite_engine(url) if self.sqlite else _postgresql_engine(url)
        event.listen(self.engine, "handle_error", _refuse_lock_timeouts)

    @contextmanager
    def begin(self, *, write: bool, wait: float | None = None) -> Iterator[Connection]:
        """One transaction; a reading one sees one state of the database from its first statement on.

        On SQLite a writing one is BEGIN IMMEDIATE under the process's write lock. Raises Busy after `wait` seconds,
        WAIT_SECONDS if it is None.
        """
        wait = WAIT_SECONDS if wait is None else wait
        until = time.monotonic() + wait
        with self._turn(wait) if write and self.sqlite else nullcontext(), self._connect() as connection:
            connection.execution_options(**{WRITES: write, _WAIT: max(0.0, until - time.monotonic())})
            if not write and not self.sqlite:
                connection.execution_options(**_SNAPSHOT)
            with connection.begin():
                yield connection

    @contextmanager
    def _turn(self, wait: float) -> Iterator[None]:
        if not self._write_lock.acquire(timeout=wait):
            raise _busy()
        try:
            yield
        finally:
            self._write_lock.release()

    def _connect(self) -> Connection:
        try:
            return self.engine.connect()
        except NoConnection as error:
            raise _busy() from error


def _busy() -> Busy:
    _log.warning("the database was busy for too long")
    return Busy()


def _refuse_lock_timeouts(context: ExceptionContext) -> None:
    """Raise Busy in place of a driver's error that says the wait for a lock was too long."""
    error = context.original_exception
    sqlite_code, postgresql_code = getattr(error, "sqlite_errorcode", None), getattr(error, "sqlstate", None)
    if sqlite_code in _SQLITE_WAITED or postgresql_code in _POSTGRESQL_WAITED:
        raise _busy()


def _sqlite_engine(url: str) -> Engine:
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, pool_timeout=WAIT_SECONDS, connect_args={"timeout": WAIT_SECONDS, "isolation_level": None}
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
        # recursive_triggers: without it INSERT OR REPLACE deletes append-only rows behind their triggers.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        _driver(connection).execute(f"PRAGMA busy_timeout={_milliseconds(options)}")
        _driver(connection).execute(f"PRAGMA query_only={'OFF' if options.get(WRITES) else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN")

    @event.listens_for(engine, "checkin")
    def _given_back(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
        if connection is not None:
            connection.execute("PRAGMA query_only=OFF")

    return engine


def _postgresql_engine(url: str) -> Engine:
    full = make_url(url)
    if full.drivername == "postgresql":
        full = full.set(drivername="postgresql+psycopg")
    engine = create_engine(
        full,
        pool_pre_ping=True,
        pool_size=20,
        pool_timeout=WAIT_SECONDS,
        connect_args={"connect_timeout": WAIT_SECONDS},
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        _driver(connection).execute(f"SET LOCAL lock_timeout = {_milliseconds(connection.get_execution_options())}")

    return engine


def _milliseconds(options: Mapping[str, Any]) -> int:
    """How long a transaction may still wait, at least 1 ms: PostgreSQL takes 0 for ever."""
    wait: float = options.get(_WAIT, WAIT_SECONDS)
    return max(1, round(wait * 1000))


def _driver(connection: Connection) -> Any:  # noqa: ANN401 - the driver's own connection
    return connection.connection.dbapi_connection


_database: Database | None = None
_opening = threading.Lock()


def database() -> Database:
    """The database of this process, opened at its first use from PORTAL_DATABASE_URL."""
    global _database  # noqa: PLW0603 - one engine per process, like the settings it is made from
    with _opening:
        if _database is None:
            _database = Database(settings().database_url)
        return _database


def use(url: str | None) -> None:
    """Close the current database and let the next use open `url` (None: the one of the settings)."""
    global _database  # noqa: PLW0603
    with _opening:
        if _database is not None:
            _database.engine.dispose()
        _database = Database(url) if url else None


@contextmanager
def reading(access: Access) -> Iterator[Connection]:
    """One reading transaction for `access`, all of it on one state of the database. Raises Busy."""
    with database().begin(write=False) as connection:
        yield connection


@contextmanager
def transaction(access: Access, *, wait: float | None = None) -> Iterator[Connection]:
    """One writing transaction for `access`: committed when the block ends, rolled back when it raises.

    Raises Busy when others are in its way for more than `wait` seconds, WAIT_SECONDS if it is None.
    """
    with database().begin(write=True, wait=wait) as connection:
        yield connection


def frame(connection: Connection, statement: Rows, dates: Sequence[str] = ()) -> pd.DataFrame:
    """The rows of a select as a DataFrame; columns named in `dates` become datetime64, empty frames keep types.

    Amounts must be integer columns: they stay int64 (Int64 where empty cells are possible).
    """
    result = pd.read_sql(statement, connection, coerce_float=False)
    for name in dates:
        result[name] = pd.to_datetime(result[name]).astype("datetime64[us]")
    return result


def insert_new(connection: Connection, table: type[Base], **values: object) -> bool:
    """Insert a row unless one with its key is there already; whether it was inserted. The same on both databases."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement: sqlite.Insert | postgresql.Insert = insert(table).values(**values)
    inserted = statement.on_conflict_do_nothing().returning(*table.__table__.primary_key)
    return connection.execute(inserted).first() is not None


def execute_many(connection: Connection, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
    """Run one statement for many rows; nothing happens for none."""
    if rows:
        connection.execute(statement, rows)
