"""How each database is opened: what every connection of it is told, and which of its errors are expected ones."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url

from core import log
from core.kit.errors import Busy, NoSpace

# Options of a connection: its transactions take SQLite's write lock when they begin, or write temporary tables only;
# and how many seconds they may wait.
WRITES, SCRATCH, WAIT = "portal_writes", "portal_scratch", "portal_wait"
# How long a transaction waits for others, all in all, before it gives up with Busy.
WAIT_SECONDS = 5
# How many connections a process has at most; some of them are kept for the next transaction.
CONNECTIONS = 30
_KEPT_SQLITE, _KEPT_POSTGRESQL = 5, 20
_WAL_RETRY_SECONDS = 0.02
# SQLite's codes are numbers, PostgreSQL's are texts. Not SQLITE_BUSY_SNAPSHOT, a reading that writes, nor
# SQLITE_LOCKED, a connection in its own way: these are bugs.
_WAITED: set[int | str | None] = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY, sqlite3.SQLITE_BUSY_TIMEOUT),
    *("55P03", "57014", "40P01"),  # lock_not_available, query_canceled, deadlock_detected
}
_FULL: set[int | str | None] = {sqlite3.SQLITE_FULL, "53100"}  # disk_full
# What SQLite says of a full disk, but of a broken one and of wrong permissions too.
_UNWRITTEN: set[int | str | None] = {
    *(sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_TRUNCATE),
    *(sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_CANTOPEN),
}
_PROBE_BYTES = 32 * 1024  # the largest piece that SQLite takes at once, of shared memory
_log = structlog.get_logger()


def busy(error: object) -> Busy:
    """The error of somebody who waited too long, noted in the log with what was waited for, or the driver's words."""
    _log.warning("the database was busy for too long", error=str(error))
    return Busy()


def _expected(context: ExceptionContext) -> None:
    refuse(context.original_exception, context.engine.url if context.engine else None)


def refuse(error: BaseException, url: URL | None = None) -> None:
    """Raise Busy or NoSpace in place of a driver's error that says the one or the other."""
    codes = {getattr(error, "sqlite_errorcode", None), getattr(error, "sqlstate", None)}
    if codes & _WAITED:
        raise busy(error)
    if codes & _FULL or (codes & _UNWRITTEN and url and _full(_folder(url))):
        _log.error("the database cannot write: no space left", error=str(error))
        raise NoSpace


def _folder(url: URL) -> Path:
    """Where SQLite keeps a file, its log and its shared memory."""
    return Path(url.database or "").parent


def _full(folder: Path) -> bool:
    """Whether there is no space left in a folder, judged by writing there."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return log.full(error)
    return False


def sqlite(url: str) -> Engine:
    """An engine for one file: write-ahead log, full sync, foreign keys, and no word of SQLite's own on transactions."""
    engine = create_engine(
        url,
        pool_size=_KEPT_SQLITE,
        max_overflow=CONNECTIONS - _KEPT_SQLITE,
        connect_args={"timeout": WAIT_SECONDS, "isolation_level": None},
    )

    @event.listens_for(engine, "do_connect")
    def _make_folder(*_: object) -> None:
        _folder(engine.url).mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
        # recursive_triggers: without it INSERT OR REPLACE deletes append-only rows behind their triggers.
        _switch_to_wal(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
            connection.execute(f"PRAGMA {pragma}")
        # SQLite's own knows the letters of ASCII only, PostgreSQL's all of them.
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        read_only = not (options.get(WRITES) or options.get(SCRATCH))
        _tell(connection, busy_timeout=_milliseconds(options), query_only="ON" if read_only else "OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN")

    event.listen(engine, "handle_error", _expected)
    return engine


def _lower(value: object) -> str | None:
    return None if value is None else str(value).lower()


def _tell(connection: Connection, **pragmas: object) -> None:
    """Set what is not set so already: a page reads in several transactions, all of one kind.

    `info` is of the driver's connection, and is emptied when the pool opens another in its place.
    """
    told = connection.info.setdefault("pragmas", {})
    for name, value in pragmas.items():
        if told.get(name) != value:
            driver(connection).execute(f"PRAGMA {name}={value}")
            told[name] = value


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """SQLite does not wait for another process that is switching the same new file."""
    until = time.monotonic() + WAIT_SECONDS
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
        pool_size=_KEPT_POSTGRESQL,
        max_overflow=CONNECTIONS - _KEPT_POSTGRESQL,
        connect_args={"connect_timeout": WAIT_SECONDS},
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver(connection).execute(f"SET LOCAL lock_timeout = {_milliseconds(connection.get_execution_options())}")

    event.listen(engine, "handle_error", _expected)
    return engine


def _milliseconds(options: Mapping[str, Any]) -> int:
    """How long a transaction may still wait, at least 1 ms: PostgreSQL takes 0 for ever."""
    wait: float = options.get(WAIT, WAIT_SECONDS)
    return max(1, round(wait * 1000))


def driver(connection: Connection) -> Any:  # noqa: ANN401 - the driver's own connection
    """The connection below SQLAlchemy's."""
    return connection.connection.dbapi_connection
