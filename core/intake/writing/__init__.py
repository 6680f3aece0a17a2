"""What a judged book becomes in each table, in the order in which the tables lean on each other."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, case, insert, or_, select, update

from core.billing.tables import Allocation, DueItem, Payment
from core.book.tables import Asset, Contract, IndexRate, PlanRow
from core.db import execute_many
from core.identity.tables import Customer
from core.intake.columns import (
    ALLOCATIONS,
    ASSETS,
    CONTRACTS,
    CUSTOMERS,
    DUE_ITEMS,
    INDEX_RATES,
    NUMBERED_KINDS,
    PAYMENTS,
    PLAN_ROWS,
    Values,
)
from core.intake.rules.book import Row, item_of, payment_of
from core.intake.rules.judging import Verdict
from core.intake.writing.invoices import write_documents, write_invoices
from core.intake.writing.rows import Work, chunks, insert_rows, linked, save

_MASTER_DATA = (
    (CUSTOMERS, Customer, ("code",)),
    (CONTRACTS, Contract, ("number",)),
    (ASSETS, Asset, ("code",)),
    (PLAN_ROWS, PlanRow, ("contract_id", "kind", "number", "due_on")),
)


def record(connection: Connection, verdict: Verdict, now: datetime, advance: Callable[[int], None]) -> None:
    """Write what is new and what changed, in the caller's transaction. `advance` hears of each chunk of rows."""
    stored = verdict.case.stored.rows
    ids = {file: {key: values["id"] for key, values in rows.items() if "id" in values} for file, rows in stored.items()}
    work = Work(connection, verdict, now, advance, ids)
    for file, table, names in _MASTER_DATA:
        save(work, file, table, linked, names)
    write_invoices(work)
    write_documents(work)
    save(work, DUE_ITEMS, DueItem, _due_item, ("contract_id", "kind", "number", "plan_due_on"))
    _link_plan_rows(work)
    _write_payments(work)
    _write_allocations(work)
    _write_rates(work)


def _due_item(work: Work, row: Row) -> Values:
    item = linked(work, row)
    del item["gross_cents"]
    contract = work.case.found(CONTRACTS, row.values["contract"]) or {}
    return item | {"customer_id": work.ids[CUSTOMERS][contract["customer"],]}


def _link_plan_rows(work: Work) -> None:
    """Tie due items to their plan rows, whichever of the two came first."""
    contracts = {work.ids[CONTRACTS][row.values["contract"],] for row in _new_ledger_rows(work)}
    kind = case((DueItem.kind == "NOTA_CREDITO", "INDICIZZAZIONE"), else_=DueItem.kind)
    numbered = (DueItem.kind == numbered_kind for numbered_kind in sorted(NUMBERED_KINDS))
    same = and_(
        PlanRow.contract_id == DueItem.contract_id,
        PlanRow.kind == kind,
        PlanRow.number == DueItem.number,
        or_(*numbered, PlanRow.due_on == DueItem.plan_due_on),
    )
    plan_row = select(PlanRow.id).where(same).scalar_subquery()
    loose = and_(DueItem.contract_id == bindparam("contract"), DueItem.plan_row_id.is_(None))
    statement = update(DueItem).where(loose).values(plan_row_id=plan_row)
    execute_many(work.connection, statement, [{"contract": contract} for contract in sorted(contracts)])


def _new_ledger_rows(work: Work) -> list[Row]:
    return work.verdict.new[DUE_ITEMS] + work.verdict.new[PLAN_ROWS]


def _write_payments(work: Work) -> None:
    """Payments before the reversals that name them."""
    fresh = work.verdict.new[PAYMENTS]
    for reversals in (False, True):
        for rows in chunks([row for row in fresh if bool(row.values["reverses"]) is reversals]):
            added = insert_rows(work, Payment, [_payment(work, row) for row in rows], ("method", "reference"))
            work.ids[PAYMENTS].update(zip((payment_of(row.values) for row in rows), added, strict=True))
            work.advance(len(rows))


def _payment(work: Work, row: Row) -> Values:
    payment = linked(work, row)
    origin = payment.pop("reverses")
    reverses_id = work.ids[PAYMENTS][row.values["method"], origin] if origin else None
    return payment | {"reverses_id": reverses_id}


def _write_allocations(work: Work) -> None:
    """Allocations, and in the same transaction the kept sums of the due items they pay."""
    paid: Counter[int] = Counter()
    for rows in chunks(work.verdict.new[ALLOCATIONS]):
        records = [
            {
                "payment_id": work.ids[PAYMENTS][payment_of(row.values)],
                "due_item_id": work.ids[DUE_ITEMS][item_of(row.values)],
                "amount_cents": row.values["amount_cents"],
            }
            for row in rows
        ]
        work.connection.execute(insert(Allocation), records)
        for allocation in records:
            paid[allocation["due_item_id"]] += allocation["amount_cents"]
        work.advance(len(rows))
    statement = update(DueItem).where(DueItem.id == bindparam("item"))
    statement = statement.values(paid_cents=DueItem.paid_cents + bindparam("cents"))
    execute_many(work.connection, statement, [{"item": item, "cents": cents} for item, cents in paid.items()])


def _write_rates(work: Work) -> None:
    stamp = {"imported_at": work.now}
    execute_many(work.connection, insert(IndexRate), [row.values | stamp for row in work.verdict.new[INDEX_RATES]])
    statement = update(IndexRate).where(IndexRate.code == bindparam("rate"), IndexRate.month == bindparam("of_month"))
    statement = statement.values(ppm=bindparam("new_ppm"), source=bindparam("new_source"), imported_at=work.now)
    changed = [row.values for row in work.verdict.changed[INDEX_RATES]]
    execute_many(
        work.connection,
        statement,
        [{"rate": v["code"], "of_month": v["month"], "new_ppm": v["ppm"], "new_source": v["source"]} for v in changed],
    )
    work.advance(len(work.verdict.new[INDEX_RATES]) + len(changed))
