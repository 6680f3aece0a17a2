"""Faults between files, and between a file and the database: names that lead nowhere, or to another customer."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from core.billing.tables import DueItem, Invoice, Payment
from core.book.tables import Contract
from core.identity.tables import Customer
from core.intake.columns import (
    ALLOCATIONS,
    ASSETS,
    CONTRACTS,
    CUSTOMERS,
    DOCUMENTS,
    DUE_ITEMS,
    INVOICES,
    PAPERS,
    PAYMENTS,
    PLAN_ROWS,
)
from core.intake.faults.case import Case, Rule, Told
from core.intake.rules.book import Fault
from core.intake.staging import TABLES
from core.intake.standing import book_first, named

_NAMED: dict[str, InstrumentedAttribute[str]] = {
    CUSTOMERS: Customer.code,
    CONTRACTS: Contract.number,
    INVOICES: Invoice.number,
}
_TARGETS = (
    (CONTRACTS, "customer", CUSTOMERS),
    (ASSETS, "contract", CONTRACTS),
    (PLAN_ROWS, "contract", CONTRACTS),
    (INVOICES, "customer", CUSTOMERS),
    (INVOICES, "contract", CONTRACTS),
    (DUE_ITEMS, "contract", CONTRACTS),
    (DUE_ITEMS, "invoice", INVOICES),
    (PAYMENTS, "customer", CUSTOMERS),
    (ALLOCATIONS, "contract", CONTRACTS),
    (DOCUMENTS, "invoice", INVOICES),
    (PAPERS, "customer", CUSTOMERS),
    (PAPERS, "contract", CONTRACTS),
)


def _missing(file: str, name: str, target: str) -> Rule:
    """A name must be of a row of the target file, readable or not, or of the database."""
    value, stored = TABLES[file].c[name], _NAMED[target]
    staged = TABLES[target].alias().c[stored.key]
    wrong = and_(value.is_not(None), ~exists().where(staged == value), ~exists().where(stored == value))
    return Rule(file, name, wrong, f"is in neither {target} nor the database", needs=(target,))


def _foreign(file: str) -> Rule:
    """The contract of a row must be of its customer."""
    staged, contract = TABLES[file], TABLES[CONTRACTS].alias()
    rows = staged.outerjoin(contract, contract.c.number == staged.c.contract)
    rows = rows.outerjoin(Contract, Contract.number == staged.c.contract)
    rows = rows.outerjoin(Customer, Customer.id == Contract.customer_id)
    owner = book_first(contract, "customer", Customer.code)
    reason = "is a contract of customer %(owner)s"
    return Rule(file, "contract", owner != staged.c.customer, reason, {"owner": owner}, rows)


def _bare() -> Rule:
    """An invoice must have a due item."""
    staged, items = TABLES[INVOICES], TABLES[DUE_ITEMS].alias()
    with_items = exists().where(items.c.invoice == staged.c.number)
    bare = and_(~with_items, ~exists().where(Invoice.number == staged.c.number))
    return Rule(INVOICES, "number", bare, f"has no due item: no row of {DUE_ITEMS} names it", needs=(DUE_ITEMS,))


def _due_items() -> Iterator[Rule]:
    staged, contract, invoice = TABLES[DUE_ITEMS], TABLES[CONTRACTS].alias(), TABLES[INVOICES].alias()
    billed, invoiced = aliased(Customer), aliased(Contract)
    rows: FromClause = staged.outerjoin(contract, contract.c.number == staged.c.contract)
    rows = rows.outerjoin(Contract, Contract.number == staged.c.contract)
    rows = rows.outerjoin(Customer, Customer.id == Contract.customer_id)
    rows = rows.outerjoin(invoice, invoice.c.number == staged.c.invoice)
    rows = rows.outerjoin(Invoice, Invoice.number == staged.c.invoice)
    rows = rows.outerjoin(billed, billed.id == Invoice.customer_id)
    rows = rows.outerjoin(invoiced, invoiced.id == Invoice.contract_id)
    owner = book_first(contract, "customer", Customer.code)
    payer, of_contract = book_first(invoice, "customer", billed.code), book_first(invoice, "contract", invoiced.number)
    foreign = func.coalesce(owner != payer, False)
    wrong = and_(staged.c.invoice.is_not(None), or_(foreign, of_contract != staged.c.contract))
    told = {"foreign": foreign, "payer": payer, "of_contract": of_contract}
    yield Rule(DUE_ITEMS, "invoice", wrong, _whose, told, rows)
    issued = staged.join(Invoice, Invoice.number == staged.c.invoice)
    issued = issued.outerjoin(Contract, Contract.number == staged.c.contract)
    issued = issued.outerjoin(DueItem, and_(DueItem.contract_id == Contract.id, named(DueItem, staged.c)))
    joins = "was imported before without this due item, and an invoice is never changed"
    yield Rule(DUE_ITEMS, "invoice", DueItem.invoice_id.is_(None), joins, rows=issued)


def _whose(row: Told) -> str:
    if row["foreign"]:
        return f"is an invoice of customer {row['payer']}"
    return f"is an invoice of contract {row['of_contract']}"


def _reversals() -> Iterator[Rule]:
    """A reversal takes back one payment of its own customer, whole, and the only one to do so."""
    staged, origin, first = TABLES[PAYMENTS], TABLES[PAYMENTS].alias(), _first_takers()
    taken, earlier, taker = aliased(Payment), aliased(Payment), aliased(Payment)
    same = and_(origin.c.method == staged.c.method, origin.c.reference == staged.c.reverses)
    rows: FromClause = staged.outerjoin(origin, same)
    rows = rows.outerjoin(taken, and_(taken.method == staged.c.method, taken.reference == staged.c.reverses))
    rows = rows.outerjoin(Customer, Customer.id == taken.customer_id)
    rows = rows.outerjoin(earlier, earlier.id == taken.reverses_id)
    rows = rows.outerjoin(taker, and_(taker.reverses_id == taken.id, taker.reference != staged.c.reference))
    same_taken = and_(first.c.method == staged.c.method, first.c.reverses == staged.c.reverses)
    rows = rows.outerjoin(first, same_taken)
    known = or_(origin.c.line.is_not(None), taken.id.is_not(None))
    customer, back = book_first(origin, "customer", Customer.code), book_first(origin, "reverses", earlier.reference)
    expected = -book_first(origin, "amount_cents", taken.amount_cents)
    told = {"owner": customer, "expected_cents": expected, "taker": taker.reference, "first": first.c.line}

    def rule(name: str, wrong: ColumnElement[bool], reason: str) -> Rule:
        reversal = and_(staged.c.reverses.is_not(None), wrong)
        return Rule(PAYMENTS, name, reversal, reason, told, rows, needs=(PAYMENTS,))

    yield rule("reverses", ~known, f"is in neither {PAYMENTS} nor the database as a payment by %(method)s")
    yield rule("reverses", and_(known, back.is_not(None)), "takes a payment back itself")
    yield rule("reverses", customer != staged.c.customer, "is a payment of customer %(owner)s")
    yield rule(
        "amount_cents",
        expected != staged.c.amount_cents,
        "must be the opposite of the payment it takes back, %(expected_cents)s",
    )
    stored = and_(known, taker.id.is_not(None))
    yield rule("reverses", stored, "is taken back already by %(taker)s")
    yield rule(
        "reverses", and_(known, ~stored, first.c.line != staged.c.line), "is taken back already by row %(first)s"
    )


def _first_takers() -> Any:  # noqa: ANN401 - a subquery
    """For each payment that the book takes back, the first row that does."""
    staged = TABLES[PAYMENTS].alias()
    lines = select(staged.c.method, staged.c.reverses, func.min(staged.c.line).label("line"))
    return lines.where(staged.c.reverses.is_not(None)).group_by(staged.c.method, staged.c.reverses).subquery()


RULES = (
    *(_missing(*names) for names in _TARGETS),
    *(_foreign(file) for file in (INVOICES, PAPERS)),
    _bare(),
    *_due_items(),
    *_reversals(),
)


def faults(case: Case) -> Iterator[Fault]:
    """Rows that name what does not exist or what does not go with them."""
    for rule in RULES:
        yield from rule.faults(case)
