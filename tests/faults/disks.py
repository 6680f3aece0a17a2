"""Full disks without a disk to fill, and databases with no room left."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event, text

from core import db
from core.access import Access

SYSTEM = Access.system("test")


@contextmanager
def no_room() -> Iterator[None]:
    """Inside, no file of this process can grow: the system refuses each write to a file, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def no_room_for(table: str) -> Iterator[None]:
    """Inside, the database has no room: SQLite for anything, PostgreSQL for rows of a table."""
    with no_room() if db.database().sqlite else _full_server(table):
        yield


@contextmanager
def no_more_pages() -> Iterator[None]:
    """Inside, SQLite itself refuses to make its file larger."""

    def limit(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        connection.execute("pragma max_page_count = 1")  # as many as there are

    engine = db.database().engine
    event.listen(engine, "checkout", limit)
    try:
        yield
    finally:
        event.remove(engine, "checkout", limit)
        engine.dispose()


@contextmanager
def _full_server(table: str) -> Iterator[None]:
    """PostgreSQL says what it says when its disk is full."""
    with db.transaction(SYSTEM) as connection:
        connection.execute(
            text(
                "create function full_disk() returns trigger language plpgsql as $$ begin"
                " raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$"
            )
        )
        connection.execute(
            text(f"create trigger full_disk before insert on {table} for each statement execute function full_disk()")
        )
    try:
        yield
    finally:
        with db.transaction(SYSTEM) as connection:
            connection.execute(text("drop function full_disk cascade"))
