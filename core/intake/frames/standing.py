"""What the database holds of the things a book names, by natural key, a thousand names at a time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from core.access import Access
from core.billing.tables import Allocation, DueItem, Invoice, Payment
from core.book.tables import Asset, Contract, Document, IndexRate, PlanRow
from core.db import Rows
from core.identity.tables import Customer
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
    PAYMENTS,
    PLAN_ROWS,
    Key,
    Values,
)
from core.intake.rules.book import Book, Pdf
from core.intake.rules.rows import INVOICED_KINDS
from core.intake.rules.standing import Stored
from core.kit.dates import add_months

NAMES_AT_ONCE = 1_000

Names = list[str]
_Origin, _Taker = aliased(Payment), aliased(Payment)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the names of a statement come from (file, field), and the statement for a list of them."""

    named_by: tuple[tuple[str, str], ...]
    rows: Callable[[Names], Rows]


def stored(access: Access, connection: Connection, book: Book) -> Stored:
    """What the database holds of everything the book names, in the caller's transaction. Only for the system.

    A dozen statements for each thousand names, none for a single row. Amounts in cents, rates in ppm.
    """
    access.require_system()
    found = Stored()
    for file, source in _SOURCES.items():
        _put(found, file, _rows(connection, source.rows, _names(book, source.named_by)))
    owners = {values["customer"] for values in found.rows[CONTRACTS].values()}
    _put(found, CUSTOMERS, _rows(connection, _customers, sorted(owners.union(_names(book, _NAMES_OF_CUSTOMERS)))))
    _put_money(found, connection, _names(book, _NAMES_OF_PAYMENTS))
    for values in found.rows[DOCUMENTS].values():
        values["file"] = Pdf(values["filename"], values["sha256"])
    found.locked_months = frozenset(_locked_months(connection, _names(book, ((INDEX_RATES, "code"),))))
    return found


def _names(book: Book, named_by: Iterable[tuple[str, str]]) -> Names:
    return sorted({row.values[field] for file, field in named_by for row in book.of(file) if row.values.get(field)})


def _rows(connection: Connection, statement: Callable[[Names], Rows], names: Names) -> Iterator[Values]:
    for start in range(0, len(names), NAMES_AT_ONCE):
        result = connection.execute(statement(names[start : start + NAMES_AT_ONCE]))
        yield from (dict(row) for row in result.mappings())


def _put(found: Stored, file: str, rows: Iterable[Values]) -> None:
    key_of = FORMATS[file].key_of
    found.rows[file].update((key, values) for values in rows if (key := key_of(values)) is not None)


def _put_money(found: Stored, connection: Connection, references: Names) -> None:
    """Payments and allocations, with the other half of every reversal: the payment it takes back."""
    near = list(_rows(connection, _payments, references))
    linked = {row[name] for row in near for name in ("reference", "reverses", "reversed_by") if row[name]}
    together = sorted(linked | set(references))
    _put(found, PAYMENTS, _rows(connection, _payments, together))
    _put(found, ALLOCATIONS, _rows(connection, _allocations, together))


def _customers(codes: Names) -> Rows:
    columns = (Customer.id, Customer.code, Customer.name, Customer.tax_code, Customer.vat_no, Customer.pec)
    return select(*columns, Customer.address).where(Customer.code.in_(codes))


def _contracts(numbers: Names) -> Rows:
    own = [column for column in Contract.__table__.columns if column.name != "customer_id"]
    statement = select(*own, Customer.code.label("customer"))
    return statement.join(Customer, Customer.id == Contract.customer_id).where(Contract.number.in_(numbers))


def _assets(codes: Names) -> Rows:
    statement = select(*Asset.__table__.columns, Contract.number.label("contract"))
    return statement.join(Contract, Contract.id == Asset.contract_id).where(Asset.code.in_(codes))


def _plan_rows(contracts: Names) -> Rows:
    statement = select(*PlanRow.__table__.columns, Contract.number.label("contract"))
    return statement.join(Contract, Contract.id == PlanRow.contract_id).where(Contract.number.in_(contracts))


def _invoices(numbers: Names) -> Rows:
    return (
        select(
            Invoice.id,
            Invoice.number,
            Invoice.issued_on,
            Customer.code.label("customer"),
            Contract.number.label("contract"),
        )
        .join(Customer, Customer.id == Invoice.customer_id)
        .outerjoin(Contract, Contract.id == Invoice.contract_id)
        .where(Invoice.number.in_(numbers))
    )


def _due_items(contracts: Names) -> Rows:
    return (
        select(
            *DueItem.__table__.columns,
            Contract.number.label("contract"),
            Invoice.number.label("invoice"),
        )
        .join(Contract, Contract.id == DueItem.contract_id)
        .outerjoin(Invoice, Invoice.id == DueItem.invoice_id)
        .where(Contract.number.in_(contracts))
    )


def _payments(references: Names) -> Rows:
    return (
        select(
            Payment.id,
            Payment.paid_on,
            Payment.method,
            Payment.reference,
            Payment.amount_cents,
            Payment.reason,
            Customer.code.label("customer"),
            _Origin.reference.label("reverses"),
            _Taker.reference.label("reversed_by"),
        )
        .join(Customer, Customer.id == Payment.customer_id)
        .outerjoin(_Origin, _Origin.id == Payment.reverses_id)
        .outerjoin(_Taker, _Taker.reverses_id == Payment.id)
        .where(Payment.reference.in_(references))
    )


def _allocations(references: Names) -> Rows:
    return (
        select(
            Allocation.id,
            Allocation.amount_cents,
            Payment.method,
            Payment.reference,
            Contract.number.label("contract"),
            DueItem.kind,
            DueItem.number,
            DueItem.plan_due_on,
        )
        .join(Payment, Payment.id == Allocation.payment_id)
        .join(DueItem, DueItem.id == Allocation.due_item_id)
        .join(Contract, Contract.id == DueItem.contract_id)
        .where(Payment.reference.in_(references))
    )


def _documents(invoices: Names) -> Rows:
    return (
        select(Document.id, Document.title, Document.filename, Document.sha256, Invoice.number.label("invoice"))
        .join(Invoice, Invoice.document_id == Document.id)
        .where(Invoice.number.in_(invoices))
    )


def _index_rates(codes: Names) -> Rows:
    return select(IndexRate.code, IndexRate.month, IndexRate.ppm, IndexRate.source).where(IndexRate.code.in_(codes))


_NAMES_OF_CUSTOMERS = (
    (CUSTOMERS, "code"),
    (CONTRACTS, "customer"),
    (INVOICES, "customer"),
    (PAYMENTS, "customer"),
)
_NAMES_OF_LEDGERS = (
    (CONTRACTS, "number"),
    (PLAN_ROWS, "contract"),
    (DUE_ITEMS, "contract"),
    (ALLOCATIONS, "contract"),
)
_NAMES_OF_PAYMENTS = ((PAYMENTS, "reference"), (PAYMENTS, "reverses"), (ALLOCATIONS, "reference"))
_SOURCES = {
    CONTRACTS: _Source(
        (
            (CONTRACTS, "number"),
            (ASSETS, "contract"),
            (PLAN_ROWS, "contract"),
            (INVOICES, "contract"),
            (DUE_ITEMS, "contract"),
            (ALLOCATIONS, "contract"),
        ),
        _contracts,
    ),
    ASSETS: _Source(((ASSETS, "code"),), _assets),
    PLAN_ROWS: _Source(_NAMES_OF_LEDGERS, _plan_rows),
    INVOICES: _Source(((INVOICES, "number"), (DUE_ITEMS, "invoice"), (DOCUMENTS, "invoice")), _invoices),
    DUE_ITEMS: _Source(_NAMES_OF_LEDGERS, _due_items),
    DOCUMENTS: _Source(((DOCUMENTS, "invoice"),), _documents),
    INDEX_RATES: _Source(((INDEX_RATES, "code"),), _index_rates),
}


def _locked_months(connection: Connection, codes: Names) -> Iterator[Key]:
    for row in _rows(connection, _indexed, codes):
        month: date = row["accrues_from"].replace(day=1)
        while month <= row["accrues_to"]:
            yield row["code"], month
            month = add_months(month, 1)


def _indexed(codes: Names) -> Rows:
    """The quarters, per index, of the index rows that are due items, which they are by their invoice."""
    return (
        select(Contract.index_code.label("code"), PlanRow.accrues_from, PlanRow.accrues_to)
        .distinct()
        .join(PlanRow, PlanRow.contract_id == Contract.id)
        .join(DueItem, DueItem.plan_row_id == PlanRow.id)
        .where(DueItem.kind.in_(INVOICED_KINDS), Contract.index_code.in_(codes))
    )
