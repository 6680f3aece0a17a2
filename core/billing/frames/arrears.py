"""What the ledger says of one contract beside its terms: rents collected, principal overdue."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, select

from core import db
from core.access import Access, Grant
from core.billing.ledger import BALANCE, OVERDUE, OWED
from core.billing.tables import DueItem
from core.book import rules
from core.book.frames.contracts import require_contract
from core.book.ledger import CONTRACT, CUSTOMER
from core.book.tables import Contract, PlanRow


@dataclass(frozen=True, slots=True)
class Standing:
    """How many rents are paid in full, and the principal in overdue items, in cents net of VAT."""

    rents_paid: int
    overdue_principal_cents: int


_ITEMS = (
    select(DueItem.kind, DueItem.gross_cents, BALANCE, OVERDUE, PlanRow.principal_cents)
    .join(Contract, Contract.id == DueItem.contract_id)
    .outerjoin(PlanRow, PlanRow.id == DueItem.plan_row_id)
    .where(DueItem.customer_id == CUSTOMER, Contract.number == CONTRACT, OWED)
)


def standing(access: Access, today: date, number: str) -> Standing:
    """What is paid and what is overdue of a contract. Source: due_item, plan_row.

    Raises NotFound without the grant to see invoices, and with an audit line for another's contract.
    """
    access.require(Grant.SEE_INVOICES)
    with db.reading(access) as connection:
        values = {"customer": access.customer, "today": today, "contract": number}
        items = connection.execute(_ITEMS, values).all()
    if not items:
        require_contract(access, number)
    return Standing(
        rents_paid=sum(item.kind == "CANONE" and item.balance_cents == 0 for item in items),
        overdue_principal_cents=sum(_unpaid(item) for item in items if item.overdue_cents > 0),
    )


def _unpaid(item: Row[*tuple[Any, ...]]) -> int:
    """The principal in what is not paid of an item, in cents; one without a plan row has none."""
    parts = (item.principal_cents or 0, item.balance_cents, item.gross_cents)
    return int(rules.unpaid_principal(*map(Fraction, parts)))
