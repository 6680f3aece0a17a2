"""The state of a contract as SQL: it stands here once, for the book, the ledger and the monitor."""

from datetime import date

from sqlalchemy import ColumnElement, case

from core.book.tables import Contract


def status(today: date) -> ColumnElement[str]:
    """Terminated from the termination date, closed the day after the end date, else active."""
    return case(
        (Contract.terminated_on <= today, "terminated"),
        (Contract.ends_on < today, "closed"),
        else_="active",
    )
