"""Each new allocation beside the payment it is part of and the due item it pays: what is wrong with it by itself.

The first complaint about a row is the one that is told. The rows are kept in a temporary table, for the sums.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    FromClause,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    and_,
    case,
    false,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from core.billing.tables import DueItem, Payment
from core.book.ledger import total
from core.book.tables import Contract
from core.identity.tables import Customer
from core.intake.columns import ALLOCATIONS, CONTRACTS, DUE_ITEMS, PAYMENTS
from core.intake.faults.case import Case, Told
from core.intake.rules.book import Fault
from core.intake.staging import ITEM, NAMED_ON, PAYMENT, TABLES, alike, finish, gross, remake
from core.intake.standing import STANDINGS, book_first

_STAGED = TABLES[ALLOCATIONS]
_CELLS = ("line", "method", "reference", "contract", "kind", "number", "plan_due_on", NAMED_ON, "amount_cents")
_TOLD = {"debtor": Text, "payer": Text, "item_day": Date, "wanted": Integer}
# The new allocations: their cells, the name of a `complaint` (null for none), and what its words need.
WEIGHED = Table(
    "weighed_allocations",
    MetaData(),
    *(Column(name, _STAGED.c[name].type) for name in _CELLS),
    *(Column(name, type_) for name, type_ in _TOLD.items()),
    Column("complaint", Text),
    Index("ix_weighed_allocations_line", "line"),
    Index("ix_weighed_allocations_payment", "method", "reference"),
    prefixes=["TEMPORARY"],
)


def _sums(name: str, by: Sequence[str]) -> Table:
    """A table of the sums of the new allocations without a complaint, each with its last line."""
    columns = [Column(column, _STAGED.c[column].type) for column in by]
    more = [Column("total", BigInteger), Column("line", Integer)]
    return Table(name, MetaData(), *columns, *more, Index(f"ix_{name}", *by), prefixes=["TEMPORARY"])


SPENT, PAID = _sums("spent_payments", PAYMENT), _sums("paid_items", ITEM)
_PAYMENT, _ITEM, _CONTRACT = TABLES[PAYMENTS].alias(), TABLES[DUE_ITEMS].alias(), TABLES[CONTRACTS].alias()
_PAYER = aliased(Customer)

_pay_known = or_(_PAYMENT.c.line.is_not(None), Payment.id.is_not(None))
_item_known = or_(_ITEM.c.line.is_not(None), DueItem.id.is_not(None))
_contract_known = or_(_CONTRACT.c.line.is_not(None), Contract.id.is_not(None))
_payer = book_first(_PAYMENT, "customer", _PAYER.code)
_debtor = book_first(_CONTRACT, "customer", Customer.code)
_gross = case((_ITEM.c.line.is_not(None), gross(_ITEM.c)), else_=DueItem.gross_cents)
_item_day = book_first(_ITEM, "plan_due_on", DueItem.plan_due_on)
_not_invoiced = case(
    (_ITEM.c.line.is_not(None), and_(_ITEM.c.sound, _ITEM.c.invoice.is_(None))),
    else_=and_(DueItem.id.is_not(None), DueItem.invoice_id.is_(None)),
)
# Unknown where the payment's row could not be read.
_takes_back = case(
    (_PAYMENT.c.line.is_not(None), case((_PAYMENT.c.sound, _PAYMENT.c.reverses.is_not(None)), else_=null())),
    else_=case((Payment.id.is_not(None), Payment.reverses_id.is_not(None)), else_=null()),
)
_wanted = func.sign(_gross) * case((_takes_back, -1), else_=1)


def _complaint(unread: frozenset[str]) -> ColumnElement[Any]:
    """The first thing wrong with a row, as the name of its words."""
    no_payment = false() if PAYMENTS in unread else ~_pay_known
    no_item = false() if DUE_ITEMS in unread else and_(~_item_known, _contract_known)
    untrue_sign = and_(_takes_back.is_not(None), func.sign(_STAGED.c.amount_cents) != _wanted)
    complaints = {
        "payment": no_payment,
        "item": no_item,
        "customer": _debtor != _payer,
        "invoice": _not_invoiced,
        "day": _item_day != _STAGED.c.plan_due_on,
        "sign": untrue_sign,
    }
    return case(*((wrong, literal_column(f"'{name}'")) for name, wrong in complaints.items()), else_=null())


def _rows() -> FromClause:
    stands = STANDINGS[ALLOCATIONS].rows
    rows = stands.outerjoin(_PAYMENT, alike(_PAYMENT.c, _STAGED.c, PAYMENT))
    rows = rows.outerjoin(_ITEM, alike(_ITEM.c, _STAGED.c, ITEM))
    rows = rows.outerjoin(_CONTRACT, _CONTRACT.c.number == _STAGED.c.contract)
    rows = rows.outerjoin(Customer, Customer.id == Contract.customer_id)
    return rows.outerjoin(_PAYER, _PAYER.id == Payment.customer_id)


def weigh(case_: Case) -> None:
    """Fill the table of the new allocations, and those of their sums."""
    staged = _STAGED.c
    told = {"debtor": _debtor, "payer": _payer, "item_day": _item_day, "wanted": _wanted}
    values = {name: staged[name] for name in _CELLS} | told | {"complaint": _complaint(case_.unread)}
    new = select(*values.values()).select_from(_rows()).where(staged.sound, ~STANDINGS[ALLOCATIONS].is_there)
    remake(case_.connection, WEIGHED)
    case_.connection.execute(insert(WEIGHED).from_select(list(values), new))
    finish(case_.connection, WEIGHED)
    _sum(case_, SPENT, PAYMENT)
    _sum(case_, PAID, ITEM)


_SIGNS = {
    1: "must be positive here",
    -1: "must be negative here: a reversal takes money back, a credit note gives it",
    0: "cannot pay a due item of zero",
}
_SAID: dict[str, tuple[str, Callable[[Told], str]]] = {
    "payment": ("reference", lambda row: f"is in neither {PAYMENTS} nor the database as a payment by {row['method']}"),
    "item": ("plan_due_on", lambda _row: f"is of no due item in {DUE_ITEMS} or the database"),
    "customer": ("contract", lambda row: f"is of customer {row['debtor']}, the payment of customer {row['payer']}"),
    "invoice": ("number", lambda _row: "is not invoiced yet: leave the allocation out, the money stays unapplied"),
    "day": ("plan_due_on", lambda row: f"is not the plan_due_on of the due item, {row['item_day']}"),
    "sign": ("amount_cents", lambda row: _SIGNS[row["wanted"]]),
}


def complaints(case_: Case) -> Iterator[Fault]:
    """The rows with a complaint."""
    for row in case_.rows(select(WEIGHED).where(WEIGHED.c.complaint.is_not(None))):
        name, said = _SAID[row["complaint"]]
        yield case_.fault(ALLOCATIONS, row, name, said(row))


def _sum(case_: Case, sums: Table, names: Sequence[str]) -> None:
    by = [WEIGHED.c[name] for name in names]
    rows = select(*by, total(WEIGHED.c.amount_cents), func.max(WEIGHED.c.line)).where(WEIGHED.c.complaint.is_(None))
    remake(case_.connection, sums)
    case_.connection.execute(insert(sums).from_select([*names, "total", "line"], rows.group_by(*by)))
    finish(case_.connection, sums)
