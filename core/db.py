"""The database: engine, transactions opened with the Access. Only this module commits."""

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Select,
    TypeDecorator,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core import engines
from core.access import Access
from core.engines import CONNECTIONS, SCRATCH, WAIT, WAIT_SECONDS, WRITES
from core.settings import settings

_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_SCRATCHING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": False}
_WRITING = {"isolation_level": "READ COMMITTED", "postgresql_readonly": False}
_HELD_CACHE_KILOBYTES = 64 * 1024
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
        self._free = threading.Semaphore(CONNECTIONS)
        self.engine = engines.sqlite(url) if self.sqlite else engines.postgresql(url)

    @contextmanager
    def begin(self, *, write: bool, wait: float | None = None) -> Iterator[Connection]:
        """One transaction; a reading one sees one state of the database from its first statement on.

        On SQLite a writing one is BEGIN IMMEDIATE under the process's write lock. Raises Busy when a connection, the
        write lock and others' locks are not there after `wait` seconds, WAIT_SECONDS if it is None.
        """
        until = time.monotonic() + (WAIT_SECONDS if wait is None else wait)
        with self._turn(until) if write and self.sqlite else nullcontext(), self._connected(until) as connection:
            connection.execution_options(**{WRITES: write, WAIT: _left(until)})
            if not write and not self.sqlite:
                connection.execution_options(**_SNAPSHOT)
            with connection.begin():
                yield connection

    @contextmanager
    def hold(self) -> Iterator["Held"]:
        """One connection for work of several transactions; it is closed at the end, and its temporary tables go."""
        with self._connected(time.monotonic() + WAIT_SECONDS) as connection:
            try:
                if self.sqlite:
                    engines.driver(connection).execute(f"PRAGMA cache_size=-{_HELD_CACHE_KILOBYTES}")
                yield Held(self, connection)
            finally:
                connection.invalidate()

    @contextmanager
    def begin_on(self, connection: Connection, *, scratch: bool, wait: float | None = None) -> Iterator[Connection]:
        """One transaction of a held connection: a writing one, or one that writes temporary tables only."""
        until = time.monotonic() + (WAIT_SECONDS if wait is None else wait)
        with nullcontext() if scratch or not self.sqlite else self._turn(until):
            connection.execution_options(**{WRITES: not scratch, SCRATCH: scratch, WAIT: _left(until)})
            if not self.sqlite:
                connection.execution_options(**(_SCRATCHING if scratch else _WRITING))
            with connection.begin():
                yield connection

    @contextmanager
    def _turn(self, until: float) -> Iterator[None]:
        if not self._write_lock.acquire(timeout=_left(until)):
            raise engines.busy("another thread is writing")
        try:
            yield
        finally:
            self._write_lock.release()

    @contextmanager
    def _connected(self, until: float) -> Iterator[Connection]:
        """A connection of the pool. The pool itself would let everybody wait for the same time."""
        if not self._free.acquire(timeout=_left(until)):
            raise engines.busy("every connection is taken")
        try:
            with self.engine.connect() as connection:
                yield connection
        finally:
            self._free.release()


def _left(until: float) -> float:
    """The seconds until an instant of the monotonic clock, at least 0."""
    return max(0.0, until - time.monotonic())


@dataclass(frozen=True, slots=True)
class Held:
    """A connection with temporary tables of its own, for work too long for one transaction."""

    database: Database
    connection: Connection

    def scratch(self) -> AbstractContextManager[Connection]:
        """A transaction that fills temporary tables and reads one state of all others; nobody waits for it."""
        return self.database.begin_on(self.connection, scratch=True)

    def transaction(self, *, wait: float) -> AbstractContextManager[Connection]:
        """A writing transaction. Raises Busy when others are in its way for more than `wait` seconds."""
        return self.database.begin_on(self.connection, scratch=False, wait=wait)


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


@contextmanager
def holding(access: Access) -> Iterator[Held]:
    """One connection for work of several transactions of `access`. Raises Busy."""
    with database().hold() as held:
        yield held


def insert_new(connection: Connection, table: type[Base], **values: object) -> bool:
    """Insert a row unless one with its key is there already; whether it was inserted. The same on both databases."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement: sqlite.Insert | postgresql.Insert = insert(table).values(**values)
    inserted = statement.on_conflict_do_nothing().returning(*table.__table__.primary_key)
    return connection.execute(inserted).first() is not None
