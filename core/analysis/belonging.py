"""Rows that belong together and are of two customers, documents that cannot be shown: what the monitor looks for."""

from datetime import date
from typing import Any

from sqlalchemy import FromClause, SQLColumnExpression, and_, join, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from core.billing.tables import Allocation, DueItem, Invoice, Payment
from core.book.tables import Contract, Document
from core.db import Rows
from core.identity.tables import Customer

_PAYS = join(Payment, Allocation, Allocation.payment_id == Payment.id)
# What a row is called, its name, its table and that of the rows it belongs with, and the two together.
_PAIRS: tuple[tuple[str, SQLColumnExpression[str], Any, Any, FromClause], ...] = (
    ("due item of contract", Contract.number, DueItem, Contract, join(DueItem, Contract)),
    ("invoice", Invoice.number, Invoice, DueItem, join(Invoice, DueItem)),
    ("document of invoice", Invoice.number, Document, Invoice, join(Document, Invoice)),
    ("document", Document.title, Document, Contract, join(Document, Contract)),
    ("payment", Payment.reference, Payment, DueItem, _PAYS.join(DueItem, DueItem.id == Allocation.due_item_id)),
)


def of_two_customers(_today: date) -> Rows:
    """What is of one customer and belongs with what is of another: nobody's figures may rest on another's rows."""
    found = union_all(*(_apart(*pair) for pair in _PAIRS)).subquery()
    return select(found).distinct().order_by(found.c.what, found.c.name)


def _apart(what: str, name: SQLColumnExpression[str], one: Any, other: Any, rows: FromClause) -> Rows:  # noqa: ANN401 - mapped classes
    owner, stranger = aliased(Customer), aliased(Customer)
    rows = rows.join(owner, owner.id == one.customer_id).join(stranger, stranger.id == other.customer_id)
    codes = owner.code.label("owner"), stranger.code.label("other")
    pairs: Rows = select(literal(what).label("what"), name.label("name"), *codes)
    return pairs.select_from(rows).where(one.customer_id != other.customer_id)


def incomplete_documents(_today: date) -> Rows:
    """What is no invoice has a file and a day of its own; the paper of an invoice may still have to be drawn."""
    bare = or_(Document.sha256.is_(None), Document.issued_on.is_(None))
    billed = Invoice.id.is_not(None)
    return (
        select(Document.title, Customer.code)
        .join(Customer, Customer.id == Document.customer_id)
        .outerjoin(Invoice, Invoice.document_id == Document.id)
        .where(or_(and_(~billed, bare), and_(billed, Document.kind != "FATTURA")))
        .order_by(Customer.code, Document.id)
    )
