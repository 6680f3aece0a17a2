"""Customers, contracts, assets, plans and index rates."""

from functools import partial

from sqlalchemy import ColumnElement, FromClause, and_, literal, select, update
from sqlalchemy.orm import aliased

from core.book.tables import Asset, Contract, IndexRate, PlanRow
from core.db import Base, Instant
from core.identity.tables import Customer
from core.intake.columns import ASSETS, CONTRACTS, CUSTOMERS, INDEX_RATES, PLAN_ROWS
from core.intake.staging import TABLES
from core.intake.standing import STANDINGS
from core.intake.writing.rows import Values, Work, inserted, own, save


def write(work: Work) -> None:
    """Write them in this order."""
    save(work, CUSTOMERS, Customer, lambda rows: rows, own(CUSTOMERS))
    owner, lease = aliased(Customer), aliased(Contract)
    values: Values = {**own(CONTRACTS, "customer"), "customer_id": owner.id}
    save(work, CONTRACTS, Contract, partial(_join, owner, owner.code == TABLES[CONTRACTS].c.customer), values)
    for file, model in ((ASSETS, Asset), (PLAN_ROWS, PlanRow)):
        joined = partial(_join, lease, lease.number == TABLES[file].c.contract)
        save(work, file, model, joined, {**own(file, "contract"), "contract_id": lease.id})
    _index_rates(work)


def _join(to: type[Base], same: ColumnElement[bool], rows: FromClause) -> FromClause:
    return rows.join(to, same)


def _index_rates(work: Work) -> None:
    staged, stands = TABLES[INDEX_RATES].c, STANDINGS[INDEX_RATES]
    imported_at = literal(work.now, Instant())
    new = select(staged.code, staged.month, staged.ppm, staged.source, imported_at).select_from(stands.rows)
    names = ["code", "month", "ppm", "source", "imported_at"]
    inserted(work, IndexRate, names, new.where(~stands.is_there))
    same = and_(IndexRate.code == staged.code, IndexRate.month == staged.month)
    differs = staged.ppm.is_distinct_from(IndexRate.ppm) | staged.source.is_distinct_from(IndexRate.source)
    changed = update(IndexRate).where(same, differs)
    written = work.connection.execute(changed.values(ppm=staged.ppm, source=staged.source, imported_at=imported_at))
    work.advance(written.rowcount)
