"""The figures above the schedule and the contracts to choose from, in one statement."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import CTE, and_, case, func, null, select, true

from core import db
from core.access import Access, Grant
from core.billing.ledger import BALANCE, STATES, Filters, in_view, overdue, owed, search, state, to_pay, total
from core.billing.tables import Allocation, DueItem, Invoice, Payment
from core.book.frames import require_contract
from core.book.ledger import status
from core.book.tables import Contract
from core.db import Rows
from core.kit.dates import add_months


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures above the schedule, for one contract or all, and the contracts to choose from.

    `contracts` has number, product, status, ends_on, items. `counts` is rows by state (and `all`) for the search.
    """

    contracts: pd.DataFrame
    counts: dict[str, int]
    items: int
    overdue_cents: int
    overdue_items: int
    overdue_since: date | None
    balance_cents: int
    open_items: int
    next_due_on: date | None
    next_payment_cents: int
    paid_12m_cents: int


def _items(access: Access, today: date, filters: Filters) -> CTE:
    """The customer's items with what the sums need: state, overdue part, search hit, the contract's next due date."""
    hit = and_(
        search(filters.query) if filters.query.strip() else true(),
        in_view(filters.view, access, today) if filters.view else true(),
    )
    return (
        select(
            DueItem.contract_id,
            BALANCE,
            DueItem.due_on,
            state(today).label("state"),
            overdue(today).label("overdue_cents"),
            case((hit, 1), else_=0).label("hit"),
            case((to_pay(today), DueItem.due_on), else_=null()).label("pay_on"),
            func.min(case((to_pay(today), DueItem.due_on), else_=null()))
            .over(partition_by=DueItem.contract_id)
            .label("next_on"),
        )
        .join(Contract, Contract.id == DueItem.contract_id)
        .outerjoin(Invoice, Invoice.id == DueItem.invoice_id)
        .where(DueItem.customer_id == access.customer, owed(today))
        .cte("item")
    )


def _paid_in_a_year(access: Access, today: date) -> CTE:
    recent = and_(Payment.paid_on > add_months(today, -12), Payment.paid_on <= today)
    return (
        select(DueItem.contract_id, total(Allocation.amount_cents).label("cents"))
        .select_from(Payment)
        .join(Allocation, Allocation.payment_id == Payment.id)
        .join(DueItem, DueItem.id == Allocation.due_item_id)
        .where(Payment.customer_id == access.customer, recent)
        .group_by(DueItem.contract_id)
        .cte("paid")
    )


def _by_contract(access: Access, today: date, filters: Filters) -> Rows:
    """Per contract of the customer: counts, balances and the next payment. One statement, whatever their number."""
    item, paid = _items(access, today, filters).c, _paid_in_a_year(access, today).c
    return (
        select(
            Contract.number,
            Contract.product,
            status(today).label("status"),
            Contract.ends_on,
            func.count(item.contract_id).label("items"),
            *(func.count().filter(item.state == name, item.hit == 1).label(name) for name in STATES),
            func.count().filter(item.state == "overdue").label("overdue_items"),
            total(item.overdue_cents).label("overdue_cents"),
            func.min(case((item.state == "overdue", item.due_on), else_=null())).label("overdue_since"),
            total(item.balance_cents).label("balance_cents"),
            func.count().filter(item.balance_cents != 0).label("open_items"),
            func.min(item.next_on).label("next_due_on"),
            total(case((item.pay_on == item.next_on, item.balance_cents), else_=0)).label("next_payment_cents"),
            func.coalesce(func.max(paid.cents), 0).label("paid_12m_cents"),
        )
        .outerjoin(item.contract_id.table, item.contract_id == Contract.id)
        .outerjoin(paid.contract_id.table, paid.contract_id == Contract.id)
        .where(Contract.customer_id == access.customer)
        .group_by(Contract.id)
        .order_by(Contract.ends_on.desc(), Contract.number.desc())
    )


def overview(access: Access, today: date, filters: Filters) -> Overview:
    """The contracts to choose from and the figures of the filtered one, or of all.

    `counts` follow search and view, everything else is of the whole contract. One statement.
    Raises NotFound for another's contract.
    """
    access.require(Grant.SEE_INVOICES)
    with db.reading(access) as connection:
        rows = db.frame(
            connection, _by_contract(access, today, filters), dates=["ends_on", "overdue_since", "next_due_on"]
        )
    chosen = rows[rows["number"] == filters.contract] if filters.contract else rows
    if filters.contract and chosen.empty:
        require_contract(access, filters.contract)
    counts = {name: int(chosen[name].sum()) for name in STATES}
    next_on, since = chosen["next_due_on"].min(), chosen["overdue_since"].min()
    sums = chosen[["items", "overdue_cents", "overdue_items", "balance_cents", "open_items", "paid_12m_cents"]].sum()
    return Overview(
        contracts=rows[["number", "product", "status", "ends_on", "items"]],
        counts={"all": sum(counts.values()), **counts},
        overdue_since=None if pd.isna(since) else since.date(),
        next_due_on=None if pd.isna(next_on) else next_on.date(),
        next_payment_cents=int(chosen.loc[chosen["next_due_on"] == next_on, "next_payment_cents"].sum()),
        **{str(name): int(value) for name, value in sums.items()},
    )
