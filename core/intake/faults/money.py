"""Faults of the money: an allocation pays an invoiced item of its customer, within payment and item.

What the database holds already counts with what is new.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Integer,
    MetaData,
    ScalarSelect,
    Table,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from core.billing.tables import Allocation, DueItem, Payment
from core.book.ledger import total
from core.book.tables import Contract
from core.db import Rows
from core.intake.columns import ALLOCATIONS, DUE_ITEMS, NUMBERED_KINDS, PAYMENTS
from core.intake.faults import weighing
from core.intake.faults.case import Case, Told
from core.intake.faults.weighing import PAID, SPENT, WEIGHED
from core.intake.rules.book import Fault
from core.intake.staging import ANY_DAY, ITEM, PAYMENT, TABLES, alike, finish, gross, remake
from core.intake.standing import STANDINGS, book_first, named
from core.kit.money import euro_text

# `line` is that of a reversal which is new.
_PAIRS = Table(
    "reversal_pairs",
    MetaData(),
    *(Column(name, Text) for name in ("method", "reversal", "origin")),
    Column("line", Integer),
    prefixes=["TEMPORARY"],
)
_HALVES = ("reversal", "origin")
_UNTRUE = "is part of a reversal whose allocations are not the opposite of those of the payment it takes back"


def faults(case_: Case) -> Iterator[Fault]:
    """Faults of the allocations that are not in the database yet, together with those that are."""
    weighing.weigh(case_)
    yield from weighing.complaints(case_)
    for row in case_.rows(_overspent()):
        reason = f"brings the allocations of the payment to {euro_text(row['total'])}, it is of {euro_text(row['of'])}"
        yield case_.fault(ALLOCATIONS, row, "amount_cents", reason)
    for row in case_.rows(_overpaid()):
        reason = f"brings what is paid of the due item to {euro_text(row['total'])}, it is of {euro_text(row['of'])}"
        yield case_.fault(ALLOCATIONS, row, "amount_cents", reason)
    if case_.unread.isdisjoint((PAYMENTS, ALLOCATIONS)):
        yield from _untrue_reversals(case_)


def _beyond(sum_: ColumnElement[int], whole: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a sum lies outside what lies between nothing and the whole."""
    return case((whole >= 0, or_(sum_ < 0, sum_ > whole)), (whole < 0, or_(sum_ > 0, sum_ < whole)), else_=false())


def _last_of(sums: Table, sum_: ColumnElement[int], whole: ColumnElement[int]) -> Rows:
    """The last row of each sum, whose amount is only asked for where the sum goes beyond its whole."""
    amount = select(func.max(WEIGHED.c.amount_cents)).where(WEIGHED.c.line == sums.c.line).scalar_subquery()
    rows: Rows = select(sums.c.line, amount.label("amount_cents"), sum_.label("total"), whole.label("of"))
    return rows.select_from(sums)


def _overspent() -> Rows:
    sums = SPENT.c
    staged = TABLES[PAYMENTS].alias()
    of_payment = select(total(Allocation.amount_cents)).where(Allocation.payment_id == Payment.id).scalar_subquery()
    before = case((Payment.id.is_(None), 0), else_=of_payment)
    whole = book_first(staged, "amount_cents", Payment.amount_cents)
    rows = _last_of(SPENT, sums.total + before, whole)
    rows = rows.outerjoin(staged, alike(staged.c, sums, PAYMENT))
    rows = rows.outerjoin(Payment, and_(Payment.method == sums.method, Payment.reference == sums.reference))
    return rows.where(_beyond(sums.total + before, whole))


def _overpaid() -> Rows:
    sums = PAID.c
    staged = TABLES[DUE_ITEMS].alias()
    paid = sums.total + func.coalesce(DueItem.paid_cents, 0)
    whole = case((staged.c.line.is_not(None), gross(staged.c)), else_=DueItem.gross_cents)
    rows = _last_of(PAID, paid, whole)
    rows = rows.outerjoin(staged, alike(staged.c, sums, ITEM))
    rows = rows.outerjoin(Contract, Contract.number == sums.contract)
    rows = rows.outerjoin(DueItem, and_(DueItem.contract_id == Contract.id, named(DueItem, sums)))
    return rows.where(_beyond(paid, whole))


def _untrue_reversals(case_: Case) -> Iterator[Fault]:
    """A reversal takes back item by item what its payment had paid; told at the new row that makes it untrue."""
    _pair(case_)
    pairs = _PAIRS
    parts = union_all(*_parts()).subquery()
    by_item = select(parts.c.method, parts.c.reversal).group_by(*(parts.c[n] for n in ("method", "reversal", *ITEM)))
    uneven = by_item.having(func.sum(parts.c.amount_cents) != 0).distinct().subquery()
    last = {name: _last(pairs.c[name]).label(f"last_of_{name}") for name in _HALVES}
    untrue = select(*pairs.c, *last.values()).where(*(~_unsure(pairs.c[name]) for name in _HALVES))
    untrue = untrue.join(uneven, and_(uneven.c.method == pairs.c.method, uneven.c.reversal == pairs.c.reversal))
    for row in case_.rows(untrue):
        yield from _told(case_, row)


def _told(case_: Case, row: Told) -> Iterator[Fault]:
    if row["last_of_reversal"] is not None:
        place = {"line": row["last_of_reversal"], "reference": row["reversal"]}
        yield case_.fault(ALLOCATIONS, place, "reference", _UNTRUE)
    elif row["line"] is not None:
        yield case_.fault(PAYMENTS, {"line": row["line"], "reverses": row["origin"]}, "reverses", _UNTRUE)
    elif row["last_of_origin"] is not None:
        place = {"line": row["last_of_origin"], "reference": row["origin"]}
        yield case_.fault(ALLOCATIONS, place, "reference", _UNTRUE)


def _pair(case_: Case) -> None:
    """Each reversal with its payment: those of the book, and those stored that a new allocation touches."""
    remake(case_.connection, _PAIRS)
    for pairs in (_staged_pairs(), _stored_pairs()):
        case_.connection.execute(insert(_PAIRS).from_select(list(_PAIRS.c.keys()), pairs))
    finish(case_.connection, _PAIRS)


def _staged_pairs() -> Rows:
    staged, taken, stored = TABLES[PAYMENTS], TABLES[PAYMENTS].alias(), aliased(Payment)
    in_book = exists().where(taken.c.method == staged.c.method, taken.c.reference == staged.c.reverses)
    in_database = exists().where(stored.method == staged.c.method, stored.reference == staged.c.reverses)
    stands = STANDINGS[PAYMENTS]
    return (
        select(
            staged.c.method,
            staged.c.reference.label("reversal"),
            staged.c.reverses.label("origin"),
            case((stands.is_there, null()), else_=staged.c.line).label("line"),
        )
        .select_from(stands.rows)
        .where(staged.c.sound, staged.c.reverses.is_not(None), or_(in_book, in_database))
    )


def _stored_pairs() -> Rows:
    taker, taken, staged = aliased(Payment), aliased(Payment), TABLES[PAYMENTS].alias()

    def touched(payment: Any) -> ColumnElement[bool]:  # noqa: ANN401 - an alias
        return exists().where(WEIGHED.c.method == payment.method, WEIGHED.c.reference == payment.reference)

    again = exists().where(staged.c.method == taker.method, staged.c.reference == taker.reference, staged.c.sound)
    rows: Rows = select(taker.method, taker.reference, taken.reference, cast(null(), Integer))
    rows = rows.join(taken, taken.id == taker.reverses_id)
    return rows.where(or_(touched(taker), touched(taken)), ~again)


def _parts() -> Iterator[Rows]:
    """What the two halves of each pair pay, new and stored, by item."""
    day = case((DueItem.kind.in_(sorted(NUMBERED_KINDS)), literal(ANY_DAY, Date)), else_=DueItem.plan_due_on)
    pairs, pair = _PAIRS, (_PAIRS.c.method, _PAIRS.c.reversal)
    for half in _HALVES:
        new = select(*pair, *(WEIGHED.c[name] for name in ITEM), WEIGHED.c.amount_cents)
        new = new.join(WEIGHED, _of(WEIGHED, pairs.c[half])).where(WEIGHED.c.complaint.is_(None))
        yield new
        stored = select(*pair, Contract.number, DueItem.kind, DueItem.number, day, Allocation.amount_cents)
        stored = stored.join(Payment, and_(Payment.method == pairs.c.method, Payment.reference == pairs.c[half]))
        stored = stored.join(Allocation, Allocation.payment_id == Payment.id)
        stored = stored.join(DueItem, DueItem.id == Allocation.due_item_id)
        yield stored.join(Contract, Contract.id == DueItem.contract_id)


def _of(allocations: Any, reference: ColumnElement[str]) -> ColumnElement[bool]:  # noqa: ANN401 - a table
    return and_(allocations.c.method == _PAIRS.c.method, allocations.c.reference == reference)


def _last(reference: ColumnElement[str]) -> ScalarSelect[int]:
    """The last new allocation of a payment."""
    rows = select(func.max(WEIGHED.c.line)).where(_of(WEIGHED, reference), WEIGHED.c.complaint.is_(None))
    return rows.scalar_subquery()


def _unsure(reference: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a payment has a faulty row: whether its allocations match is asked again once that is mended."""
    staged = TABLES[ALLOCATIONS]
    unread = exists().where(_of(staged, reference), ~staged.c.sound)
    return or_(unread, exists().where(_of(WEIGHED, reference), WEIGHED.c.complaint.is_not(None)))
