"""Due items that an early termination takes away: of the plan, due after it, without an invoice. Pure."""

from core.intake.columns import CONTRACTS, DUE_ITEMS, PLAN_ROWS, Key
from core.intake.rules.standing import Case


def lapsed(case: Case) -> frozenset[Key]:
    """The keys of the due items, of the book or the database, that are no longer owed once the book is in."""
    keys = case.stored.rows[DUE_ITEMS].keys() | case.named[DUE_ITEMS].keys()
    return frozenset(key for key in keys if _lapsed(case, key))


def _lapsed(case: Case, key: Key) -> bool:
    item = case.found(DUE_ITEMS, *key) or {}
    ended_on = (case.found(CONTRACTS, key[0]) or {}).get("terminated_on")
    planned_on = (case.found(PLAN_ROWS, *key) or {}).get("due_on")
    if ended_on is None or planned_on is None or item.get("invoice") is not None:
        return False
    return bool(planned_on > ended_on)
