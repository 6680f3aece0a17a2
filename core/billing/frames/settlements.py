"""One payment with the due items it settles, one item with the payments that settle it: n to m."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import BindParameter, Row, bindparam, select

from core import audit, db
from core.access import Access, Grant
from core.billing.frames.payments import Receipt
from core.billing.ledger import BALANCE, STATE
from core.billing.receipts import REVERSAL, REVERSED, both_ways, receipt
from core.billing.tables import Allocation, DueItem, Invoice, Payment
from core.book.ledger import CUSTOMER
from core.book.tables import Contract
from core.db import BIG, Rows
from core.kit.errors import NotFound
from core.tabular import frame

_ID: BindParameter[int] = bindparam("wanted", type_=BIG)


@dataclass(frozen=True, slots=True)
class Settled:
    """A due item that a payment settles, by `applied_cents`: below zero where it takes money back."""

    item_id: int
    contract: str
    kind: str
    causale: str
    number: int
    due_on: date
    invoice: str | None
    document_id: int | None
    gross_cents: int
    applied_cents: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """A payment that settles a due item, by `applied_cents`, and its return or what it returns."""

    payment_id: int
    paid_on: date
    method: str
    reference: str
    amount_cents: int
    reason: str | None
    applied_cents: int
    reversal_id: int | None
    reversal_on: date | None
    reversal_reason: str | None
    reversed_id: int | None
    reversed_on: date | None


@dataclass(frozen=True, slots=True)
class PaidItem:
    """A due item as its payments are asked for."""

    item_id: int
    contract: str
    kind: str
    causale: str
    number: int
    due_on: date
    method: str
    gross_cents: int
    paid_cents: int
    balance_cents: int
    state: str
    invoice: str | None
    document_id: int | None


_RECEIPT = both_ways(select(*receipt()).select_from(Payment)).where(Payment.id == _ID, Payment.customer_id == CUSTOMER)
_SETTLED = (
    select(
        DueItem.id.label("item_id"),
        Contract.number.label("contract"),
        DueItem.kind,
        DueItem.causale,
        DueItem.number,
        DueItem.due_on,
        Invoice.number.label("invoice"),
        Invoice.document_id,
        DueItem.gross_cents,
        Allocation.amount_cents.label("applied_cents"),
    )
    .select_from(Allocation)
    .join(DueItem, DueItem.id == Allocation.due_item_id)
    .join(Contract, Contract.id == DueItem.contract_id)
    .outerjoin(Invoice, Invoice.id == DueItem.invoice_id)
    .where(Allocation.payment_id == _ID, DueItem.customer_id == CUSTOMER)
    .order_by(DueItem.due_on, Contract.number, DueItem.number, DueItem.id)
)
_SETTLEMENTS = both_ways(
    select(
        Payment.id.label("payment_id"),
        Payment.paid_on,
        Payment.method,
        Payment.reference,
        Payment.amount_cents,
        Payment.reason,
        Allocation.amount_cents.label("applied_cents"),
        REVERSAL.id.label("reversal_id"),
        REVERSAL.paid_on.label("reversal_on"),
        REVERSAL.reason.label("reversal_reason"),
        REVERSED.id.label("reversed_id"),
        REVERSED.paid_on.label("reversed_on"),
    )
    .select_from(Allocation)
    .join(Payment, Payment.id == Allocation.payment_id)
    .where(Allocation.due_item_id == _ID, Payment.customer_id == CUSTOMER)
    .order_by(Payment.paid_on, Payment.id)
)
_ITEM = (
    select(
        DueItem.id.label("item_id"),
        Contract.number.label("contract"),
        DueItem.kind,
        DueItem.causale,
        DueItem.number,
        DueItem.due_on,
        DueItem.method,
        DueItem.gross_cents,
        DueItem.paid_cents,
        BALANCE,
        STATE,
        Invoice.number.label("invoice"),
        Invoice.document_id,
    )
    .join(Contract, Contract.id == DueItem.contract_id)
    .outerjoin(Invoice, Invoice.id == DueItem.invoice_id)
    .where(DueItem.id == _ID, DueItem.customer_id == CUSTOMER)
)


def payment(access: Access, payment_id: int) -> tuple[Receipt, pd.DataFrame]:
    """A payment, and the due items it settles with the columns of `Settled`, by due date. Amounts in cents.

    Raises NotFound for another's payment, with an audit line, or without the grant to see invoices.
    """
    found, settled = _detail(access, _RECEIPT, _SETTLED, wanted=payment_id)
    if found is None:
        audit.denied(access, "payment", payment_id)
        raise NotFound
    return Receipt(*found), frame(settled, Settled)


def paid_item(access: Access, today: date, item_id: int) -> tuple[PaidItem, pd.DataFrame]:
    """A due item, and the payments that settle it with the columns of `Settlement`, the first one first; in cents.

    Raises NotFound for another's item, with an audit line, or without the grant to see invoices.
    """
    found, settlements = _detail(access, _ITEM, _SETTLEMENTS, wanted=item_id, today=today)
    if found is None:
        audit.denied(access, "due_item", item_id)
        raise NotFound
    return PaidItem(*found), frame(settlements, Settlement)


def _detail(access: Access, head: Rows, lines: Rows, **values: object) -> tuple[Any, list[Row[*tuple[Any, ...]]]]:
    access.require(Grant.SEE_INVOICES)
    values["customer"] = access.customer
    with db.reading(access) as connection:
        return connection.execute(head, values).one_or_none(), list(connection.execute(lines, values))
