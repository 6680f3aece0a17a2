"""The invoices of a period, for who packs them into one file."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import Integer, bindparam, func, select

from core import db
from core.access import Access
from core.billing.shelf import GROSS, ISSUED_ON, KIND, TAXABLE, VAT, DocumentFilters, bound, filtered
from core.billing.tables import DueItem, Invoice
from core.book.frames import require_contract
from core.book.tables import Contract, Document
from core.db import Rows

_SHAPES = 256


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice or credit note, its document, the contracts it is about; amounts in cents, of all its items."""

    document_id: int
    kind: str
    number: str
    contract: str
    issued_on: date
    taxable_cents: int
    vat_cents: int
    gross_cents: int


@lru_cache(_SHAPES)
def _count(shape: DocumentFilters) -> Rows:
    return filtered(shape, [func.count()]).where(Invoice.id.is_not(None))


@lru_cache(_SHAPES)
def _bills(shape: DocumentFilters) -> Rows:
    columns = [Invoice.id, Document.id, KIND, Invoice.number, ISSUED_ON, TAXABLE, VAT, GROSS]
    rows = filtered(shape, columns).where(Invoice.id.is_not(None))
    return rows.order_by(ISSUED_ON, Document.id).limit(bindparam("most", type_=Integer()))


@lru_cache(_SHAPES)
def _contracts(shape: DocumentFilters) -> Rows:
    """Every contract of every invoice."""
    of_them = DueItem.invoice_id.in_(filtered(shape, [Invoice.id]).where(Invoice.id.is_not(None)))
    rows = select(DueItem.invoice_id, Contract.number).join(Contract, Contract.id == DueItem.contract_id)
    return rows.where(of_them).distinct().order_by(DueItem.invoice_id, Contract.number)


def bills_count(access: Access, today: date, filters: DocumentFilters) -> int:
    """How many invoices and credit notes the filters let through.

    Raises NotFound for another's contract or without the grant to see invoices, WrongPeriod.
    """
    with db.reading(access) as connection:
        count: int = connection.execute(_count(filters.shape), bound(access, today, filters)).scalar_one()
    if count == 0 and filters.contract:
        require_contract(access, filters.contract)
    return count


def bills(access: Access, today: date, filters: DocumentFilters, most: int) -> list[Bill]:
    """The invoices and credit notes that the filters let through, at most `most` of them, the oldest first.

    Source: document, invoice, due_item. Raises NotFound without the grant to see invoices, WrongPeriod.
    """
    values, contracts = bound(access, today, filters), defaultdict[int, list[str]](list)
    with db.reading(access) as connection:
        for invoice_id, number in connection.execute(_contracts(filters.shape), values):
            contracts[invoice_id].append(number)
        found = connection.execute(_bills(filters.shape), values | {"most": most}).all()
    return [
        Bill(document_id, kind, number, ", ".join(contracts[invoice_id]), *others)
        for invoice_id, document_id, kind, number, *others in found
    ]
