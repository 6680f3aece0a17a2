"""How old the balance of a statement is: what is open on its last day, by days past due.

Credit notes not offset yet count below zero, by their due date.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from sqlalchemy import BindParameter, ColumnElement, Connection, Date, and_, bindparam, case, func, select, true

from core.access import Access
from core.billing.moves import UNTIL, allocated, bound, invoiced
from core.billing.period import Period
from core.billing.tables import Allocation, DueItem, Payment
from core.book.ledger import CUSTOMER, total
from core.db import Rows

# The last day of each bucket past due; what is not due stands before them, what is older after.
LIMITS = (30, 60, 90, 120)
_EDGES: tuple[BindParameter[date], ...] = tuple(bindparam(f"edge_{days}", type_=Date()) for days in LIMITS)


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is open on a day, in cents: not yet due, 1-30 days past due, 31-60, 61-90, 91-120, over 120.

    `credit_cents` is money that came and pays no invoiced item yet.
    """

    as_of: date
    buckets: tuple[int, ...]
    credit_cents: int

    @property
    def total_cents(self) -> int:
        """What is open of all invoiced items."""
        return sum(self.buckets)

    @property
    def balance_cents(self) -> int:
        """What is owed: the closing balance of the statement."""
        return self.total_cents - self.credit_cents


def _bucketed() -> list[ColumnElement[bool]]:
    """Whether an item falls into each of the buckets. Due on the day itself is not past due."""
    edges = (UNTIL, *_EDGES)
    inner = [and_(DueItem.due_on < newer, DueItem.due_on >= older) for newer, older in pairwise(edges)]
    return [DueItem.due_on >= UNTIL, *inner, DueItem.due_on < edges[-1]]


@cache
def _ageing(one: bool) -> Rows:
    """One row: what is open in each bucket, and in `money` all that came."""
    pays = (
        select(Allocation.due_item_id, total(Allocation.amount_cents).label("cents"))
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Payment.customer_id == CUSTOMER, Payment.paid_on <= UNTIL)
        .group_by(Allocation.due_item_id)
        .subquery("pays")
    )
    paid = func.coalesce(pays.c.cents, 0)
    sums = [
        total(case((of_it, DueItem.gross_cents - paid), else_=0)).label(f"bucket_{n}")
        for n, of_it in enumerate(_bucketed())
    ]
    open_ = invoiced(*sums, total(paid).label("paid"), one=one)
    open_ = open_.outerjoin(pays, pays.c.due_item_id == DueItem.id)
    came = _money(one).subquery("came")
    opened = open_.subquery("opened")
    return select(opened, came.c.cents.label("came")).join(came, true())


def _money(one: bool) -> Rows:
    if one:
        return allocated(total(Allocation.amount_cents).label("cents"), one=True)
    whole = select(total(Payment.amount_cents).label("cents"))
    return whole.where(Payment.customer_id == CUSTOMER, Payment.paid_on <= UNTIL)


def read(connection: Connection, access: Access, contract: str | None, period: Period) -> Ageing:
    """What is open at the end of a period. One statement. Raises NotFound without the grant to see invoices."""
    edges = {edge.key: period.until - timedelta(days=days) for edge, days in zip(_EDGES, LIMITS, strict=True)}
    values = bound(access, contract, period) | edges
    *buckets, paid, came = connection.execute(_ageing(contract is not None), values).one()
    return Ageing(period.until, tuple(buckets), came - paid)
