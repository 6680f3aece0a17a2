"""What a customer's calendar shows: the days on which something is owed, and the ends of running contracts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, Date, Integer, Row, bindparam, func, select

from core import db
from core.access import Access, Grant
from core.billing.ledger import ACTIVE, BALANCE, OWED, STATE
from core.billing.tables import DueItem
from core.book.ledger import CUSTOMER
from core.book.tables import Contract
from core.kit.dates import add_months

MONTHS_BACK = 12
MOST_ITEMS, MOST_ENDS = 6_000, 1_000
_SINCE: BindParameter[date] = bindparam("since", type_=Date())


@dataclass(frozen=True, slots=True)
class Entry:
    """One item still to pay; `balance_cents` (VAT included) is None for who may not see amounts."""

    number: int
    kind: str
    causale: str
    method: str
    balance_cents: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """What a contract owes on a day; `overdue` if any of it is."""

    due_on: date
    contract: str
    overdue: bool
    entries: tuple[Entry, ...]

    @property
    def balance_cents(self) -> int | None:
        """The sum of the balances, VAT included; None for who may not see amounts."""
        balances = [entry.balance_cents for entry in self.entries if entry.balance_cents is not None]
        return sum(balances) if balances else None


@dataclass(frozen=True, slots=True)
class End:
    """The last day of a running contract."""

    ends_on: date
    contract: str
    product: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """The days of a calendar, soonest first."""

    dues: list[Due]
    ends: list[End]


_OPEN = (
    select(
        Contract.number.label("contract"),
        DueItem.due_on,
        DueItem.number,
        DueItem.kind,
        DueItem.causale,
        DueItem.method,
        BALANCE,
        STATE,
    )
    .join(Contract, Contract.id == DueItem.contract_id)
    .where(DueItem.customer_id == CUSTOMER, OWED, BALANCE > 0, DueItem.due_on >= _SINCE)
    .order_by(DueItem.due_on, Contract.number, DueItem.number, DueItem.id)
    .limit(bindparam("most_items", type_=Integer()))
)
_ENDS_ON = func.coalesce(Contract.terminated_on, Contract.ends_on)
_ENDS = (
    select(_ENDS_ON, Contract.number, Contract.product)
    .where(Contract.customer_id == CUSTOMER, ACTIVE)
    .order_by(_ENDS_ON, Contract.number)
    .limit(bindparam("most_ends", type_=Integer()))
)


def agenda(access: Access, today: date) -> Agenda:
    """The open due dates and the ends of running contracts. Two statements. Source: due_item, contract.

    Everything still to pay from MONTHS_BACK months ago on, one event a contract and day, balances in cents with VAT.
    No more than MOST_ITEMS items and MOST_ENDS ends, the soonest: the others follow as these go. Without the grant to
    see invoices there are no amounts. Raises NotFound without a customer.
    """
    amounts = Grant.SEE_INVOICES in access.grants
    most = {"most_items": MOST_ITEMS, "most_ends": MOST_ENDS}
    values = {"customer": access.customer, "today": today, "since": add_months(today, -MONTHS_BACK), **most}
    with db.reading(access) as connection:
        items = connection.execute(_OPEN, values).all()
        ends = [End(*row) for row in connection.execute(_ENDS, values)]
    days = groupby(items, lambda item: (item.due_on, item.contract))
    dues = [_due(*day, list(of_day), amounts=amounts) for day, of_day in days]
    if len(items) == MOST_ITEMS:
        dues.pop()  # some of that day may be missing
    return Agenda(dues, ends)


def _due(due_on: date, contract: str, items: Sequence[Row[*tuple[Any, ...]]], *, amounts: bool) -> Due:
    entries = [
        Entry(item.number, item.kind, item.causale, item.method, item.balance_cents if amounts else None)
        for item in items
    ]
    return Due(due_on, contract, any(item.state == "overdue" for item in items), tuple(entries))
