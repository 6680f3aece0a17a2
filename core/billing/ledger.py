"""The ledger's rules as SQL: state, balance, overdue balance, filters and orders stand here once.

Screens, workbooks, papers and the monitor read them through `frames`. Amounts are cents, VAT included.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    ScalarSelect,
    SQLColumnExpression,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from core.access import Access, Grant
from core.billing.tables import Allocation, DueItem, Invoice, Payment
from core.book.ledger import status
from core.book.tables import Contract
from core.db import Rows
from core.settings import settings

STATES = ("overdue", "upcoming", "paid")
VIEWS = ("arrears", "closed_arrears", "next", "advances")
DEFAULT_SORT = "-due_on"
LONGEST_NUMBER, LONGEST_QUERY = 12, 40
BALANCE = (DueItem.gross_cents - DueItem.paid_cents).label("balance_cents")


def _past(today: date) -> ColumnElement[bool]:
    return and_(DueItem.invoice_id.is_not(None), DueItem.due_on < today)


def state(today: date) -> ColumnElement[str]:
    """Paid without a positive balance; else overdue when invoiced and due before today; else not yet due."""
    return case((BALANCE <= 0, "paid"), (_past(today), "overdue"), else_="upcoming")


def overdue(today: date) -> ColumnElement[int]:
    """The balance of an item that is invoiced and due before today, else 0, in cents."""
    return case((_past(today), BALANCE), else_=0)


def total(amount: SQLColumnExpression[Any]) -> ColumnElement[int]:
    """The sum of an amount as a whole number on both databases (PostgreSQL's sum of bigint is a decimal)."""
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the invoices page and its workbook are filtered by.

    `query` is part of an invoice number; `view` one of VIEWS, the rows behind a figure of the home page.
    """

    contract: str | None = None
    state: str | None = None
    query: str = ""
    view: str | None = None
    sort: str = DEFAULT_SORT

    @classmethod
    def of(cls, address: Mapping[str, str]) -> "Filters":
        """The filters of an address: `contract`, `state`, `q`, `view`, `sort`. What cannot be one counts as absent."""
        return cls(
            contract=_text(address.get("contract"), LONGEST_NUMBER) or None,
            state=_one_of(address.get("state"), STATES),
            query=_text(address.get("q"), LONGEST_QUERY),
            view=_one_of(address.get("view"), VIEWS),
            sort=_one_of(address.get("sort"), SORTS) or DEFAULT_SORT,
        )


def _one_of(value: str | None, values: Collection[str]) -> str | None:
    return value if value in values else None


def _text(value: str | None, longest: int) -> str:
    return value if value and len(value) <= longest and value.isprintable() else ""


SORTS = {
    "-due_on": (DueItem.due_on.desc(), Contract.number, DueItem.number.desc(), DueItem.id.desc()),
    "due_on": (DueItem.due_on, Contract.number, DueItem.number, DueItem.id),
    "-gross": (DueItem.gross_cents.desc(), DueItem.due_on.desc(), DueItem.id.desc()),
    "gross": (DueItem.gross_cents, DueItem.due_on.desc(), DueItem.id.desc()),
    "-balance": (BALANCE.desc(), DueItem.due_on.desc(), DueItem.id.desc()),
    "contract": (Contract.number, DueItem.due_on.desc(), DueItem.number.desc(), DueItem.id.desc()),
}


def active(today: date) -> ColumnElement[bool]:
    """Whether the item's contract runs."""
    return status(today) == "active"


def to_pay(today: date) -> ColumnElement[bool]:
    """Whether an item of a running contract is still to pay and not past: what the next payment is made of."""
    return and_(active(today), DueItem.due_on >= today, BALANCE > 0)


def collected_advance(today: date) -> ColumnElement[bool]:
    """Whether an item is a fully paid advance of a running contract."""
    return and_(active(today), DueItem.kind == "ANTICIPO", BALANCE == 0)


def next_due_on(access: Access, today: date) -> ScalarSelect[date]:
    """The customer's earliest date with something to pay."""
    dates = select(func.min(DueItem.due_on)).join(Contract, Contract.id == DueItem.contract_id)
    return dates.where(DueItem.customer_id == access.customer, to_pay(today)).correlate(None).scalar_subquery()


def in_view(view: str, access: Access, today: date) -> ColumnElement[bool]:
    """Whether an item, joined with its contract, is one of the rows behind a figure of the home page."""
    conditions = {
        "arrears": and_(active(today), overdue(today) != 0),
        "closed_arrears": and_(~active(today), overdue(today) != 0),
        "next": and_(to_pay(today), DueItem.due_on == next_due_on(access, today)),
        "advances": collected_advance(today),
    }
    return conditions[view]


def owed(today: date) -> ColumnElement[bool]:
    """Whether an item, joined with its contract, is owed: not so what the plan has after an early end, uninvoiced."""
    return or_(
        Contract.terminated_on.is_(None),
        Contract.terminated_on > today,
        DueItem.plan_due_on <= Contract.terminated_on,
        DueItem.plan_row_id.is_(None),
        DueItem.invoice_id.is_not(None),
    )


def search(query: str) -> ColumnElement[bool]:
    """Whether the invoice number contains the text, in any case."""
    return Invoice.number.icontains(query.strip(), autoescape=True)


def columns(today: date) -> Sequence[SQLColumnExpression[Any]]:
    """The columns of a row of the ledger, for screens and files."""
    return [
        Contract.number.label("contract"),
        DueItem.due_on,
        DueItem.number,
        DueItem.kind,
        DueItem.causale,
        DueItem.method,
        DueItem.gross_cents,
        DueItem.paid_cents,
        BALANCE,
        overdue(today).label("overdue_cents"),
        state(today).label("state"),
        Invoice.number.label("invoice"),
        Invoice.document_id,
    ]


def _payments(item_id: ColumnElement[int]) -> Rows:
    return (
        select(Payment.id)
        .join(Allocation, Allocation.payment_id == Payment.id)
        .where(Allocation.due_item_id == item_id)
    )


def marks(item: FromClause, today: date) -> Sequence[SQLColumnExpression[Any]]:
    """What a screen says beside the state: the bank's reason of an unpaid item's last return, a debit still fresh.

    `item` has the columns item_id and balance_cents: few rows, as each asks for its payments.
    """
    returned = (
        _payments(item.c.item_id)
        .with_only_columns(func.coalesce(Payment.reason, ""))
        .where(Payment.reverses_id.is_not(None))
        .order_by(Payment.paid_on.desc(), Payment.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    reversal = aliased(Payment)
    recent = today - timedelta(days=settings().sdd_return_days)
    fresh_debit = (
        _payments(item.c.item_id)
        .outerjoin(reversal, reversal.reverses_id == Payment.id)
        .where(Payment.method == "SDD", Payment.paid_on > recent)
        .where(Payment.reverses_id.is_(None), reversal.id.is_(None))
        .exists()
    )
    return [
        case((item.c.balance_cents > 0, returned), else_=null()).label("returned"),
        and_(item.c.balance_cents == 0, fresh_debit).label("provisional"),
    ]


def filtered(access: Access, today: date, filters: Filters, wanted: Sequence[SQLColumnExpression[Any]]) -> Rows:
    """The customer's due items that the filters let through. Raises NotFound without the grant to see invoices."""
    access.require(Grant.SEE_INVOICES)
    statement = (
        select(*wanted)
        .select_from(DueItem)
        .join(Contract, Contract.id == DueItem.contract_id)
        .outerjoin(Invoice, Invoice.id == DueItem.invoice_id)
        .where(DueItem.customer_id == access.customer, owed(today))
    )
    if filters.contract:
        statement = statement.where(Contract.number == filters.contract)
    if filters.state:
        statement = statement.where(state(today) == filters.state)
    if filters.view:
        statement = statement.where(in_view(filters.view, access, today))
    if filters.query.strip():
        statement = statement.where(search(filters.query))
    return statement
