"""The staged rows beside what the database holds of them: which are new, which changed, which the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, SQLColumnExpression, and_, case, null, or_
from sqlalchemy.orm import aliased

from core.billing.tables import Allocation, DueItem, Invoice, Payment
from core.book.tables import Asset, Contract, Document, IndexRate, PlanRow
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
    NUMBERED_KINDS,
    PAYMENTS,
    PLAN_ROWS,
)
from core.intake.staging import NAMED_ON, TABLES

# What a file may say of a due item to check its parts; it is not kept.
CONTROL = "gross_cents"

Stored = Mapping[str, SQLColumnExpression[Any]]


@dataclass(frozen=True, slots=True)
class Standing:
    """The staged rows of a file with the stored row of the same name, where there is one.

    `stored` has its values by field; `is_there` says whether it stands.
    """

    file: str
    rows: FromClause
    is_there: ColumnElement[bool]
    stored: Stored

    @property
    def changed(self) -> ColumnElement[bool]:
        """Whether the file says anything else than what is stored."""
        staged = TABLES[self.file].c
        return and_(self.is_there, or_(*(staged[field].is_distinct_from(was) for field, was in self.stored.items())))


def named(item: type[DueItem | PlanRow], staged: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns of a staged table
    """Whether a stored row of the right contract has the name of a staged one: kind, number, day where it counts."""
    stored_day = DueItem.plan_due_on if item is DueItem else PlanRow.due_on
    numbered = item.kind.in_(sorted(NUMBERED_KINDS))
    return and_(item.kind == staged.kind, item.number == staged.number, or_(numbered, stored_day == staged[NAMED_ON]))


def book_first(staged: Any, name: str, stored: SQLColumnExpression[Any]) -> ColumnElement[Any]:  # noqa: ANN401 - an alias
    """A value once the book is in: that of the book's row, where it has one, else that of the database."""
    return case((staged.c.line.is_not(None), staged.c[name]), else_=stored)


def _own(model: Any, file: str, **others: SQLColumnExpression[Any]) -> Stored:  # noqa: ANN401 - a mapped class
    """The stored values of a file's fields: columns of the same name, and those that come from other tables."""
    names = [column.key for column in FORMATS[file].columns if column.key != CONTROL and column.key not in others]
    return {**{name: getattr(model, name) for name in names if name not in FORMATS[file].key}, **others}


def _customers() -> Standing:
    staged = TABLES[CUSTOMERS]
    rows = staged.outerjoin(Customer, Customer.code == staged.c.code)
    return Standing(CUSTOMERS, rows, Customer.id.is_not(None), _own(Customer, CUSTOMERS))


def _contracts() -> Standing:
    staged = TABLES[CONTRACTS]
    rows = staged.outerjoin(Contract, Contract.number == staged.c.number)
    rows = rows.outerjoin(Customer, Customer.id == Contract.customer_id)
    return Standing(CONTRACTS, rows, Contract.id.is_not(None), _own(Contract, CONTRACTS, customer=Customer.code))


def _assets() -> Standing:
    staged = TABLES[ASSETS]
    rows = staged.outerjoin(Asset, Asset.code == staged.c.code).outerjoin(Contract, Contract.id == Asset.contract_id)
    return Standing(ASSETS, rows, Asset.id.is_not(None), _own(Asset, ASSETS, contract=Contract.number))


def _plan_rows() -> Standing:
    staged = TABLES[PLAN_ROWS]
    rows = staged.outerjoin(Contract, Contract.number == staged.c.contract)
    rows = rows.outerjoin(PlanRow, and_(PlanRow.contract_id == Contract.id, named(PlanRow, staged.c)))
    return Standing(PLAN_ROWS, rows, PlanRow.id.is_not(None), _own(PlanRow, PLAN_ROWS, due_on=PlanRow.due_on))


def _invoices() -> Standing:
    staged = TABLES[INVOICES]
    rows = staged.outerjoin(Invoice, Invoice.number == staged.c.number)
    rows = rows.outerjoin(Customer, Customer.id == Invoice.customer_id)
    rows = rows.outerjoin(Contract, Contract.id == Invoice.contract_id)
    stored = _own(Invoice, INVOICES, customer=Customer.code, contract=Contract.number)
    return Standing(INVOICES, rows, Invoice.id.is_not(None), stored)


def _due_items() -> Standing:
    staged = TABLES[DUE_ITEMS]
    rows = staged.outerjoin(Contract, Contract.number == staged.c.contract)
    rows = rows.outerjoin(DueItem, and_(DueItem.contract_id == Contract.id, named(DueItem, staged.c)))
    rows = rows.outerjoin(Invoice, Invoice.id == DueItem.invoice_id)
    stored = _own(DueItem, DUE_ITEMS, plan_due_on=DueItem.plan_due_on, invoice=Invoice.number)
    return Standing(DUE_ITEMS, rows, DueItem.id.is_not(None), stored)


def _payments() -> Standing:
    staged, origin = TABLES[PAYMENTS], aliased(Payment)
    same = and_(Payment.method == staged.c.method, Payment.reference == staged.c.reference)
    rows = staged.outerjoin(Payment, same).outerjoin(Customer, Customer.id == Payment.customer_id)
    rows = rows.outerjoin(origin, origin.id == Payment.reverses_id)
    stored = _own(Payment, PAYMENTS, customer=Customer.code, reverses=origin.reference)
    return Standing(PAYMENTS, rows, Payment.id.is_not(None), stored)


def _allocations() -> Standing:
    staged = TABLES[ALLOCATIONS]
    payment = and_(Payment.method == staged.c.method, Payment.reference == staged.c.reference)
    rows = staged.outerjoin(Payment, payment).outerjoin(Contract, Contract.number == staged.c.contract)
    rows = rows.outerjoin(DueItem, and_(DueItem.contract_id == Contract.id, named(DueItem, staged.c)))
    same = and_(Allocation.payment_id == Payment.id, Allocation.due_item_id == DueItem.id)
    return Standing(
        ALLOCATIONS,
        rows.outerjoin(Allocation, same),
        Allocation.id.is_not(None),
        _own(Allocation, ALLOCATIONS, plan_due_on=DueItem.plan_due_on),
    )


def _documents() -> Standing:
    """A stored document is only the place of one until its invoice was imported as a file or drawn."""
    staged = TABLES[DOCUMENTS]
    rows = staged.outerjoin(Invoice, Invoice.number == staged.c.invoice)
    rows = rows.outerjoin(Document, Document.id == Invoice.document_id)
    # A file without a title leaves it as it is.
    title = case((staged.c.title.is_(None), null()), else_=Document.title)
    return Standing(DOCUMENTS, rows, Document.sha256.is_not(None), {"sha256": Document.sha256, "title": title})


def _index_rates() -> Standing:
    staged = TABLES[INDEX_RATES]
    same = and_(IndexRate.code == staged.c.code, IndexRate.month == staged.c.month)
    rows = staged.outerjoin(IndexRate, same)
    return Standing(INDEX_RATES, rows, IndexRate.code.is_not(None), _own(IndexRate, INDEX_RATES))


STANDINGS = {
    CUSTOMERS: _customers(),
    CONTRACTS: _contracts(),
    ASSETS: _assets(),
    PLAN_ROWS: _plan_rows(),
    INVOICES: _invoices(),
    DUE_ITEMS: _due_items(),
    PAYMENTS: _payments(),
    ALLOCATIONS: _allocations(),
    DOCUMENTS: _documents(),
    INDEX_RATES: _index_rates(),
}
