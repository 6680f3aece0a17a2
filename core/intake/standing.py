"""The staged rows beside what the database holds of them: which are new, which changed, which the same."""

from collections.abc import Callable, Mapping
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
    PAPER_KINDS,
    PAPERS,
    PAYMENTS,
    PLAN_ROWS,
)
from core.intake.staging import NAMED_ON, TABLES

# What a file may say of a due item to check its parts; it is not kept.
CONTROL = "gross_cents"

Stored = Mapping[str, SQLColumnExpression[Any]]
Joined = Callable[[bool], FromClause]


@dataclass(frozen=True, slots=True)
class Standing:
    """The staged rows of a file with the stored row of the same name, where there is one, or only those that have one.

    `stored` has its values by field; `is_there` says whether it stands. Where only standing rows are asked for, `found`
    spares SQLite an outer join that it would turn round, and then try every stored row for each staged one.
    """

    file: str
    rows: FromClause
    found: FromClause
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


def _standing(file: str, joined: Joined, is_there: ColumnElement[bool], stored: Stored) -> Standing:
    return Standing(file, joined(True), joined(False), is_there, stored)


def _customers() -> Standing:
    staged = TABLES[CUSTOMERS]

    def joined(outer: bool) -> FromClause:
        return staged.join(Customer, Customer.code == staged.c.code, isouter=outer)

    return _standing(CUSTOMERS, joined, Customer.id.is_not(None), _own(Customer, CUSTOMERS))


def _contracts() -> Standing:
    staged = TABLES[CONTRACTS]

    def joined(outer: bool) -> FromClause:
        rows = staged.join(Contract, Contract.number == staged.c.number, isouter=outer)
        return rows.join(Customer, Customer.id == Contract.customer_id, isouter=outer)

    stored = _own(Contract, CONTRACTS, customer=Customer.code)
    return _standing(CONTRACTS, joined, Contract.id.is_not(None), stored)


def _assets() -> Standing:
    staged = TABLES[ASSETS]

    def joined(outer: bool) -> FromClause:
        rows = staged.join(Asset, Asset.code == staged.c.code, isouter=outer)
        return rows.join(Contract, Contract.id == Asset.contract_id, isouter=outer)

    return _standing(ASSETS, joined, Asset.id.is_not(None), _own(Asset, ASSETS, contract=Contract.number))


def _plan_rows() -> Standing:
    staged = TABLES[PLAN_ROWS]

    def joined(outer: bool) -> FromClause:
        rows = staged.join(Contract, Contract.number == staged.c.contract, isouter=outer)
        same = and_(PlanRow.contract_id == Contract.id, named(PlanRow, staged.c))
        return rows.join(PlanRow, same, isouter=outer)

    return _standing(PLAN_ROWS, joined, PlanRow.id.is_not(None), _own(PlanRow, PLAN_ROWS, due_on=PlanRow.due_on))


def _invoices() -> Standing:
    staged = TABLES[INVOICES]

    def joined(outer: bool) -> FromClause:
        rows = staged.join(Invoice, Invoice.number == staged.c.number, isouter=outer)
        rows = rows.join(Customer, Customer.id == Invoice.customer_id, isouter=outer)
        return rows.outerjoin(Contract, Contract.id == Invoice.contract_id)

    stored = _own(Invoice, INVOICES, customer=Customer.code, contract=Contract.number)
    return _standing(INVOICES, joined, Invoice.id.is_not(None), stored)


def _due_items() -> Standing:
    staged = TABLES[DUE_ITEMS]

    def joined(outer: bool) -> FromClause:
        rows = staged.join(Contract, Contract.number == staged.c.contract, isouter=outer)
        same = and_(DueItem.contract_id == Contract.id, named(DueItem, staged.c))
        rows = rows.join(DueItem, same, isouter=outer)
        return rows.outerjoin(Invoice, Invoice.id == DueItem.invoice_id)

    stored = _own(DueItem, DUE_ITEMS, plan_due_on=DueItem.plan_due_on, invoice=Invoice.number)
    return _standing(DUE_ITEMS, joined, DueItem.id.is_not(None), stored)


def _payments() -> Standing:
    staged, origin = TABLES[PAYMENTS], aliased(Payment)

    def joined(outer: bool) -> FromClause:
        same = and_(Payment.method == staged.c.method, Payment.reference == staged.c.reference)
        rows = staged.join(Payment, same, isouter=outer)
        rows = rows.join(Customer, Customer.id == Payment.customer_id, isouter=outer)
        return rows.outerjoin(origin, origin.id == Payment.reverses_id)

    stored = _own(Payment, PAYMENTS, customer=Customer.code, reverses=origin.reference)
    return _standing(PAYMENTS, joined, Payment.id.is_not(None), stored)


def _allocations() -> Standing:
    staged = TABLES[ALLOCATIONS]

    def joined(outer: bool) -> FromClause:
        payment = and_(Payment.method == staged.c.method, Payment.reference == staged.c.reference)
        rows = staged.join(Payment, payment, isouter=outer)
        rows = rows.join(Contract, Contract.number == staged.c.contract, isouter=outer)
        item = and_(DueItem.contract_id == Contract.id, named(DueItem, staged.c))
        rows = rows.join(DueItem, item, isouter=outer)
        same = and_(Allocation.payment_id == Payment.id, Allocation.due_item_id == DueItem.id)
        return rows.join(Allocation, same, isouter=outer)

    stored = _own(Allocation, ALLOCATIONS, plan_due_on=DueItem.plan_due_on)
    return _standing(ALLOCATIONS, joined, Allocation.id.is_not(None), stored)


def _documents() -> Standing:
    """A stored document is only the place of one until its invoice was imported as a file or drawn."""
    staged = TABLES[DOCUMENTS]

    def joined(outer: bool) -> FromClause:
        rows = staged.join(Invoice, Invoice.number == staged.c.invoice, isouter=outer)
        return rows.join(Document, Document.id == Invoice.document_id, isouter=outer)

    # A file without a title leaves it as it is.
    title = case((staged.c.title.is_(None), null()), else_=Document.title)
    stored: Stored = {"sha256": Document.sha256, "title": title}
    return _standing(DOCUMENTS, joined, Document.sha256.is_not(None), stored)


def _papers() -> Standing:
    staged = TABLES[PAPERS]

    def joined(outer: bool) -> FromClause:
        rows = staged.join(Customer, Customer.code == staged.c.customer, isouter=outer)
        paper = and_(Document.kind.in_(PAPER_KINDS), Document.filename == staged.c.file)
        rows = rows.join(Document, and_(Document.customer_id == Customer.id, paper), isouter=outer)
        return rows.outerjoin(Contract, Contract.id == Document.contract_id)

    stored = _own(Document, PAPERS, contract=Contract.number, sha256=Document.sha256)
    return _standing(PAPERS, joined, Document.id.is_not(None), stored)


def _index_rates() -> Standing:
    staged = TABLES[INDEX_RATES]

    def joined(outer: bool) -> FromClause:
        same = and_(IndexRate.code == staged.c.code, IndexRate.month == staged.c.month)
        return staged.join(IndexRate, same, isouter=outer)

    return _standing(INDEX_RATES, joined, IndexRate.code.is_not(None), _own(IndexRate, INDEX_RATES))


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
    PAPERS: _papers(),
    INDEX_RATES: _index_rates(),
}
