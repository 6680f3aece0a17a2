"""What is left of the principal on a day, and how much of what fell due is not paid."""

from collections.abc import Iterable, Sequence
from datetime import date

from core.kit.errors import N_
from core.kit.figures import Number, half_up, named, total


def outstanding(price: Number, repaid: Sequence[Number]) -> Number:
    """Cents of the price that are left once the principal of some rows is repaid (X11)."""
    left = price - named(total(repaid), N_("Principal repaid")) if repaid else price
    return named(left, N_("Outstanding principal"))


def outstanding_on(balances: Iterable[tuple[date, int]], price_cents: int, day: date) -> int:
    """Outstanding principal on a day: that after the last row due by then, the price before the first row (X11).

    `balances` are due dates and cents left, in order. The same as `outstanding` of the rows due by that day.
    """
    reached = price_cents
    for due_on, left in balances:
        if due_on <= day:
            reached = left
    return reached


def unpaid_principal(principal: Number, unpaid: Number, amount: Number) -> Number:
    """Cents of principal in the unpaid part of a due item: a payment settles principal, interest and VAT alike."""
    return named(half_up(principal * (unpaid / amount)), N_("Principal overdue and not paid"))
