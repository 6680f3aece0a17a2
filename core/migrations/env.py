"""Alembic's entry: the portal's own engine and metadata; batch mode and the write lock from the start for SQLite."""

from alembic import context

from core import db, schema

with db.database().engine.connect() as connection:
    connection.execution_options(**{db.WRITES: True})
    context.configure(
        connection=connection,
        target_metadata=schema.METADATA,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
