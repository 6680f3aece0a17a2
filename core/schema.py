"""Every table of the portal in one metadata, its append-only guards, and the migrations that make it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from core import audit, db, jobs, limits
from core.billing import tables as billing_tables
from core.book import tables as book_tables
from core.identity import tables as identity_tables
from core.intake import tables as intake_tables
from core.kit.errors import Misconfigured
from core.mail import tables as mail_tables

MODULES = (audit, limits, jobs, identity_tables, mail_tables, book_tables, billing_tables, intake_tables)
METADATA = db.Base.metadata


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def newest() -> str:
    """The revision this code is written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # noqa: S101 - a repository without migrations is a bug
    return head


def current() -> str | None:
    """The revision the database is at; None for an empty one."""
    with db.database().engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate() -> None:
    """Bring the database to this code's revision; each step is one transaction."""
    config = _config()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    at = current()
    if at is not None and at not in known:
        raise Misconfigured(reason=f"the database is at revision {at}, newer than this version of the portal")
    if at != newest():
        command.upgrade(config, "head")


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
