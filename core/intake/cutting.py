"""The demo book as of a day: what happened later leaves the staged tables, and nothing is shifted."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, or_, update

from core.intake.columns import (
    ALLOCATIONS,
    ASSETS,
    CONTRACTS,
    DOCUMENTS,
    DUE_ITEMS,
    INDEX_RATES,
    INVOICES,
    PAPERS,
    PAYMENTS,
    PLAN_ROWS,
)
from core.intake.rules.book import INVOICED_KINDS
from core.intake.staging import ITEM, PAYMENT, TABLES, alike

_DAY = timedelta(days=1)


def cut(connection: Connection, day: date) -> None:
    """Leave the staged book as it stood at the end of `day`.

    Gone are contracts signed later with all that hangs on them, invoices and papers issued and payments made later,
    index rows and rates not yet calculated, settlements of early terminations to come; an item whose invoice is gone is
    not invoiced yet.
    """
    contracts, invoices, items = TABLES[CONTRACTS], TABLES[INVOICES], TABLES[DUE_ITEMS]
    _drop(connection, contracts, contracts.c.signed_on > day)
    _drop(connection, invoices, or_(invoices.c.issued_on > day, _astray(invoices, "contract", contracts, "number")))
    for file in (ASSETS, PLAN_ROWS, DUE_ITEMS):
        _drop(connection, TABLES[file], _astray(TABLES[file], "contract", contracts, "number"))
    papers = TABLES[PAPERS]
    _drop(connection, papers, or_(papers.c.issued_on > day, _astray(papers, "contract", contracts, "number")))
    later = _astray(items, "invoice", invoices, "number")
    connection.execute(update(items).where(later).values(invoice=None))
    _drop(connection, items, and_(items.c.invoice.is_(None), _not_foreseen(items, day)))
    connection.execute(update(contracts).where(contracts.c.terminated_on > day).values(terminated_on=None))
    plan, rates, payments = TABLES[PLAN_ROWS], TABLES[INDEX_RATES], TABLES[PAYMENTS]
    _drop(connection, plan, and_(plan.c.kind == "INDICIZZAZIONE", plan.c.due_on > day))
    _drop(connection, rates, rates.c.month >= (day + _DAY).replace(day=1))
    _drop(connection, payments, payments.c.paid_on > day)
    _drop(connection, TABLES[ALLOCATIONS], _unpaid(items, payments))
    _drop(connection, TABLES[DOCUMENTS], _astray(TABLES[DOCUMENTS], "invoice", invoices, "number"))


def _drop(connection: Connection, table: Table, gone: ColumnElement[bool]) -> None:
    connection.execute(delete(table).where(gone))


def _astray(table: Table, column: str, target: Table, name: str) -> ColumnElement[bool]:
    """Whether a row names what is not, or no longer, in the book."""
    return and_(table.c[column].is_not(None), ~exists().where(target.c[name] == table.c[column]))


def _not_foreseen(items: Table, day: date) -> ColumnElement[bool]:
    """Whether an item is not known before its invoice, as the settlement of an early end is not up to that day."""
    contracts, plan = TABLES[CONTRACTS], TABLES[PLAN_ROWS]
    ending = exists().where(contracts.c.number == items.c.contract, contracts.c.terminated_on > day)
    planned = exists().where(alike(plan.c, items.c, ITEM))
    return or_(items.c.kind.in_(sorted(INVOICED_KINDS)), and_(ending, ~planned))


def _unpaid(items: Table, payments: Table) -> ColumnElement[bool]:
    """Whether an allocation has lost its payment, or pays what is not invoiced yet."""
    own = TABLES[ALLOCATIONS].c
    paid = exists().where(alike(payments.c, own, PAYMENT))
    return or_(~paid, ~exists().where(items.c.invoice.is_not(None), alike(items.c, own, ITEM)))
