"""Alembic's entry: the connection and transaction of `schema.migrate`, or for a developer's command one of its own."""

from alembic import context
from sqlalchemy import Connection

from core import db, schema


def run(connection: Connection) -> None:
    """Run the command at hand; SQLite alters a table by making it anew."""
    context.configure(
        connection=connection,
        target_metadata=schema.METADATA,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes["connection"]
if given is not None:
    run(given)
else:
    with db.database().begin(write=True) as connection:
        run(connection)
