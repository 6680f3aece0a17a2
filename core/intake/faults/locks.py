"""What a second import may not change: issued invoices, money, and what they were calculated from."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Label, SQLColumnExpression, and_, or_, select

from core.billing.tables import DueItem, Invoice
from core.book.tables import Contract, Document, PlanRow
from core.db import Rows
from core.intake.columns import (
    ALLOCATIONS,
    CONTRACTS,
    DOCUMENTS,
    DUE_ITEMS,
    INDEX_RATES,
    INVOICES,
    PAPERS,
    PAYMENTS,
    PLAN_ROWS,
)
from core.intake.faults.case import Case, Told, written
from core.intake.rules.book import INVOICED_KINDS, Fault
from core.intake.staging import NAMED_ON, TABLES
from core.intake.standing import STANDINGS, Standing, book_first, named
from core.kit.dates import add_months

_BEFORE = "before_"
_DOCUMENT = "a document is never changed"
_FINAL = {
    INVOICES: "an invoice is never changed",
    PAYMENTS: "a payment is never changed, only taken back",
    ALLOCATIONS: "an allocation is never changed",
}


def faults(case: Case) -> Iterator[Fault]:
    """Values that differ from what was imported before and may not."""
    for file, reason in _FINAL.items():
        stands = STANDINGS[file]
        for row in case.rows(_changed(stands)):
            yield from _locked(case, file, row, stands.stored, reason)
    for row in case.rows(_changed(STANDINGS[CONTRACTS])):
        yield from _locked(case, CONTRACTS, row, ("customer",), "a contract stays its customer's")
    yield from _documents(case)
    yield from _papers(case)
    yield from _due_items(case)
    yield from _plan_rows(case)
    yield from _index_rates(case)


def _changed(stands: Standing, rows: FromClause | None = None, **told: SQLColumnExpression[Any]) -> Rows:
    """The sound staged rows that differ from what is stored, with the stored values beside their own."""
    staged = TABLES[stands.file]
    before: list[Label[Any]] = [was.label(f"{_BEFORE}{name}") for name, was in stands.stored.items()]
    further: list[Label[Any]] = [value.label(name) for name, value in told.items()]
    from_rows = stands.found if rows is None else rows
    return select(*staged.c, *before, *further).select_from(from_rows).where(staged.c.sound, stands.changed)


def _locked(case: Case, file: str, row: Told, names: Iterable[str], reason: str) -> Iterator[Fault]:
    for name in names:
        if row[name] != row[f"{_BEFORE}{name}"]:
            was = written(name, row[f"{_BEFORE}{name}"]) or "empty"
            yield case.fault(file, row, name, f"was imported as {was}: {reason}")


def _documents(case: Case) -> Iterator[Fault]:
    for row in case.rows(_changed(STANDINGS[DOCUMENTS], filename=Document.filename)):
        if row["sha256"] != row["before_sha256"]:
            yield case.fault(DOCUMENTS, row, "file", f"was imported as {row['filename']}: {_DOCUMENT}")
        if row["title"] is not None:
            yield from _locked(case, DOCUMENTS, row, ("title",), _DOCUMENT)


def _papers(case: Case) -> Iterator[Fault]:
    stands = STANDINGS[PAPERS]
    for row in case.rows(_changed(stands)):
        if row["sha256"] != row["before_sha256"]:
            yield case.fault(PAPERS, row, "file", f"was imported with another content: {_DOCUMENT}")
        yield from _locked(case, PAPERS, row, stands.stored.keys() - {"sha256"}, _DOCUMENT)


def _due_items(case: Case) -> Iterator[Fault]:
    stands = STANDINGS[DUE_ITEMS]
    for row in case.rows(_changed(stands).where(DueItem.invoice_id.is_not(None))):
        yield from _locked(case, DUE_ITEMS, row, stands.stored, "an invoiced due item is never changed")
    if PLAN_ROWS in case.unread:
        return
    staged, plan = TABLES[DUE_ITEMS], TABLES[PLAN_ROWS].alias()
    rows = stands.found.outerjoin(plan, _same_name(plan, staged, staged.c.kind))
    rows = rows.outerjoin(PlanRow, and_(PlanRow.contract_id == Contract.id, named(PlanRow, staged.c)))
    planned = book_first(plan, "due_on", PlanRow.due_on)
    parted = and_(DueItem.invoice_id.is_(None), planned != staged.c.plan_due_on)
    for row in case.rows(_changed(stands, rows, planned=planned).where(parted)):
        yield from _locked(case, DUE_ITEMS, row, ("plan_due_on",), f"its plan row is of {row['planned']}")


def _plan_rows(case: Case) -> Iterator[Fault]:
    stands, staged, item = STANDINGS[PLAN_ROWS], TABLES[PLAN_ROWS], TABLES[DUE_ITEMS].alias()
    credited = and_(
        staged.c.kind == "INDICIZZAZIONE",
        DueItem.kind == "NOTA_CREDITO",
        DueItem.number == staged.c.number,
        DueItem.plan_due_on == staged.c[NAMED_ON],
    )
    same = and_(DueItem.contract_id == Contract.id, or_(named(DueItem, staged.c), credited))
    rows = stands.found.join(DueItem, same).outerjoin(Invoice, Invoice.id == DueItem.invoice_id)
    rows = rows.outerjoin(item, _same_name(item, staged, DueItem.kind))
    told = {"invoice": Invoice.number, "moves_to": book_first(item, "plan_due_on", DueItem.plan_due_on)}
    for row in case.rows(_changed(stands, rows, **told)):
        if row["invoice"] is not None:
            reason = f"its due item is on invoice {row['invoice']}"
            yield from _locked(case, PLAN_ROWS, row, ("amount_cents", "due_on"), reason)
        elif row["moves_to"] not in {None, row["due_on"]} and DUE_ITEMS not in case.unread:
            yield from _locked(case, PLAN_ROWS, row, ("due_on",), f"its due item has to move with it, in {DUE_ITEMS}")


def _same_name(alias: Any, staged: Any, kind: SQLColumnExpression[str]) -> ColumnElement[bool]:  # noqa: ANN401 - tables
    """Whether a staged row of another file is of the same contract, number and day, and of a kind."""
    shared = ("contract", "number", NAMED_ON)
    return and_(alias.c.kind == kind, *(alias.c[name] == staged.c[name] for name in shared))


def _index_rates(case: Case) -> Iterator[Fault]:
    changed = list(case.rows(_changed(STANDINGS[INDEX_RATES])))
    locked = set(_locked_months(case, {row["code"] for row in changed}))
    for row in changed:
        if (row["code"], row["month"]) in locked:
            yield from _locked(case, INDEX_RATES, row, ("ppm",), "an invoiced index row was calculated from it")


def _locked_months(case: Case, codes: set[str]) -> Iterator[tuple[str, date]]:
    """The months of the quarters whose index rows are due items, which they are by their invoice."""
    quarters = (
        select(Contract.index_code.label("code"), PlanRow.accrues_from, PlanRow.accrues_to)
        .distinct()
        .join(PlanRow, PlanRow.contract_id == Contract.id)
        .join(DueItem, DueItem.plan_row_id == PlanRow.id)
        .where(DueItem.kind.in_(INVOICED_KINDS), Contract.index_code.in_(codes))
    )
    for row in case.rows(quarters) if codes else ():
        month = row["accrues_from"].replace(day=1)
        while month <= row["accrues_to"]:
            yield row["code"], month
            month = add_months(month, 1)
