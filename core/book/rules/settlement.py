"""What it takes to end a contract early: the payments still to come, worth today, with VAT, and what is owed besides.

An estimate; the definitive figure comes from the company.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from core.book.rules.amounts import gross, vat
from core.book.rules.rates import MONTHS_OF_YEAR
from core.book.rules.terms import Flow, Terms, flows
from core.kit.errors import N_
from core.kit.figures import Number, half_up, named, power, total


@dataclass(frozen=True, slots=True)
class Payment(Generic[Number]):
    """A payment to come: its number in the plan, cents net of VAT, and the periods until it."""

    number: int
    amount: Number
    periods: Number


def to_come(terms: Terms, reached: int) -> list[Flow]:
    """The flows after a period; those of period 0 are paid at the closing."""
    return [flow for flow in flows(terms) if flow.period > reached]


def discounted(payment: Payment[Number], rate: Number, period_months: Number) -> Number:
    """Cents, not rounded, that a payment is worth today at a nominal yearly rate: amount / (1 + i)^periods."""
    growth = rate * period_months / MONTHS_OF_YEAR + 1
    worth = payment.amount / power(growth, payment.periods)
    return named(worth, N_("Payment no. %(number)s, worth today"), number=payment.number)


def worth_today(payments: Sequence[Payment[Number]], rate: Number, period_months: Number) -> Number:
    """Cents that the payments to come, at least one, are worth today, net of VAT, rounded once.

    At the rate of the plan it is the outstanding principal, but for the cents that the plan's rows are rounded by.
    """
    parts = [discounted(payment, rate, period_months) for payment in payments]
    return named(half_up(total(parts)), N_("Payments to come, worth today"))


def settlement(overdue: Number, late: Number, worth: Number, vat_rate: Number, fees: Number) -> Number:
    """Cents to end the contract: overdue balances, late interest, the payments to come with VAT, penalties and fees.

    All in cents as they are to be paid, but for `worth`, which is net of VAT.
    """
    payable = gross(worth, vat(worth, vat_rate))
    return named(overdue + late + payable + fees, N_("Estimate for ending the contract early"))
