"""How each database is opened: what every connection of it is told, and which of its errors are expected ones."""

import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url

from core.kit.errors import Busy, NoSpace

# Options of a connection: its transactions take SQLite's write lock when they begin, or write temporary tables only;
# and how many seconds they may wait.
WRITES, SCRATCH, WAIT = "portal_writes", "portal_scratch", "portal_wait"
_WAIT_SECONDS = 5
_WAL_RETRY_SECONDS = 0.02
# SQLite's codes are numbers, PostgreSQL's are texts. Not SQLITE_BUSY_SNAPSHOT: a reading that writes is a bug.
_WAITED: set[int | str | None] = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY, sqlite3.SQLITE_BUSY_TIMEOUT, sqlite3.SQLITE_LOCKED),
    *("55P03", "57014", "40P01"),  # lock_not_available, query_canceled, deadlock_detected
}
_FULL: set[int | str | None] = {
    *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_TRUNCATE),
    *(sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMSIZE, "53100"),  # disk_full
}
_log = structlog.get_logger()


def busy() -> Busy:
    """The error of somebody who waited too long, noted in the log."""
    _log.warning("the database was busy for too long")
    return Busy()


def _expected(context: ExceptionContext) -> None:
    """Raise Busy or NoSpace in place of a driver's error that says the one or the other."""
    error = context.original_exception
    codes = {getattr(error, "sqlite_errorcode", None), getattr(error, "sqlstate", None)}
    if codes & _WAITED:
        raise busy()
    if codes & _FULL:
        _log.error("the database cannot write: no space left", error=str(error))
        raise NoSpace


def sqlite(url: str) -> Engine:
    """An engine for one file: write-ahead log, full sync, foreign keys, and no word of SQLite's own on transactions."""
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, pool_timeout=_WAIT_SECONDS, connect_args={"timeout": _WAIT_SECONDS, "isolation_level": None}
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
        # recursive_triggers: without it INSERT OR REPLACE deletes append-only rows behind their triggers.
        _switch_to_wal(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        driver(connection).execute(f"PRAGMA busy_timeout={_milliseconds(options)}")
        read_only = not (options.get(WRITES) or options.get(SCRATCH))
        driver(connection).execute(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN")

    @event.listens_for(engine, "checkin")
    def _given_back(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
        if connection is not None:
            connection.execute("PRAGMA query_only=OFF")

    event.listen(engine, "handle_error", _expected)
    return engine


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """SQLite does not wait for another process that is switching the same new file."""
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in _WAITED or time.monotonic() > until:
                raise
            time.sleep(_WAL_RETRY_SECONDS)
        else:
            return


def postgresql(url: str) -> Engine:
    """An engine for a server: a pool whose connections are tried before they are used."""
    full = make_url(url)
    if full.drivername == "postgresql":
        full = full.set(drivername="postgresql+psycopg")
    engine = create_engine(
        full,
        pool_pre_ping=True,
        pool_size=20,
        pool_timeout=_WAIT_SECONDS,
        connect_args={"connect_timeout": _WAIT_SECONDS},
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver(connection).execute(f"SET LOCAL lock_timeout = {_milliseconds(connection.get_execution_options())}")

    event.listen(engine, "handle_error", _expected)
    return engine


def _milliseconds(options: Mapping[str, Any]) -> int:
    """How long a transaction may still wait, at least 1 ms: PostgreSQL takes 0 for ever."""
    wait: float = options.get(WAIT, _WAIT_SECONDS)
    return max(1, round(wait * 1000))


def driver(connection: Connection) -> Any:  # noqa: ANN401 - the driver's own connection
    """The connection below SQLAlchemy's."""
    return connection.connection.dbapi_connection
