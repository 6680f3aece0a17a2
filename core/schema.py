"""Every table of the portal in one metadata, its append-only guards, and the migrations that make it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text

from core import audit, db, jobs, limits
from core.billing import tables as billing_tables
from core.book import tables as book_tables
from core.identity import tables as identity_tables
from core.intake import tables as intake_tables
from core.kit.errors import Misconfigured
from core.mail import tables as mail_tables

MODULES = (audit, limits, jobs, identity_tables, mail_tables, book_tables, billing_tables, intake_tables)
METADATA = db.Base.metadata


# How long a start waits for another that is migrating the same database.
MIGRATION_WAIT_SECONDS = 600
# How long it waits then for whoever uses a table that it changes: behind a change that waits, all others wait too.
TABLE_WAIT_SECONDS = 5
_LOCK = 4_061_977_001


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision this code is written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # noqa: S101 - a repository without migrations is a bug
    return head


def current() -> str | None:
    """The revision the database is at; None for an empty one. Raises Busy."""
    with db.database().begin(write=False) as connection:
        return _revision(connection)


def newer(revision: str | None) -> bool:
    """Whether a revision is not one of this code's, so of a later version of the portal."""
    return revision not in {
        None,
        *(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()),
    }


def migrate() -> None:
    """Bring the database to this code's revision: all the steps or none, one start of the portal at a time.

    Raises Misconfigured for a newer database, Busy when another start takes longer than MIGRATION_WAIT_SECONDS or,
    on PostgreSQL, somebody uses a table that it changes for longer than TABLE_WAIT_SECONDS.
    """
    if current() == newest():
        return
    with db.database().begin(write=True, wait=MIGRATION_WAIT_SECONDS) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            connection.exec_driver_sql(f"set local lock_timeout = '{TABLE_WAIT_SECONDS}s'")
        at = _revision(connection)
        if newer(at):
            raise Misconfigured(reason=f"the database is at revision {at}, newer than this version of the portal")
        if at != newest():
            command.upgrade(_config(connection), "head")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def drop() -> None:
    """Take away the portal's own tables with all that is in them. Only the demo's reset may ask for this."""
    with db.database().begin(write=True) as connection:
        METADATA.drop_all(connection)
        connection.execute(text("drop table if exists alembic_version"))
        if connection.dialect.name == "postgresql":
            for table in METADATA.tables:
                connection.execute(text(f'drop function if exists "{table}_append_only"'))


def require_current() -> None:
    """Raise Misconfigured unless the database is at this code's revision."""
    at = current()
    if at != newest():
        raise Misconfigured(reason=f"the database is at revision {at}, the portal needs {newest()}: run migrate")
