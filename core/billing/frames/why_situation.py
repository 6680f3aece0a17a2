"""Why the figures of the home page are what they are: the rows that make them."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy import Row, SQLColumnExpression, func, select

from core import db
from core.access import Access
from core.billing.ledger import BALANCE, ITEM, OVERDUE, SORTS, TO_PAY, Filters, bound, filtered
from core.billing.tables import DueItem
from core.book.ledger import CUSTOMER
from core.book.tables import Contract
from core.db import Rows
from core.kit import words
from core.kit.errors import N_, NotFound
from core.kit.figures import EARLIEST, Explanation, Figure, Unit, Words, derived, fact, named, total

# The figures of the home page, and the view of the ledger that has their rows.
SITUATION = {"overdue": "arrears", "closed_overdue": "closed_arrears", "payment": "next", "advances": "advances"}
_NEXT_DUE = "due"
_NAMES = {
    "overdue": N_("Overdue payments"),
    "closed_overdue": N_("Overdue on closed contracts"),
    "payment": N_("Next payment"),
    "advances": N_("Advances paid"),
    "due": N_("Next due date"),
}
_RULES = {
    "overdue": N_("The balances, VAT included, of invoiced items due before %(today)s, on active contracts."),
    "closed_overdue": N_("The balances, VAT included, of invoiced items due before %(today)s, on closed contracts."),
    "payment": N_("The balances, VAT included, of all items of active contracts due on the next due date."),
    "advances": N_("The advances fully collected on active contracts, net of VAT."),
    "due": N_("The first day from %(today)s on which an active contract has something to pay."),
}
_AMOUNTS = {"advances": DueItem.net_cents, "payment": BALANCE}
_DUES = (
    select(Contract.number, func.min(DueItem.due_on).label("due_on"))
    .join(DueItem, DueItem.contract_id == Contract.id)
    .where(DueItem.customer_id == CUSTOMER, TO_PAY)
    .group_by(Contract.number)
    .order_by(func.min(DueItem.due_on), Contract.number)
)


@cache
def _rows(name: str) -> Rows:
    """Contract, kind, number, due date and amount of every row behind a figure."""
    amount = _AMOUNTS.get(name, OVERDUE)
    columns: tuple[SQLColumnExpression[Any], ...] = (
        Contract.number.label("contract"),
        DueItem.kind,
        DueItem.number,
        DueItem.due_on,
        amount.label("cents"),
    )
    return filtered(Filters(view=SITUATION[name]), columns).order_by(*SORTS["due_on"](ITEM))


def situation_explained(access: Access, today: date, name: str) -> Explanation:
    """One of the home page's figures from its rows: `overdue`, `closed_overdue`, `payment`, `advances` in cents, `due`.

    Source: the same conditions on the ledger that give the figure. Raises NotFound for another name or without the
    grant to see invoices.
    """
    if name not in _NAMES:
        raise NotFound
    values = bound(access, today, Filters())
    with db.reading(access) as connection:
        rows = connection.execute(_DUES if name == _NEXT_DUE else _rows(name), values).all()
    found = (_earliest if name == _NEXT_DUE else _sum)(rows)
    return Explanation(Words(_RULES[name], {"today": today}), tuple(named(figure, _NAMES[name]) for figure in found))


def _sum(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Figure]:
    return [total([_amount(row) for row in rows]) if rows else Figure(Fraction(0), Unit.CENTS)]


def _amount(row: Row[*tuple[Any, ...]]) -> Figure:
    where = {"contract": row.contract, "day": row.due_on}
    if row.kind == "CANONE":
        name = N_("Rent no. %(number)s of contract %(contract)s, due on %(day)s")
        return fact(row.cents, Unit.CENTS, name, number=str(row.number), **where)
    name = N_("%(kind)s of contract %(contract)s, due on %(day)s")
    return fact(row.cents, Unit.CENTS, name, kind=Words(words.KINDS[row.kind]), **where)


def _earliest(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Figure]:
    days = [fact(row.due_on.toordinal(), Unit.DAY, N_("Contract %(number)s"), number=row.number) for row in rows]
    return [derived(EARLIEST, days, Unit.DAY)] if days else []
