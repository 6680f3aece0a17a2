"""The leasing engine: the rate solved from the agreed rent, the rows of the plan, the quarterly index charge.

Amounts are integer cents net of VAT, rounded half up once; a rate is the nominal yearly one as a Decimal (0.08 = 8 %).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

from core.kit.dates import add_months, month_end
from core.kit.money import divide_half_up

PPM = 1_000_000
INDEX_DIVISOR = 360
HIGHEST_RATE = Decimal(10)
_MONTHS_OF_YEAR = 12
_DIGITS = 60
_BISECTIONS = 200
_THREE_DECIMALS = Decimal("0.001")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed, in cents net of VAT. `at_closing` rents are paid at time 0; the residual falls on `periods`."""

    price_cents: int
    deposit_cents: int
    rent_cents: int
    residual_cents: int
    instalments: int
    periods: int
    at_closing: int = 0
    period_months: int = 1


@dataclass(frozen=True, slots=True)
class Flow:
    """An amount due at the end of a period; period 0 is the closing."""

    kind: str
    number: int
    period: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the amortization plan: amount = principal + interest; `outstanding_cents` is what is left after it."""

    kind: str
    number: int
    amount_cents: int
    principal_cents: int
    interest_cents: int
    outstanding_cents: int


@dataclass(frozen=True, slots=True)
class IndexedMonth:
    """A month of a quarter: outstanding at its start, days with both ends included, mean of the index in ppm."""

    outstanding_cents: int
    days: int
    index_ppm: int


def flows(terms: Terms) -> list[Flow]:
    """What the lessee pays, in order: anticipo (if any), the rents, riscatto (if any)."""
    deposit = Flow("ANTICIPO", 0, 0, terms.deposit_cents)
    rents = [
        Flow("CANONE", number, max(0, number - terms.at_closing), terms.rent_cents)
        for number in range(1, terms.instalments + 1)
    ]
    residual = Flow("RISCATTO", terms.instalments + 1, terms.periods, terms.residual_cents)
    return [*([deposit] if terms.deposit_cents else []), *rents, *([residual] if terms.residual_cents else [])]


def present_value(due: Iterable[Flow], rate: Decimal, period_months: int = 1) -> Decimal:
    """Cents at time 0 of flows in order of period: Σ amount · (1 + rate · period_months / 12)^−period."""
    with localcontext(prec=_DIGITS):
        growth = 1 + rate * period_months / _MONTHS_OF_YEAR
        value, discount, reached = Decimal(0), Decimal(1), 0
        for flow in due:
            discount /= growth ** (flow.period - reached)
            value += flow.amount_cents * discount
            reached = flow.period
        return value


def solved_rate(due: Sequence[Flow], price_cents: int, period_months: int = 1) -> Decimal:
    """The nominal yearly rate at which the flows are worth the price, by bisection on exact decimals.

    Raises ValueError when no rate between 0 and 1000 % does it.
    """
    low, high = Decimal(0), HIGHEST_RATE
    if not present_value(due, high, period_months) <= price_cents <= present_value(due, low, period_months):
        raise ValueError(f"no rate between 0 and 1000 % makes these flows worth {price_cents} cents")
    with localcontext(prec=_DIGITS):
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            too_low = present_value(due, middle, period_months) > price_cents
            low, high = (middle, high) if too_low else (low, middle)
        return high


def effective_rate(rate: Decimal, period_months: int = 1) -> Decimal:
    """The compound yearly rate (TIR) of a nominal one: (1 + rate · p / 12)^(12 / p) − 1."""
    with localcontext(prec=_DIGITS):
        growth = 1 + rate * period_months / _MONTHS_OF_YEAR
        return growth ** (Decimal(_MONTHS_OF_YEAR) / period_months) - 1


def rate_ppm(rate: Decimal) -> int:
    """A rate in parts per million, for display only: a plan is never made again from it."""
    return int((rate * PPM).quantize(Decimal(1), ROUND_HALF_UP))


def rent_cents(terms: Terms, rate: Decimal) -> int:
    """The rent, in cents, that makes the terms worth their price at a rate; the terms' own rent is not read."""
    without = present_value(flows(replace(terms, rent_cents=0)), rate, terms.period_months)
    of_one_cent = present_value(flows(replace(terms, rent_cents=1)), rate, terms.period_months) - without
    return int(((terms.price_cents - without) / of_one_cent).quantize(Decimal(1), ROUND_HALF_UP))


def interest_cents(balance_cents: int, rate: Decimal, months: int) -> int:
    """Cents of balance · rate · months / 12, exact until its one rounding: a pre-divided rate loses half cents."""
    numerator, denominator = rate.as_integer_ratio()
    return divide_half_up(balance_cents * numerator * months, denominator * _MONTHS_OF_YEAR)


def plan(terms: Terms, rate: Decimal) -> list[Row]:
    """The rows of the plan at a rate; the last one pays off what is left, so its interest absorbs the rounding."""
    due = flows(terms)
    rows: list[Row] = []
    balance, reached = terms.price_cents, 0
    for flow in due:
        interest = interest_cents(balance, rate, (flow.period - reached) * terms.period_months)
        principal = balance if flow is due[-1] else min(flow.amount_cents - interest, balance)
        balance, reached = balance - principal, flow.period
        rows.append(Row(flow.kind, flow.number, flow.amount_cents, principal, flow.amount_cents - principal, balance))
    return rows


def due_dates(first: date, count: int, period_months: int = 1) -> list[date]:
    """`count` dates a period apart; a first date on a month's end keeps to the months' ends."""
    days = [add_months(first, period_months * step) for step in range(count)]
    return [month_end(day) for day in days] if first == month_end(first) else days


def outstanding_on(balances: Iterable[tuple[date, int]], price_cents: int, day: date) -> int:
    """Outstanding principal on a day: that after the last row due by then, the price before the first row (X11)."""
    reached = price_cents
    for due_on, outstanding in balances:
        if due_on <= day:
            reached = outstanding
    return reached


def index_ppm(mean_percent: Decimal | str) -> int:
    """A monthly mean in percent (`2.063476`), rounded once to three decimals, in ppm (20630)."""
    return int(Decimal(mean_percent).quantize(_THREE_DECIMALS, ROUND_HALF_UP) * (PPM // 100))


def index_periods(first: date, last: date) -> Iterator[tuple[date, date, date]]:
    """The quarters an index is adjusted for: competence from, competence to, day the calendar quarter ends.

    The days before the first whole quarter are charged with it: 21/06 to 30/09, then 01/10 to 31/12.
    """
    start = first
    while start <= last:
        ends_on = _quarter_end(start)
        if start == first and start != add_months(ends_on.replace(day=1), -2):
            ends_on = _quarter_end(ends_on + _DAY)
        yield start, min(ends_on, last), ends_on
        start = ends_on + _DAY


def _quarter_end(day: date) -> date:
    return month_end(date(day.year, (day.month + 2) // 3 * 3, 1))


def calendar_months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days first..last cut at the months' ends."""
    start = first
    while start <= last:
        yield start, min(month_end(start), last)
        start = month_end(start) + _DAY


def index_charge(quarter: Iterable[IndexedMonth], base_ppm: int, divisor: int = INDEX_DIVISOR) -> int:
    """Cents of Σ outstanding · (index − base) · days / divisor, rounded once for the quarter; may be negative."""
    parts = sum(month.outstanding_cents * (month.index_ppm - base_ppm) * month.days for month in quarter)
    return divide_half_up(parts, PPM * divisor)
