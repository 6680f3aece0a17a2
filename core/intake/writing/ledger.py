"""Due items, payments and allocations, and the kept sums of what is paid."""

from datetime import date

from sqlalchemy import ColumnElement, FromClause, Select, SQLColumnExpression, and_, case, func, or_, select, update
from sqlalchemy.orm import aliased

from core.billing.tables import Allocation, DueItem, Invoice, Payment
from core.book.tables import Contract, PlanRow
from core.identity.tables import Customer
from core.intake.columns import DUE_ITEMS, NUMBERED_KINDS, PAYMENTS, PLAN_ROWS
from core.intake.faults.weighing import PAID, WEIGHED
from core.intake.staging import ITEM, TABLES, alike
from core.intake.standing import named
from core.intake.writing.rows import Values, Work, insert_new, inserted, own, update_changed


def write(work: Work) -> None:
    """Items that stand are brought up to date before new ones come, which bring what is paid of them along."""
    _due_items(work)
    _link_plan_rows(work)
    _payments(work)
    _allocations(work)


def _due_items(work: Work) -> None:
    staged, lease, bill = TABLES[DUE_ITEMS].c, aliased(Contract), aliased(Invoice)
    values: Values = {**own(DUE_ITEMS, "contract", "invoice", "gross_cents"), "invoice_id": bill.id}

    def billed(rows: FromClause) -> FromClause:
        return rows.join(lease, lease.number == staged.contract).outerjoin(bill, bill.number == staged.invoice)

    def paid(rows: FromClause) -> FromClause:
        plan = and_(PlanRow.contract_id == lease.id, _planned(staged.kind, staged.number, staged.plan_due_on))
        rows = billed(rows).outerjoin(PlanRow, plan)
        return rows.outerjoin(PAID, alike(PAID.c, staged, ITEM))

    update_changed(work, DUE_ITEMS, DueItem, billed, values)
    _pay_standing(work)
    links: Values = {"contract_id": lease.id, "customer_id": lease.customer_id, "plan_row_id": PlanRow.id}
    insert_new(work, DUE_ITEMS, DueItem, paid, {**values, **links, "paid_cents": func.coalesce(PAID.c.total, 0)})


def _planned(
    kind: SQLColumnExpression[str], number: SQLColumnExpression[int], day: SQLColumnExpression[date]
) -> ColumnElement[bool]:
    """Whether a plan row of the right contract is that of a due item: a credit note's is an index row."""
    plan_kind = case((kind == "NOTA_CREDITO", "INDICIZZAZIONE"), else_=kind)
    numbered = PlanRow.kind.in_(sorted(NUMBERED_KINDS))
    return and_(PlanRow.kind == plan_kind, PlanRow.number == number, or_(numbered, PlanRow.due_on == day))


def _pay_standing(work: Work) -> None:
    """The kept sums of the items that are there already; their allocations follow in the same transaction."""
    found = select(DueItem.id.label("item_id"), PAID.c.total).select_from(PAID)
    found = found.join(Contract, Contract.number == PAID.c.contract)
    found = found.join(DueItem, and_(DueItem.contract_id == Contract.id, named(DueItem, PAID.c)))
    paid = found.subquery()
    more = update(DueItem).where(DueItem.id == paid.c.item_id)
    work.connection.execute(more.values(paid_cents=DueItem.paid_cents + paid.c.total))


def _link_plan_rows(work: Work) -> None:
    """Tie due items that came before their plan rows."""
    if not work.has("new", PLAN_ROWS):
        return
    touched = select(Contract.id).join(TABLES[PLAN_ROWS], TABLES[PLAN_ROWS].c.contract == Contract.number)
    same = and_(PlanRow.contract_id == DueItem.contract_id, _planned(DueItem.kind, DueItem.number, DueItem.plan_due_on))
    plan_row = select(PlanRow.id).where(same).correlate(DueItem).scalar_subquery()
    loose = and_(DueItem.plan_row_id.is_(None), DueItem.contract_id.in_(touched))
    work.connection.execute(update(DueItem).where(loose).values(plan_row_id=plan_row))


def _payments(work: Work) -> None:
    """Payments before the reversals that name them."""
    staged, owner, taken = TABLES[PAYMENTS].c, aliased(Customer), aliased(Payment)
    values: Values = {**own(PAYMENTS, "customer", "reverses"), "customer_id": owner.id, "reverses_id": taken.id}

    def joined(rows: FromClause) -> FromClause:
        same = and_(taken.method == staged.method, taken.reference == staged.reverses)
        return rows.join(owner, owner.code == staged.customer).outerjoin(taken, same)

    for half in (staged.reverses.is_(None), staged.reverses.is_not(None)):
        insert_new(work, PAYMENTS, Payment, joined, values, half)


def _allocations(work: Work) -> None:
    rows = _found().where(WEIGHED.c.complaint.is_(None)).order_by(WEIGHED.c.line)
    inserted(work, Allocation, ["payment_id", "due_item_id", "amount_cents"], rows)


def _found() -> Select[tuple[int, int, int]]:
    """The new allocations with the ids of what they join."""
    weighed = WEIGHED.c
    rows = select(Payment.id, DueItem.id, weighed.amount_cents).select_from(WEIGHED)
    rows = rows.join(Payment, and_(Payment.method == weighed.method, Payment.reference == weighed.reference))
    rows = rows.join(Contract, Contract.number == weighed.contract)
    return rows.join(DueItem, and_(DueItem.contract_id == Contract.id, named(DueItem, weighed)))
