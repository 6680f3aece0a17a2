"""The amortization plan of a contract: its rows, how and when each is collected, its rates and its sums."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd
from sqlalchemy import Row, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from core import db
from core.access import Access
from core.billing.frames.schedule import PAGE_ROWS
from core.billing.ledger import BALANCE, STATE
from core.billing.tables import Allocation, DueItem, Payment
from core.book import rules
from core.book.frames.contracts import refuse
from core.book.ledger import CONTRACT, CUSTOMER, LAST_ROW, OUTSTANDING, TODAY, plan_order, status
from core.book.tables import INTEREST_ONLY, Contract, PlanRow
from core.kit.words import OFFSET
from core.tabular import frame

PLAN_STATES = ("collected", "upcoming", "overdue")
INDEX_ROW = "INDICIZZAZIONE"
SUMMED = ("amount_cents", "principal_cents", "interest_cents")
_TERMS_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class PlanItem:
    """A row of the plan, in cents net of VAT: amount = principal + interest, outstanding is what is left after it.

    `method` is one of words.PLAN_METHODS; `collected_on` the day on which its due item was paid in full. `state` is one
    of PLAN_STATES: collected, overdue, or neither.
    """

    number: int
    due_on: date
    kind: str
    amount_cents: int
    principal_cents: int
    interest_cents: int
    outstanding_cents: int
    method: str
    accrues_from: date
    accrues_to: date
    collected_on: date | None
    state: str


@dataclass(frozen=True, slots=True)
class Rates:
    """The yearly rates of the contract's flows: nominal, and effective (TIR), which compounds it."""

    nominal_ppm: int
    effective_ppm: int


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One page of the plan, its rows with the columns of `PlanItem`.

    `total_rows` and `sums`, in cents by column, are of all the rows that the filters let through; `counts` is rows by
    state (and `all`) whatever state was asked for.
    """

    rows: pd.DataFrame
    number: int
    size: int
    total_rows: int
    counts: dict[str, int]
    sums: dict[str, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """A contract and its plan: `rows` has the columns of `PlanItem`, an index row before the rent of its day.

    `outstanding_cents` is what is left today (X11), nothing after an early end, whose `dropped` rows are no longer owed
    and left out. `rents_collected` of all `rents` have come in. `rates` is None where the terms do not make this plan.
    """

    number: str
    product: str
    status: str
    price_cents: int
    outstanding_cents: int
    terminated_on: date | None
    rows: pd.DataFrame
    rents: int
    rents_collected: int
    dropped: int
    rates: Rates | None

    @property
    def sums(self) -> dict[str, int]:
        """The sums of all rows in cents, by column."""
        return _sums(self.rows)

    def page(self, number: int, *, state: str | None = None, index_rows: bool = True) -> PlanPage:
        """One page of the rows in a state, or in any, with index rows or without; one past the end gives the last."""
        rows = self.rows if index_rows else self.rows[self.rows["kind"] != INDEX_ROW]
        counts = Counter(rows["state"].tolist())
        chosen = rows[rows["state"] == state] if state else rows
        number = min(max(number, 1), max(1, -(-len(chosen) // PAGE_ROWS)))
        return PlanPage(
            rows=chosen[(number - 1) * PAGE_ROWS : number * PAGE_ROWS],
            number=number,
            size=PAGE_ROWS,
            total_rows=len(chosen),
            counts={"all": len(rows), **{name: counts[name] for name in PLAN_STATES}},
            sums=_sums(chosen),
        )


def _sums(rows: pd.DataFrame) -> dict[str, int]:
    return {column: int(rows[column].sum()) for column in SUMMED}


_CONTRACT = (
    select(
        Contract.number,
        Contract.product,
        status(TODAY).label("status"),
        Contract.price_cents,
        OUTSTANDING,
        case((status(TODAY) == "terminated", Contract.terminated_on)).label("terminated_on"),
        Contract.deposit_cents,
        Contract.rent_cents,
        Contract.residual_cents,
        Contract.instalments,
        Contract.months,
        Contract.period_months,
        Contract.in_advance,
    )
    .outerjoin(PlanRow, PlanRow.id == LAST_ROW)
    .where(Contract.number == CONTRACT, Contract.customer_id == CUSTOMER)
)
_SO_FAR = func.sum(Allocation.amount_cents).over(partition_by=Allocation.due_item_id, order_by=Payment.paid_on)
_THAT_DAY = func.sum(Allocation.amount_cents).over(partition_by=(Allocation.due_item_id, Payment.paid_on))
_MONEY = (
    select(
        Allocation.due_item_id,
        Payment.paid_on,
        func.abs(DueItem.gross_cents).label("whole"),
        func.abs(_SO_FAR).label("after"),
        func.abs(_SO_FAR - _THAT_DAY).label("before"),
    )
    .join(Payment, Payment.id == Allocation.payment_id)
    .join(DueItem, DueItem.id == Allocation.due_item_id)
    .join(Contract, Contract.id == DueItem.contract_id)
    .where(Contract.number == CONTRACT, Contract.customer_id == CUSTOMER)
    .subquery("money")
)
# The last day on which what had come reached the whole amount: a debit that came back was not the last word.
_COMPLETED = (
    select(_MONEY.c.due_item_id, func.max(_MONEY.c.paid_on).label("day"))
    .where(_MONEY.c.before < _MONEY.c.whole, _MONEY.c.after >= _MONEY.c.whole)
    .group_by(_MONEY.c.due_item_id)
    .subquery("completed")
)
_METHOD = case(
    (PlanRow.amount_cents < 0, literal(OFFSET)),
    else_=func.coalesce(DueItem.method, case((Contract.iban.is_not(None), "SDD"), else_="BONIFICO")),
)
_COLLECTED = BALANCE == 0
_Item = aliased(DueItem)
# An index row may have two items: what it was invoiced with, and a credit note that takes it back or is its invoice.
_ITEM = (
    select(_Item.id)
    .where(_Item.plan_row_id == PlanRow.id)
    .where(or_(_Item.kind == PlanRow.kind, and_(PlanRow.amount_cents < 0, _Item.kind == "NOTA_CREDITO")))
    .order_by(_Item.kind == "NOTA_CREDITO")
    .limit(1)
    .correlate(PlanRow)
    .scalar_subquery()
)
_OWED = or_(
    Contract.terminated_on.is_(None),
    Contract.terminated_on > TODAY,
    PlanRow.due_on <= Contract.terminated_on,
    DueItem.invoice_id.is_not(None),
)
_ROWS = (
    select(
        PlanRow.number,
        PlanRow.due_on,
        PlanRow.kind,
        PlanRow.amount_cents,
        PlanRow.principal_cents,
        PlanRow.interest_cents,
        PlanRow.outstanding_cents,
        _METHOD.label("method"),
        PlanRow.accrues_from,
        PlanRow.accrues_to,
        case((_COLLECTED, _COMPLETED.c.day)).label("collected_on"),
        case((_COLLECTED, "collected"), (STATE == "overdue", "overdue"), else_="upcoming").label("state"),
        _OWED.label("owed"),
    )
    .join(Contract, Contract.id == PlanRow.contract_id)
    .outerjoin(DueItem, DueItem.id == _ITEM)
    .outerjoin(_COMPLETED, _COMPLETED.c.due_item_id == DueItem.id)
    .where(Contract.number == CONTRACT, Contract.customer_id == CUSTOMER)
    .order_by(*plan_order(), PlanRow.id)
)


def plan(access: Access, today: date, contract: str) -> Plan:
    """The plan of a contract as of today, by due date. Two statements on one state.

    Source: contract, plan_row, due_item, payment, allocation. Raises NotFound, and leaves an audit line, unless the
    contract is the customer's.
    """
    values = {"customer": access.customer, "today": today, "contract": contract}
    with db.reading(access) as connection:
        terms = connection.execute(_CONTRACT, values).one_or_none()
        found = [] if terms is None else connection.execute(_ROWS, values).all()
    if terms is None:
        refuse(access, contract)
    owed = [row for row in found if row.owed]
    rents = [row.state for row in owed if row.kind == "CANONE"]
    return Plan(
        number=terms.number,
        product=terms.product,
        status=terms.status,
        price_cents=terms.price_cents,
        outstanding_cents=terms.outstanding_cents,
        terminated_on=terms.terminated_on,
        rows=frame((row[:-1] for row in owed), PlanItem),
        rents=len(rents),
        rents_collected=rents.count("collected"),
        dropped=len(found) - len(owed),
        rates=_rates(terms, found),
    )


def _rates(terms: Row[*tuple[Any, ...]], rows: Sequence[Row[*tuple[Any, ...]]]) -> Rates | None:
    """The rates of the contract's terms, if its plan has the flows that they give."""
    agreed = rules.agreed(
        terms.price_cents,
        terms.deposit_cents,
        terms.rent_cents,
        terms.residual_cents,
        instalments=terms.instalments,
        months=terms.months,
        period_months=terms.period_months,
        in_advance=terms.in_advance,
    )
    foreseen, rates = _flows_and_rates(agreed)
    planned = [(row.kind, row.number, row.amount_cents) for row in rows if row.kind not in INTEREST_ONLY]
    return rates if sorted(planned) == foreseen else None


@lru_cache(_TERMS_KEPT)
def _flows_and_rates(terms: rules.Terms) -> tuple[list[tuple[str, int, int]], Rates | None]:
    """What the terms ask for, sorted, and at which rates. Solving takes longer than all the rest of a plan."""
    foreseen = sorted((flow.kind, flow.number, flow.amount_cents) for flow in rules.flows(terms))
    try:
        nominal = rules.rate_of(terms)
    except ValueError:
        return foreseen, None
    effective = rules.effective_rate(nominal, terms.period_months)
    return foreseen, Rates(rules.rate_ppm(nominal), rules.rate_ppm(effective))
