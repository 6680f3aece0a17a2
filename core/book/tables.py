"""Contracts, assets, plan rows, index rates and documents. Amounts in cents, rates in ppm, days are dates."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BIG, Base, Instant, cents

INDEX_METHODS = ("QUARTERLY", "SIMPLE")
DOCUMENT_KINDS = ("FATTURA", "CONTRATTO", "PIANO", "CERTIFICAZIONE", "COMUNICAZIONE")
PLAN_KINDS = ("ANTICIPO", "CANONE", "INDICIZZAZIONE", "RISCATTO", "PREAMMORTAMENTO")
# Kinds of plan rows that repay no principal: they come beside what the terms of the contract give.
INTEREST_ONLY = ("INDICIZZAZIONE", "PREAMMORTAMENTO")


class Contract(Base):
    """A lease. `rate_ppm` is the yearly nominal rate for display; the plan's rows are the truth."""

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint("ends_on > starts_on", name="ends_after_start"),
        CheckConstraint("price_cents > 0", name="price_positive"),
        CheckConstraint("deposit_cents >= 0", name="deposit_not_negative"),
        CheckConstraint("residual_cents >= 0", name="residual_not_negative"),
        CheckConstraint(f"index_method in {INDEX_METHODS}", name="index_method"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    customer_id: Mapped[int] = mapped_column(BIG, ForeignKey("customer.id"), index=True)
    number: Mapped[str] = mapped_column(String(12), unique=True)
    product: Mapped[str] = mapped_column(String(60))
    signed_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    subsidy: Mapped[str | None] = mapped_column(String(80))
    iban: Mapped[str | None] = mapped_column(String(34))
    months: Mapped[int]
    instalments: Mapped[int]
    period_months: Mapped[int] = mapped_column(default=1)
    in_advance: Mapped[bool]
    price_cents: Mapped[int] = cents("price_cents")
    deposit_cents: Mapped[int] = cents("deposit_cents")
    rent_cents: Mapped[int] = cents("rent_cents")
    residual_cents: Mapped[int] = cents("residual_cents")
    rate_ppm: Mapped[int]
    vat_bp: Mapped[int] = mapped_column(default=2200)
    index_code: Mapped[str | None] = mapped_column(String(20))
    index_base_ppm: Mapped[int | None]
    index_method: Mapped[str] = mapped_column(String(10), default="QUARTERLY", server_default="QUARTERLY")
    mora_spread_bp: Mapped[int] = mapped_column(default=800)
    terminated_on: Mapped[date | None]


class Asset(Base):
    """A leased good."""

    __tablename__ = "asset"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    contract_id: Mapped[int] = mapped_column(BIG, ForeignKey("contract.id"), index=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(Text)
    price_cents: Mapped[int] = cents("price_cents")
    residual_cents: Mapped[int] = cents("residual_cents")


class PlanRow(Base):
    """A row of the amortization plan, named by (kind, number, due date) within its contract."""

    __tablename__ = "plan_row"
    __table_args__ = (
        UniqueConstraint("contract_id", "kind", "due_on", "number"),
        Index("ix_plan_row_contract_due", "contract_id", "due_on"),
        CheckConstraint(f"kind in {PLAN_KINDS}", name="kind"),
        CheckConstraint("amount_cents = principal_cents + interest_cents", name="amount_adds_up"),
        CheckConstraint("accrues_to >= accrues_from", name="accrual_in_order"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    contract_id: Mapped[int] = mapped_column(BIG, ForeignKey("contract.id"))
    kind: Mapped[str] = mapped_column(String(16))
    number: Mapped[int]
    due_on: Mapped[date]
    accrues_from: Mapped[date]
    accrues_to: Mapped[date]
    amount_cents: Mapped[int] = cents("amount_cents")
    principal_cents: Mapped[int] = cents("principal_cents")
    interest_cents: Mapped[int] = cents("interest_cents")
    outstanding_cents: Mapped[int] = cents("outstanding_cents")


class IndexRate(Base):
    """The monthly average of an index, rounded once to three decimals of a percent (multiples of 10 ppm)."""

    __tablename__ = "index_rate"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    ppm: Mapped[int]
    source: Mapped[str] = mapped_column(String(160))
    imported_at: Mapped[datetime] = mapped_column(Instant)


class Document(Base):
    """A file of a customer. Its bytes lie in the file store; an invoice not drawn yet has no store key.

    `issued_on` is the date of what is no invoice: an invoice has its own.
    """

    __tablename__ = "document"
    __table_args__ = (CheckConstraint(f"kind in {DOCUMENT_KINDS}", name="kind"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    customer_id: Mapped[int] = mapped_column(BIG, ForeignKey("customer.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("contract.id"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    filename: Mapped[str] = mapped_column(String(160))
    mime: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16), default="FATTURA", server_default="FATTURA")
    issued_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
