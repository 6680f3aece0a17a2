"""The ledger: due items, the invoices that own their numbers, payments and their allocations. Amounts in cents."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Computed, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BIG, Base, cents

KINDS = ("ANTICIPO", "CANONE", "RISCATTO", "INDICIZZAZIONE", "NOTA_CREDITO", "PREAMMORTAMENTO")
METHODS = ("SDD", "BONIFICO", "MAV", "BOLLETTINO", "PAGOPA")
_OPEN = "paid_cents <> gross_cents"


class Invoice(Base):
    """A number, an issue date and a document; its amounts are those of its due items.

    `snapshot` is what the courtesy PDF is drawn from, as of the intake: `recipient` (name, address, tax_code, vat_no,
    code), `lessor` and `legal` (texts), and `contracts`: for each number on it `vat_bp` and `iban` (None without one).
    """

    __tablename__ = "invoice"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    customer_id: Mapped[int] = mapped_column(BIG, ForeignKey("customer.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("contract.id"), index=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    issued_on: Mapped[date]
    document_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("document.id"), unique=True)
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)


class DueItem(Base):
    """One row of the ledger, named by (contract, kind, number), where the number says nothing by `plan_due_on` too.

    `plan_due_on` is the due date of its plan row (its own first due date where it has none); `due_on` is when the
    customer owes it. `paid_cents` is the kept sum of its allocations.
    """

    __tablename__ = "due_item"
    __table_args__ = (
        UniqueConstraint("contract_id", "kind", "number", "plan_due_on"),
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint(f"method in {METHODS}", name="method"),
        CheckConstraint(
            "kind not in ('INDICIZZAZIONE', 'NOTA_CREDITO') or invoice_id is not null", name="invoiced_by_kind"
        ),
        CheckConstraint(
            "(net_cents + fees_cents + vat_cents >= 0 and paid_cents between 0 and net_cents + fees_cents + vat_cents)"
            " or (net_cents + fees_cents + vat_cents < 0"
            " and paid_cents between net_cents + fees_cents + vat_cents and 0)",
            name="paid_within_gross",
        ),
        CheckConstraint("paid_cents = 0 or invoice_id is not null", name="paid_only_when_invoiced"),
        Index("ix_due_item_customer_due", "customer_id", "due_on"),
        Index("ix_due_item_contract_due", "contract_id", "due_on"),
        Index(
            "ix_due_item_open",
            "customer_id",
            "due_on",
            "gross_cents",
            "paid_cents",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    customer_id: Mapped[int] = mapped_column(BIG, ForeignKey("customer.id"))
    contract_id: Mapped[int] = mapped_column(BIG, ForeignKey("contract.id"))
    plan_row_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("plan_row.id"), index=True)
    invoice_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("invoice.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    number: Mapped[int]
    plan_due_on: Mapped[date]
    due_on: Mapped[date]
    causale: Mapped[str] = mapped_column(String(60))
    method: Mapped[str] = mapped_column(String(10))
    net_cents: Mapped[int] = cents("net_cents")
    fees_cents: Mapped[int] = cents("fees_cents", default=0)
    vat_cents: Mapped[int] = cents("vat_cents")
    paid_cents: Mapped[int] = cents("paid_cents", default=0)
    gross_cents: Mapped[int] = mapped_column(BIG, Computed("net_cents + fees_cents + vat_cents", persisted=True))


class Payment(Base):
    """Money that came, or went back: a returned debit is a negative row that names the payment it reverses.

    `reason` is the bank's code of a return (`AM04`: insufficient funds). Append-only.
    """

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("method", "reference"),
        CheckConstraint(f"method in {METHODS}", name="method"),
        CheckConstraint("(reverses_id is null) = (amount_cents >= 0)", name="negative_reverses"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    customer_id: Mapped[int] = mapped_column(BIG, ForeignKey("customer.id"), index=True)
    paid_on: Mapped[date]
    method: Mapped[str] = mapped_column(String(10))
    amount_cents: Mapped[int] = cents("amount_cents")
    reference: Mapped[str] = mapped_column(String(140))
    reverses_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("payment.id"), unique=True)
    reason: Mapped[str | None] = mapped_column(String(10))


class Allocation(Base):
    """The part of a payment that pays a due item (negative where a reversal takes it back). Append-only."""

    __tablename__ = "allocation"
    __table_args__ = (
        UniqueConstraint("payment_id", "due_item_id"),
        CheckConstraint("amount_cents <> 0", name="amount_not_zero"),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    payment_id: Mapped[int] = mapped_column(BIG, ForeignKey("payment.id"))
    due_item_id: Mapped[int] = mapped_column(BIG, ForeignKey("due_item.id"), index=True)
    amount_cents: Mapped[int] = cents("amount_cents")
