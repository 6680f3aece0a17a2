"""Everything that a contract says of itself: one of them for the page, all filtered ones for the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import aliased

from core import db
from core.access import Access
from core.book.frames.contracts import ASSETS, refuse
from core.book.ledger import CONTRACT, CUSTOMER, LAST_ROW, OUTSTANDING, TODAY, plan_order, status, total
from core.book.searches import CONTRACT_FOUND, ContractFilters, in_state, sought
from core.book.tables import Contract, PlanRow
from core.db import Rows
from core.identity.tables import Customer


@dataclass(frozen=True, slots=True)
class Details:
    """A contract. Amounts in cents net of VAT, `vat_bp` in basis points; `index_code` is None for a fixed rate.

    `outstanding_cents` is what the last plan row due by today leaves: `row_kind`, `row_number` and `row_due_on` name
    that row, None before the first. `first_*` is the plan's first row, `last_rent_on` the day of its last rent: None
    without a plan.
    """

    number: str
    product: str
    status: str
    assets: int
    signed_on: date
    starts_on: date
    ends_on: date
    terminated_on: date | None
    subsidy: str | None
    iban: str | None
    holder_code: str
    holder: str
    price_cents: int
    deposit_cents: int
    rent_cents: int
    residual_cents: int
    vat_bp: int
    instalments: int
    period_months: int
    months: int
    index_code: str | None
    outstanding_cents: int
    row_kind: str | None
    row_number: int | None
    row_due_on: date | None
    first_kind: str | None
    first_due_on: date | None
    first_cents: int | None
    last_rent_on: date | None


@dataclass(frozen=True, slots=True)
class RegisterSums:
    """How many contracts the filters let through, and their sums in cents net of VAT."""

    contracts: int
    price_cents: int
    deposit_cents: int
    residual_cents: int
    outstanding_cents: int


_FIRST = aliased(PlanRow)
_ROW = aliased(PlanRow)
_FIRST_ROW = (
    select(_ROW.id).where(_ROW.contract_id == Contract.id).correlate(Contract).order_by(*plan_order(_ROW)).limit(1)
).scalar_subquery()
_LAST_RENT = (
    select(func.max(_ROW.due_on)).where(_ROW.contract_id == Contract.id, _ROW.kind == "CANONE").correlate(Contract)
).scalar_subquery()
_DETAILS: Rows = (
    select(
        Contract.number,
        Contract.product,
        status(TODAY).label("status"),
        cast(ASSETS, Integer).label("assets"),
        Contract.signed_on,
        Contract.starts_on,
        Contract.ends_on,
        Contract.terminated_on,
        Contract.subsidy,
        Contract.iban,
        Customer.code.label("holder_code"),
        Customer.name.label("holder"),
        Contract.price_cents,
        Contract.deposit_cents,
        Contract.rent_cents,
        Contract.residual_cents,
        Contract.vat_bp,
        Contract.instalments,
        Contract.period_months,
        Contract.months,
        Contract.index_code,
        OUTSTANDING,
        PlanRow.kind.label("row_kind"),
        PlanRow.number.label("row_number"),
        PlanRow.due_on.label("row_due_on"),
        _FIRST.kind.label("first_kind"),
        _FIRST.due_on.label("first_due_on"),
        _FIRST.amount_cents.label("first_cents"),
        _LAST_RENT.label("last_rent_on"),
    )
    .join(Customer, Customer.id == Contract.customer_id)
    .outerjoin(PlanRow, PlanRow.id == LAST_ROW)
    .outerjoin(_FIRST, _FIRST.id == _FIRST_ROW)
    .where(Contract.customer_id == CUSTOMER)
)
_ONE = _DETAILS.where(Contract.number == CONTRACT)


def details(access: Access, today: date, number: str) -> Details:
    """One contract. Raises NotFound, and leaves an audit line, unless it is the customer's.

    Source: contract, customer, asset, plan_row.
    """
    with db.reading(access) as connection:
        row = connection.execute(_ONE, {"customer": access.customer, "today": today, "contract": number}).one_or_none()
    if row is None:
        refuse(access, number)
    return Details(*row)


@cache
def _filtered(state: str | None, searched: bool) -> Rows:
    conditions = [*in_state(state), *([CONTRACT_FOUND] if searched else [])]
    return _DETAILS.where(*conditions).order_by(Contract.signed_on.desc(), Contract.number.desc())


@cache
def _sums(state: str | None, searched: bool) -> Rows:
    contract = _filtered(state, searched).order_by(None).subquery()
    names = ("price_cents", "deposit_cents", "residual_cents", "outstanding_cents")
    return select(func.count(), *(total(contract.c[name]) for name in names)).select_from(contract)


def _bound(access: Access, today: date, filters: ContractFilters) -> dict[str, Any]:
    return {"customer": access.customer, "today": today, "text": sought(filters.query)}


@contextmanager
def register(access: Access, today: date, filters: ContractFilters) -> Iterator[tuple[RegisterSums, Iterator[Details]]]:
    """The sums of the contracts that the filters let through, and every one of them, the latest signed first.

    On one state; they are read in chunks as they are taken. Source as `details`.
    """
    values = _bound(access, today, filters)
    shape = filters.state, bool(values["text"])
    with db.reading(access) as connection:
        sums = RegisterSums(*connection.execute(_sums(*shape), values).one())
        with connection.execute(_filtered(*shape), values, execution_options={"yield_per": 500}) as rows:
            yield sums, (Details(*row) for row in rows)


def register_sums(access: Access, today: date, filters: ContractFilters) -> RegisterSums:
    """The count and the sums of the contracts that `register` gives."""
    values = _bound(access, today, filters)
    with db.reading(access) as connection:
        return RegisterSums(*connection.execute(_sums(filters.state, bool(values["text"])), values).one())
