"""First slice."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def whole_cents(*names: str) -> list[sa.CheckConstraint]:
    """SQLite's types do not bind: have it check that an amount is an integer."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    return [sa.CheckConstraint(f"typeof({name}) = 'integer'", name=f"{name}_whole") for name in names]


def append_only(table: str) -> None:
    """Have the database refuse to change or delete rows of a table."""
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete"):
            op.execute(
                f"create trigger {table}_no_{deed} before {deed} on {table}"
                f" begin select raise(abort, '{table} is append-only'); end"
            )
        return
    op.execute(
        f"create function {table}_append_only() returns trigger language plpgsql as"
        f" $$ begin raise exception '{table} is append-only'; end $$"
    )
    op.execute(
        f"create trigger {table}_append_only before update or delete or truncate on {table}"
        f" for each statement execute function {table}_append_only()"
    )


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "customer",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("tax_code", sa.String(length=16), nullable=True),
        sa.Column("vat_no", sa.String(length=11), nullable=True),
        sa.Column("pec", sa.String(length=254), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("code", name=op.f("uq_customer_code")),
    )
    op.create_table(
        "import_batch",
        sa.Column("id", BIG, nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.CheckConstraint("source in ('import', 'demo')", name=op.f("ck_import_batch_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_table(
        "index_rate",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("ppm", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=160), nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("code", "month", name=op.f("pk_index_rate")),
    )
    op.create_table(
        "job_lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("held_until", INSTANT, nullable=False),
        sa.Column("ran_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_lease")),
    )
    op.create_table(
        "limit_bucket",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("blocks", sa.Integer(), nullable=False),
        sa.Column("blocked_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_limit_bucket")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", BIG, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("send_after", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("failed_at", INSTANT, nullable=True),
        sa.Column("dedup_key", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_outbox_dedup_key")),
    )
    op.create_index(
        op.f("ix_outbox_waiting"),
        "outbox",
        ["send_after"],
        unique=False,
        sqlite_where=sa.text("sent_at is null and failed_at is null"),
        postgresql_where=sa.text("sent_at is null and failed_at is null"),
    )

    op.create_table(
        "account",
        sa.Column("id", BIG, nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("customer_id", BIG, nullable=True),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=True),
        sa.Column("last_name", sa.String(length=80), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email2", sa.String(length=254), nullable=True),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("password_scheme", sa.String(length=40), nullable=False),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(customer_id is null) = (role in ('desk', 'analyst', 'admin'))",
            name=op.f("ck_account_staff_have_no_customer"),
        ),
        sa.CheckConstraint(
            "role in ('customer', 'sub_user', 'desk', 'analyst', 'admin')", name=op.f("ck_account_role")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_account_customer_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["account.id"], name=op.f("fk_account_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_index(op.f("ix_account_customer_id"), "account", ["customer_id"], unique=False)
    op.create_index(op.f("ix_account_parent_id"), "account", ["parent_id"], unique=False)

    op.create_table(
        "contract",
        sa.Column("id", BIG, nullable=False),
        sa.Column("customer_id", BIG, nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("product", sa.String(length=60), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("subsidy", sa.String(length=80), nullable=True),
        sa.Column("iban", sa.String(length=34), nullable=True),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("instalments", sa.Integer(), nullable=False),
        sa.Column("period_months", sa.Integer(), nullable=False),
        sa.Column("in_advance", sa.Boolean(), nullable=False),
        sa.Column("price_cents", BIG, nullable=False),
        sa.Column("deposit_cents", BIG, nullable=False),
        sa.Column("rent_cents", BIG, nullable=False),
        sa.Column("residual_cents", BIG, nullable=False),
        sa.Column("rate_ppm", sa.Integer(), nullable=False),
        sa.Column("vat_bp", sa.Integer(), nullable=False),
        sa.Column("index_code", sa.String(length=20), nullable=True),
        sa.Column("index_base_ppm", sa.Integer(), nullable=True),
        sa.Column("mora_spread_bp", sa.Integer(), nullable=False),
        sa.Column("terminated_on", sa.Date(), nullable=True),
        sa.CheckConstraint("deposit_cents >= 0", name=op.f("ck_contract_deposit_not_negative")),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_contract_ends_after_start")),
        sa.CheckConstraint("price_cents > 0", name=op.f("ck_contract_price_positive")),
        sa.CheckConstraint("residual_cents >= 0", name=op.f("ck_contract_residual_not_negative")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_contract_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("number", name=op.f("uq_contract_number")),
        *whole_cents("price_cents", "deposit_cents", "rent_cents", "residual_cents"),
    )
    op.create_index(op.f("ix_contract_customer_id"), "contract", ["customer_id"], unique=False)

    op.create_table(
        "payment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("customer_id", BIG, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("amount_cents", BIG, nullable=False),
        sa.Column("reference", sa.String(length=140), nullable=False),
        sa.Column("reverses_id", BIG, nullable=True),
        sa.Column("reason", sa.String(length=10), nullable=True),
        sa.CheckConstraint(
            "method in ('SDD', 'BONIFICO', 'MAV', 'BOLLETTINO', 'PAGOPA')", name=op.f("ck_payment_method")
        ),
        sa.CheckConstraint("(reverses_id is null) = (amount_cents >= 0)", name=op.f("ck_payment_negative_reverses")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_payment_customer_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["payment.id"], name=op.f("fk_payment_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("method", "reference", name=op.f("uq_payment_method_reference")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_payment_reverses_id")),
        *whole_cents("amount_cents"),
    )
    op.create_index(op.f("ix_payment_customer_id"), "payment", ["customer_id"], unique=False)

    op.create_table(
        "asset",
        sa.Column("id", BIG, nullable=False),
        sa.Column("contract_id", BIG, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("price_cents", BIG, nullable=False),
        sa.Column("residual_cents", BIG, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_asset_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint("code", name=op.f("uq_asset_code")),
        *whole_cents("price_cents", "residual_cents"),
    )
    op.create_index(op.f("ix_asset_contract_id"), "asset", ["contract_id"], unique=False)

    op.create_table(
        "audit",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=True),
        sa.Column("entity_id", sa.String(length=60), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_audit_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_account_id"), "audit", ["account_id"], unique=False)
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)

    op.create_table(
        "challenge",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_challenge_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
    )
    op.create_index(op.f("ix_challenge_account_created"), "challenge", ["account_id", "created_at"], unique=False)
    op.create_index(op.f("ix_challenge_browser_hash"), "challenge", ["browser_hash"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", BIG, nullable=False),
        sa.Column("customer_id", BIG, nullable=False),
        sa.Column("contract_id", BIG, nullable=True),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("filename", sa.String(length=160), nullable=False),
        sa.Column("mime", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_document_contract_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_document_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_contract_id"), "document", ["contract_id"], unique=False)
    op.create_index(op.f("ix_document_customer_id"), "document", ["customer_id"], unique=False)

    op.create_table(
        "known_device",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_known_device_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_known_device_token_hash")),
    )
    op.create_index(op.f("ix_known_device_account_id"), "known_device", ["account_id"], unique=False)

    op.create_table(
        "plan_row",
        sa.Column("id", BIG, nullable=False),
        sa.Column("contract_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("accrues_from", sa.Date(), nullable=False),
        sa.Column("accrues_to", sa.Date(), nullable=False),
        sa.Column("amount_cents", BIG, nullable=False),
        sa.Column("principal_cents", BIG, nullable=False),
        sa.Column("interest_cents", BIG, nullable=False),
        sa.Column("outstanding_cents", BIG, nullable=False),
        sa.CheckConstraint(
            "kind in ('ANTICIPO', 'CANONE', 'INDICIZZAZIONE', 'RISCATTO', 'PREAMMORTAMENTO')",
            name=op.f("ck_plan_row_kind"),
        ),
        sa.CheckConstraint("accrues_to >= accrues_from", name=op.f("ck_plan_row_accrual_in_order")),
        sa.CheckConstraint("amount_cents = principal_cents + interest_cents", name=op.f("ck_plan_row_amount_adds_up")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_plan_row_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_row")),
        sa.UniqueConstraint(
            "contract_id", "kind", "due_on", "number", name=op.f("uq_plan_row_contract_id_kind_due_on_number")
        ),
        *whole_cents("amount_cents", "principal_cents", "interest_cents", "outstanding_cents"),
    )
    op.create_index(op.f("ix_plan_row_contract_due"), "plan_row", ["contract_id", "due_on"], unique=False)

    op.create_table(
        "web_session",
        sa.Column("id", BIG, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_web_session_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_web_session_token_hash")),
    )
    op.create_index(op.f("ix_web_session_account_id"), "web_session", ["account_id"], unique=False)

    op.create_table(
        "invoice",
        sa.Column("id", BIG, nullable=False),
        sa.Column("customer_id", BIG, nullable=False),
        sa.Column("contract_id", BIG, nullable=True),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("document_id", BIG, nullable=True),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_invoice_contract_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_invoice_customer_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_invoice_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("document_id", name=op.f("uq_invoice_document_id")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
    )
    op.create_index(op.f("ix_invoice_contract_id"), "invoice", ["contract_id"], unique=False)
    op.create_index(op.f("ix_invoice_customer_id"), "invoice", ["customer_id"], unique=False)

    op.create_table(
        "due_item",
        sa.Column("id", BIG, nullable=False),
        sa.Column("customer_id", BIG, nullable=False),
        sa.Column("contract_id", BIG, nullable=False),
        sa.Column("plan_row_id", BIG, nullable=True),
        sa.Column("invoice_id", BIG, nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("plan_due_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("causale", sa.String(length=60), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("net_cents", BIG, nullable=False),
        sa.Column("fees_cents", BIG, nullable=False),
        sa.Column("vat_cents", BIG, nullable=False),
        sa.Column("paid_cents", BIG, nullable=False),
        sa.Column(
            "gross_cents", BIG, sa.Computed("net_cents + fees_cents + vat_cents", persisted=True), nullable=False
        ),
        sa.CheckConstraint(
            "kind in ('ANTICIPO', 'CANONE', 'RISCATTO', 'INDICIZZAZIONE', 'NOTA_CREDITO', 'PREAMMORTAMENTO')",
            name=op.f("ck_due_item_kind"),
        ),
        sa.CheckConstraint(
            "kind not in ('INDICIZZAZIONE', 'NOTA_CREDITO') or invoice_id is not null",
            name=op.f("ck_due_item_invoiced_by_kind"),
        ),
        sa.CheckConstraint(
            "method in ('SDD', 'BONIFICO', 'MAV', 'BOLLETTINO', 'PAGOPA')", name=op.f("ck_due_item_method")
        ),
        sa.CheckConstraint(
            "(net_cents + fees_cents + vat_cents >= 0 and paid_cents between 0 and net_cents + fees_cents + vat_cents) or (net_cents + fees_cents + vat_cents < 0 and paid_cents between net_cents + fees_cents + vat_cents and 0)",
            name=op.f("ck_due_item_paid_within_gross"),
        ),
        sa.CheckConstraint(
            "paid_cents = 0 or invoice_id is not null", name=op.f("ck_due_item_paid_only_when_invoiced")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_due_item_contract_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_due_item_customer_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_due_item_invoice_id")),
        sa.ForeignKeyConstraint(["plan_row_id"], ["plan_row.id"], name=op.f("fk_due_item_plan_row_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_item")),
        sa.UniqueConstraint(
            "contract_id", "kind", "number", "plan_due_on", name=op.f("uq_due_item_contract_id_kind_number_plan_due_on")
        ),
        *whole_cents("net_cents", "fees_cents", "vat_cents", "paid_cents"),
    )
    op.create_index(op.f("ix_due_item_contract_due"), "due_item", ["contract_id", "due_on"], unique=False)
    op.create_index(op.f("ix_due_item_customer_due"), "due_item", ["customer_id", "due_on"], unique=False)
    op.create_index(op.f("ix_due_item_invoice_id"), "due_item", ["invoice_id"], unique=False)
    op.create_index(
        op.f("ix_due_item_open"),
        "due_item",
        ["customer_id", "due_on", "gross_cents", "paid_cents"],
        unique=False,
        sqlite_where=sa.text("paid_cents <> gross_cents"),
        postgresql_where=sa.text("paid_cents <> gross_cents"),
    )
    op.create_index(op.f("ix_due_item_plan_row_id"), "due_item", ["plan_row_id"], unique=False)

    op.create_table(
        "allocation",
        sa.Column("id", BIG, nullable=False),
        sa.Column("payment_id", BIG, nullable=False),
        sa.Column("due_item_id", BIG, nullable=False),
        sa.Column("amount_cents", BIG, nullable=False),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_allocation_amount_not_zero")),
        sa.ForeignKeyConstraint(["due_item_id"], ["due_item.id"], name=op.f("fk_allocation_due_item_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_allocation_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        sa.UniqueConstraint("payment_id", "due_item_id", name=op.f("uq_allocation_payment_id_due_item_id")),
        *whole_cents("amount_cents"),
    )
    op.create_index(op.f("ix_allocation_due_item_id"), "allocation", ["due_item_id"], unique=False)
    for table in ("audit", "payment", "allocation"):
        append_only(table)
