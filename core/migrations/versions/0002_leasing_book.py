"""The leasing book: kinds of documents, how an index is adjusted, and the tokens of calendar feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply the step."""
    # Written out: of a new column's constraint SQLite only takes what stands in the same statement.
    op.execute(
        "alter table document add column kind varchar(16) default 'FATTURA' not null constraint ck_document_kind"
        " check (kind in ('FATTURA', 'CONTRATTO', 'PIANO', 'CERTIFICAZIONE', 'COMUNICAZIONE'))"
    )
    op.add_column("document", sa.Column("issued_on", sa.Date(), nullable=True))
    op.execute(
        "alter table contract add column index_method varchar(10) default 'QUARTERLY' not null"
        " constraint ck_contract_index_method check (index_method in ('QUARTERLY', 'SIMPLE'))"
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_calendar_feed_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index(
        op.f("ix_calendar_feed_live"),
        "calendar_feed",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at is null"),
        postgresql_where=sa.text("revoked_at is null"),
    )
