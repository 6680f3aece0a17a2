"""The contracts to choose from: found by what a customer knows of them, or the one to begin with."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import pandas as pd
from sqlalchemy import BindParameter, Integer, bindparam, select

from core import db
from core.access import Access
from core.book.frames.contracts import refuse
from core.book.ledger import CONTRACT, CUSTOMER, TODAY, status
from core.book.searches import CONTRACT_FOUND, in_state, sought
from core.book.tables import Contract
from core.db import Rows
from core.tabular import frame

MOST_HITS = 25


@dataclass(frozen=True, slots=True)
class Choice:
    """A contract to choose."""

    number: str
    product: str
    status: str
    ends_on: date


_STATUS = status(TODAY)
_LIMIT: BindParameter[int] = bindparam("limit", type_=Integer())
_CHOICES = select(Contract.number, Contract.product, _STATUS.label("status"), Contract.ends_on).where(
    Contract.customer_id == CUSTOMER
)
_LATEST_FIRST = (Contract.ends_on.desc(), Contract.number.desc())
_ONE = _CHOICES.where(Contract.number == CONTRACT)


@cache
def _found(state: str | None, searched: bool) -> Rows:
    return (
        _CHOICES.where(*in_state(state), *([CONTRACT_FOUND] if searched else [])).order_by(*_LATEST_FIRST).limit(_LIMIT)
    )


@cache
def _latest(state: str | None) -> Rows:
    return _CHOICES.where(*in_state(state)).order_by(_STATUS != "active", *_LATEST_FIRST).limit(1)


def find(
    access: Access, today: date, text: str = "", status: str | None = None, limit: int = MOST_HITS
) -> pd.DataFrame:
    """A customer's contracts with the columns of `Choice`, the last to end first, at most `limit`.

    `text` is looked for in number, product, and code and description of the assets (hence plates and serials); blanks
    and the case of its letters mean nothing. `status` is one of STATES. Source: contract, asset.
    """
    wanted = sought(text)
    values = {"customer": access.customer, "today": today, "text": wanted, "limit": limit}
    with db.reading(access) as connection:
        return frame(connection.execute(_found(status, bool(wanted)), values), Choice)


def known(access: Access, today: date, number: str) -> Choice | None:
    """The customer's contract of that number, if there is one."""
    values = {"customer": access.customer, "today": today, "contract": number}
    with db.reading(access) as connection:
        row = connection.execute(_ONE, values).one_or_none()
    return None if row is None else Choice(*row)


def chosen(access: Access, today: date, number: str) -> Choice:
    """The contract of that number. Raises NotFound, and leaves an audit line, unless it is the customer's."""
    choice = known(access, today, number)
    if choice is None:
        refuse(access, number)
    return choice


def latest(access: Access, today: date, status: str | None = None) -> Choice | None:
    """The active contract that ends last, else the last that ended; None where `status` lets none through."""
    with db.reading(access) as connection:
        row = connection.execute(_latest(status), {"customer": access.customer, "today": today}).one_or_none()
    return None if row is None else Choice(*row)
