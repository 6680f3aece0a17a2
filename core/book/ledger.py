"""The state of a contract as SQL: it stands here once, for the book, the ledger and the monitor.

CUSTOMER and TODAY stand for their values in statements that are built once and run for everybody.
"""

from datetime import date

from sqlalchemy import BindParameter, ColumnElement, Date, bindparam, case

from core.book.tables import Contract
from core.db import BIG

Day = date | BindParameter[date]
CUSTOMER: BindParameter[int] = bindparam("customer", type_=BIG)
TODAY: BindParameter[date] = bindparam("today", type_=Date())


def status(today: Day) -> ColumnElement[str]:
    """Terminated from the termination date, closed the day after the end date, else active."""
    return case(
        (Contract.terminated_on <= today, "terminated"),
        (Contract.ends_on < today, "closed"),
        else_="active",
    )
