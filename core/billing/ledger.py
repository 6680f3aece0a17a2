"""The ledger's rules as SQL: state, balance, overdue balance, filters and orders stand here once.

Screens, workbooks, papers and the monitor read them through `frames`. Amounts are cents, VAT included. Statements are
built once for each shape of filters, with parameters in place of values: `bound` gives those.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Date,
    FromClause,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    case,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from core.access import Access, Grant
from core.billing.tables import Allocation, DueItem, Invoice, Payment
from core.book.ledger import (
    CONTRACT,
    CUSTOMER,
    ESCAPE,
    LONGEST_NUMBER,
    LONGEST_QUERY,
    TODAY,
    Day,
    literally,
    status,
    total,
)
from core.book.tables import Contract
from core.db import Rows
from core.kit import addresses
from core.settings import settings

STATES = ("overdue", "upcoming", "paid")
VIEWS = ("arrears", "closed_arrears", "next", "advances")
DEFAULT_SORT = "-due_on"
_STATE: BindParameter[str] = bindparam("state", type_=String())
_QUERY: BindParameter[str] = bindparam("query", type_=String())
_FRESH_SINCE: BindParameter[date] = bindparam("fresh_since", type_=Date())


def _past(today: Day) -> ColumnElement[bool]:
    return and_(DueItem.invoice_id.is_not(None), DueItem.due_on < today)


def overdue(today: Day) -> ColumnElement[int]:
    """The balance of an item that is invoiced and due before today, else 0, in cents."""
    return case((_past(today), BALANCE), else_=0)


BALANCE = (DueItem.gross_cents - DueItem.paid_cents).label("balance_cents")
OVERDUE = overdue(TODAY).label("overdue_cents")
# Paid without a positive balance; else overdue when invoiced and due before today; else not yet due.
STATE: ColumnElement[str] = case((BALANCE <= 0, "paid"), (_past(TODAY), "overdue"), else_="upcoming").label("state")
# The rest is about an item joined with its contract. Whether the contract runs:
ACTIVE = status(TODAY) == "active"
# Still to pay and not past, of a running contract: what the next payment is made of.
TO_PAY = and_(ACTIVE, DueItem.due_on >= TODAY, BALANCE > 0)
# A fully paid advance of a running contract.
COLLECTED_ADVANCE = and_(ACTIVE, DueItem.kind == "ANTICIPO", BALANCE == 0)
# Owed: not so what the plan has after an early end, unless it is invoiced.
OWED = or_(
    Contract.terminated_on.is_(None),
    Contract.terminated_on > TODAY,
    DueItem.plan_due_on <= Contract.terminated_on,
    DueItem.plan_row_id.is_(None),
    DueItem.invoice_id.is_not(None),
)


def next_payment(*conditions: ColumnElement[bool]) -> CTE:
    """One row, or none: CUSTOMER's earliest date with something to pay (due_on), and what is due then.

    That is cents, items (their count), and the number and kind of one of them.
    """
    return (
        select(
            DueItem.due_on,
            total(BALANCE).label("cents"),
            func.count().label("items"),
            func.min(DueItem.number).label("number"),
            func.min(DueItem.kind).label("kind"),
        )
        .join(Contract, Contract.id == DueItem.contract_id)
        .where(DueItem.customer_id == CUSTOMER, TO_PAY, *conditions)
        .group_by(DueItem.due_on)
        .order_by(DueItem.due_on)
        .limit(1)
        .cte("next")
    )


# The rows behind each figure of the home page.
_IN_VIEW = {
    "arrears": and_(ACTIVE, OVERDUE != 0),
    "closed_arrears": and_(~ACTIVE, OVERDUE != 0),
    "next": and_(TO_PAY, DueItem.due_on == select(next_payment().c.due_on).scalar_subquery()),
    "advances": COLLECTED_ADVANCE,
}


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
            contract=addresses.text(address.get("contract"), LONGEST_NUMBER) or None,
            state=addresses.one_of(address.get("state"), STATES),
            query=addresses.text(address.get("q"), LONGEST_QUERY),
            view=addresses.one_of(address.get("view"), VIEWS),
            sort=addresses.one_of(address.get("sort"), SORTS) or DEFAULT_SORT,
        )

    @property
    def shape(self) -> "Filters":
        """What a statement is built for: the same filters, with a sign in place of each value that is bound later."""
        contract, state = ("?" if value else None for value in (self.contract, self.state))
        return replace(self, contract=contract, state=state, query="?" if self.query.strip() else "")


# Every order ends in the id: it is total, so that pages never repeat a row. `of` has the columns by name.
SORTS: dict[str, Callable[[Any], Sequence[Any]]] = {
    "-due_on": lambda of: (of.due_on.desc(), of.contract, of.number.desc(), of.item_id.desc()),
    "due_on": lambda of: (of.due_on, of.contract, of.number, of.item_id),
    "-gross": lambda of: (of.gross_cents.desc(), of.due_on.desc(), of.item_id.desc()),
    "gross": lambda of: (of.gross_cents, of.due_on.desc(), of.item_id.desc()),
    "-balance": lambda of: (of.balance_cents.desc(), of.due_on.desc(), of.item_id.desc()),
    "contract": lambda of: (of.contract, of.due_on.desc(), of.number.desc(), of.item_id.desc()),
}
ITEM = SimpleNamespace(
    item_id=DueItem.id,
    contract=Contract.number,
    due_on=DueItem.due_on,
    number=DueItem.number,
    gross_cents=DueItem.gross_cents,
    balance_cents=BALANCE,
)
# The columns of a row of the ledger, for screens and files.
COLUMNS: Sequence[SQLColumnExpression[Any]] = (
    Contract.number.label("contract"),
    DueItem.due_on,
    DueItem.number,
    DueItem.kind,
    DueItem.causale,
    DueItem.method,
    DueItem.gross_cents,
    DueItem.paid_cents,
    BALANCE,
    OVERDUE,
    STATE,
    Invoice.number.label("invoice"),
    Invoice.document_id,
)


def marks(item: FromClause) -> Sequence[SQLColumnExpression[Any]]:
    """What a screen says beside the state: the bank's reason of an unpaid item's last return, a debit still fresh.

    `item` has the columns item_id and balance_cents: few rows, as each asks for its payments.
    """
    payments = select(Payment.id).join(Allocation, Allocation.payment_id == Payment.id)
    payments = payments.where(Allocation.due_item_id == item.c.item_id)
    returned = (
        payments.with_only_columns(func.coalesce(Payment.reason, ""))
        .where(Payment.amount_cents < 0)
        .order_by(Payment.paid_on.desc(), Payment.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    reversal = aliased(Payment)
    reversed_ = select(reversal.id).where(reversal.reverses_id == Payment.id).exists()
    fresh = and_(Payment.method == "SDD", Payment.paid_on > _FRESH_SINCE, Payment.amount_cents >= 0, ~reversed_)
    # Counted, not looked for: in a WHERE clause SQLite would go through every payment of that method.
    fresh_debits = payments.with_only_columns(func.count().filter(fresh)).scalar_subquery()
    return [
        case((item.c.balance_cents > 0, returned), else_=null()).label("returned"),
        and_(item.c.balance_cents == 0, fresh_debits > 0).label("provisional"),
    ]


def filtered(shape: Filters, wanted: Sequence[SQLColumnExpression[Any]]) -> Rows:
    """CUSTOMER's due items that the filters let through; to be run with the values of `bound`."""
    statement = (
        select(*wanted)
        .select_from(DueItem)
        .join(Contract, Contract.id == DueItem.contract_id)
        .outerjoin(Invoice, Invoice.id == DueItem.invoice_id)
        .where(DueItem.customer_id == CUSTOMER, OWED)
    )
    if shape.contract:
        statement = statement.where(Contract.number == CONTRACT)
    if shape.state:
        statement = statement.where(STATE == _STATE)
    if shape.view:
        statement = statement.where(_IN_VIEW[shape.view])
    if shape.query:
        statement = statement.where(Invoice.number.icontains(_QUERY, escape=ESCAPE))
    return statement


def bound(access: Access, today: date, filters: Filters) -> dict[str, Any]:
    """The values of the statements' parameters. Raises NotFound without the grant to see invoices."""
    access.require(Grant.SEE_INVOICES)
    return {
        "customer": access.customer,
        "today": today,
        "contract": filters.contract,
        "state": filters.state,
        "query": literally(filters.query.strip()),
        "fresh_since": today - timedelta(days=settings().sdd_return_days),
    }
