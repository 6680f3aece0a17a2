"""The book's rules as SQL: a contract's state and its outstanding principal stand here once, for all who read them.

CUSTOMER, CONTRACT and TODAY stand for their values in statements that are built once and run for everybody.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    SQLColumnExpression,
    String,
    bindparam,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.orm import aliased

from core.book.tables import INTEREST_ONLY, Contract, PlanRow
from core.db import BIG

Day = date | BindParameter[date]
CUSTOMER: BindParameter[int] = bindparam("customer", type_=BIG)
CONTRACT: BindParameter[str] = bindparam("contract", type_=String())
TODAY: BindParameter[date] = bindparam("today", type_=Date())
LONGEST_NUMBER, LONGEST_QUERY = 12, 40
ESCAPE = "/"


def status(today: Day) -> ColumnElement[str]:
    """Terminated from the termination date, closed the day after the end date, else active."""
    return case(
        (Contract.terminated_on <= today, "terminated"),
        (Contract.ends_on < today, "closed"),
        else_="active",
    )


def total(amount: SQLColumnExpression[Any]) -> ColumnElement[int]:
    """The sum of an amount as a whole number on both databases (PostgreSQL's sum of bigint is a decimal)."""
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)


def plan_order(row: type[PlanRow] = PlanRow) -> tuple[SQLColumnExpression[Any], ...]:
    """The order of the rows of a plan: on one day those of interest alone stand before those that repay principal."""
    return (row.due_on, case((row.kind.in_(INTEREST_ONLY), 0), else_=1), row.number)


def _last_row() -> ColumnElement[int]:
    row = aliased(PlanRow)
    due = select(row.id).where(row.contract_id == Contract.id, row.due_on <= TODAY).correlate(Contract)
    return due.order_by(*(column.desc() for column in plan_order(row))).limit(1).scalar_subquery()


# The id of the last plan row due by TODAY, null before the first one: for an outer join of a contract with that row.
LAST_ROW = _last_row()
# What a contract joined with its LAST_ROW has outstanding, in cents net of VAT: the price before the first row, and
# nothing after an early end, whatever rows the plan still has.
OUTSTANDING = case(
    (status(TODAY) == "terminated", 0),
    else_=func.coalesce(PlanRow.outstanding_cents, Contract.price_cents),
).label("outstanding_cents")


def literally(text: str) -> str:
    """A text whose signs mean themselves in a LIKE with this module's ESCAPE."""
    for sign in (ESCAPE, "%", "_"):
        text = text.replace(sign, ESCAPE + sign)
    return text
