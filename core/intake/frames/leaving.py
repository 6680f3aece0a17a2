"""The whole book as its files have it, row by row in the order of the names, the same on both databases."""

from collections.abc import Callable, Generator, Sequence
from typing import Any

from sqlalchemy import Connection, SQLColumnExpression, String, collate, select
from sqlalchemy.orm import aliased

from core import db
from core.access import Access
from core.billing.tables import Allocation, DueItem, Invoice, Payment
from core.book.tables import Asset, Contract, Document, IndexRate, PlanRow
from core.db import Rows
from core.identity.tables import Customer
from core.intake.blocks import BLOCK_ROWS
from core.intake.columns import (
    ALLOCATIONS,
    ASSETS,
    CONTRACTS,
    CUSTOMERS,
    DOCUMENTS,
    DUE_ITEMS,
    FORMATS,
    INDEX_RATES,
    INVOICES,
    PAPER_KINDS,
    PAPERS,
    PAYMENTS,
    PLAN_ROWS,
)
from core.intake.texts import Columns

_CUSTOMER, _CONTRACT, _INVOICE = (
    Customer.code.label("customer"),
    Contract.number.label("contract"),
    Invoice.number.label("invoice"),
)
_Origin = aliased(Payment)
_Column = SQLColumnExpression[Any]


def blocks(access: Access) -> Generator[tuple[str, Columns], None, None]:
    """Every file of the book, a key of FORMATS, with some thousand rows of it by field; one transaction for all.

    Amounts in cents, rates in ppm and basis points, days as dates. A document has its `sha256` too, the key of its
    file. Each file is in the order of its names. Memory does not grow with the book. Only for the system.
    """
    access.require_system()
    with db.reading(access) as connection:
        for name in FORMATS:
            result = connection.execute(_ordered(connection, name), execution_options={"yield_per": BLOCK_ROWS})
            fields = list(result.keys())
            for rows in result.partitions():
                yield name, {field: [row[place] for row in rows] for place, field in enumerate(fields)}


def _ordered(connection: Connection, name: str) -> Rows:
    """The statement of a file, ordered byte by byte: the orders of two locales would not be the same."""
    statement = _STATEMENTS[name]()
    names = [statement.selected_columns[field] for field in FORMATS[name].key]
    if connection.dialect.name == "postgresql":
        return statement.order_by(*(collate(c, "C") if isinstance(c.type, String) else c for c in names))
    return statement.order_by(*names)


def _fields(table: type[Any], name: str) -> Sequence[_Column]:
    """The columns of a table that are columns of the file by the same name."""
    return [table.__table__.c[column.key] for column in FORMATS[name].columns if column.key in table.__table__.c]


def _contracts() -> Rows:
    return select(*_fields(Contract, CONTRACTS), _CUSTOMER).join(Customer, Customer.id == Contract.customer_id)


def _assets() -> Rows:
    return select(*_fields(Asset, ASSETS), _CONTRACT).join(Contract, Contract.id == Asset.contract_id)


def _plan_rows() -> Rows:
    return select(*_fields(PlanRow, PLAN_ROWS), _CONTRACT).join(Contract, Contract.id == PlanRow.contract_id)


def _invoices() -> Rows:
    return (
        select(*_fields(Invoice, INVOICES), _CUSTOMER, _CONTRACT)
        .join(Customer, Customer.id == Invoice.customer_id)
        .outerjoin(Contract, Contract.id == Invoice.contract_id)
    )


def _due_items() -> Rows:
    return (
        select(*_fields(DueItem, DUE_ITEMS), _CONTRACT, _INVOICE)
        .join(Contract, Contract.id == DueItem.contract_id)
        .outerjoin(Invoice, Invoice.id == DueItem.invoice_id)
    )


def _payments() -> Rows:
    return (
        select(*_fields(Payment, PAYMENTS), _CUSTOMER, _Origin.reference.label("reverses"))
        .join(Customer, Customer.id == Payment.customer_id)
        .outerjoin(_Origin, _Origin.id == Payment.reverses_id)
    )


def _allocations() -> Rows:
    payment, item = (Payment.method, Payment.reference), (DueItem.kind, DueItem.number, DueItem.plan_due_on)
    return (
        select(*payment, _CONTRACT, *item, Allocation.amount_cents)
        .join(Payment, Payment.id == Allocation.payment_id)
        .join(DueItem, DueItem.id == Allocation.due_item_id)
        .join(Contract, Contract.id == DueItem.contract_id)
    )


def _documents() -> Rows:
    """The papers of invoices that are in the file store: imported, or drawn when they were opened."""
    return (
        select(_INVOICE, Document.filename.label("file"), Document.title, Document.sha256)
        .join(Invoice, Invoice.document_id == Document.id)
        .where(Document.sha256.is_not(None))
    )


def _papers() -> Rows:
    """The documents that are no invoices."""
    named = (_CUSTOMER, _CONTRACT, Document.filename.label("file"))
    return (
        select(*named, *_fields(Document, PAPERS), Document.sha256)
        .join(Customer, Customer.id == Document.customer_id)
        .outerjoin(Contract, Contract.id == Document.contract_id)
        .where(Document.kind.in_(PAPER_KINDS))
    )


_STATEMENTS: dict[str, Callable[[], Rows]] = {
    CUSTOMERS: lambda: select(*_fields(Customer, CUSTOMERS)),
    CONTRACTS: _contracts,
    ASSETS: _assets,
    PLAN_ROWS: _plan_rows,
    INVOICES: _invoices,
    DUE_ITEMS: _due_items,
    PAYMENTS: _payments,
    ALLOCATIONS: _allocations,
    DOCUMENTS: _documents,
    PAPERS: _papers,
    INDEX_RATES: lambda: select(*_fields(IndexRate, INDEX_RATES)),
}
