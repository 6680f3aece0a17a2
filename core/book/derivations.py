"""How the rows of a plan follow from the contract's terms: the figures of a row, worked out by the rules of the engine.

Where the company recorded another amount than its own terms give, the difference is a figure of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

from sqlalchemy import Row

from core.book import rules
from core.book.tables import INTEREST_ONLY
from core.kit.errors import N_
from core.kit.figures import Figure, Unit, Words, fact, named

_BEFORE = N_("Principal before")
_AGREED = {"CANONE": "rent_cents", "ANTICIPO": "deposit_cents", "RISCATTO": "residual_cents"}

Line = Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class Origins:
    """A contract (its columns and `status`), its plan rows in order, and the means of its index by month."""

    contract: Line
    rows: Sequence[Line]
    means: Mapping[date, Line]

    @cached_property
    def base_rows(self) -> list[Line]:
        """The rows that repay the price."""
        return [row for row in self.rows if row.kind not in INTEREST_ONLY]

    @cached_property
    def terms(self) -> rules.Terms:
        """What was agreed, in cents net of VAT."""
        of = self.contract
        return rules.agreed(
            of.price_cents,
            of.deposit_cents,
            of.rent_cents,
            of.residual_cents,
            instalments=of.instalments,
            months=of.months,
            period_months=of.period_months,
            in_advance=of.in_advance,
        )

    @cached_property
    def facts(self) -> dict[str, Figure]:
        """What was agreed, as facts of the contract, by the fields of `Terms`."""
        return rules.term_figures(self.terms, self.source)

    @property
    def source(self) -> Words:
        """Where its facts come from."""
        return Words(N_("contract %(number)s"), {"number": self.contract.number})

    def before(self, row: Line) -> Figure:
        """Cents outstanding before a base row: what the row above leaves, the price before the first."""
        for above, below in pairwise(self.base_rows):
            if below.id == row.id:
                return _left_by(above)
        return self._at_first()

    def outstanding_on(self, day: date) -> Figure:
        """Cents outstanding on a day, which the last base row due by then leaves."""
        due = [row for row in self.base_rows if row.due_on <= day]
        return _left_by(due[-1]) if due else self._at_first()

    def _at_first(self) -> Figure:
        return fact(self.contract.price_cents, Unit.CENTS, _BEFORE, self.source)

    def mean(self, month: date) -> Figure | None:
        """The mean of the index in a month as a share, if it is known."""
        mean = self.means.get(month.replace(day=1))
        if mean is None:
            return None
        source = Words(mean.source) if mean.source else None
        return fact(rules.share(mean.ppm), Unit.SHARE, N_("Mean of the index"), source)

    @property
    def base(self) -> Figure:
        """The base of the index as a share."""
        value: Fraction = rules.share(self.contract.index_base_ppm or 0)
        return fact(value, Unit.SHARE, N_("Base of the index"), self.source)


def _left_by(row: Line) -> Figure:
    source = Words(N_("plan row due on %(day)s"), {"day": row.due_on})
    return fact(row.outstanding_cents, Unit.CENTS, _BEFORE, source)


def row_figures(of: Origins, row: Line) -> Iterator[Figure]:
    """The figures of a plan row, the amount first; what nothing explains is a fact of the plan."""
    if row.kind == "INDICIZZAZIONE":
        yield from _index_figures(of, row)
    elif row.kind in _AGREED:
        yield from _repayment(of, row)
    else:
        yield _recorded(row.amount_cents, N_("Amount of the row"))


def left_on(of: Origins, day: date) -> Iterator[Figure]:
    """Cents left of the principal on a day: the price less what the rows due by then repay (X11)."""
    name = N_("Principal of the row due on %(day)s")
    repaid = [fact(row.principal_cents, Unit.CENTS, name, day=row.due_on) for row in of.base_rows if row.due_on <= day]
    left = rules.outstanding(of.facts["price_cents"], repaid)
    for row in [row for row in of.rows if row.due_on <= day][-1:]:
        if row.outstanding_cents != left.value:
            yield _recorded(row.outstanding_cents)
            yield from _beside_plan(left, row.outstanding_cents)
    yield left


def _recorded(cents: int, name: str = N_("Recorded amount")) -> Figure:
    return fact(cents, Unit.CENTS, name, Words(N_("plan of the company")))


def _repayment(of: Origins, row: Line) -> Iterator[Figure]:
    """What was agreed, or what the company has in its place, and how it divides into interest and principal."""
    agreed = of.facts[_AGREED[row.kind]]
    amount = agreed if agreed.value == row.amount_cents else _recorded(row.amount_cents, N_("Amount of the row"))
    yield amount
    yield from _beside_plan(agreed, row.amount_cents)
    flows = rules.flows(of.terms)
    place = next((n for n, flow in enumerate(flows) if (flow.kind, flow.number) == (row.kind, row.number)), None)
    rate = _rate(of)
    if place is None or rate is None:
        return
    since = flows[place].period - (flows[place - 1].period if place else 0)
    months = fact(since * of.terms.period_months, Unit.MONTHS, N_("Months since the row before"))
    parts = rules.split(amount, of.before(row), rate, months, last=place == len(flows) - 1)
    recorded = row.interest_cents, row.principal_cents, row.outstanding_cents
    for figure, cents in zip((parts.interest, parts.principal, parts.outstanding), recorded, strict=True):
        yield figure
        yield from _beside_plan(figure, cents)


def _rate(of: Origins) -> Figure | None:
    """The rate that the terms carry; none where no rate makes the payments worth the price."""
    try:
        return rules.explained_rate(of.facts)
    except ValueError:
        return None


def _beside_plan(worked_out: Figure, cents: int) -> Iterator[Figure]:
    """What the company's plan has less what was worked out, where they differ."""
    if cents != worked_out.value:
        name = N_("Difference to the plan of the company: %(figure)s")
        yield named(_recorded(cents) - worked_out, name, figure=worked_out.name)


def _index_figures(of: Origins, row: Line) -> Iterator[Figure]:
    charge = _simple(of, row) if of.contract.index_method == "SIMPLE" else _quarter(of, row)
    if charge is None:
        yield _recorded(row.amount_cents, N_("Indexation"))
    else:
        yield charge
        yield from _beside_plan(charge, row.amount_cents)


def _quarter(of: Origins, row: Line) -> Figure | None:
    """The charge of a quarter; none where the mean of one of its months is not known."""
    months = []
    for first, last in rules.months_of(row.accrues_from, row.accrues_to):
        mean = of.mean(first)
        if mean is None:
            return None
        days = fact(rules.days_of(first, last), Unit.DAYS, N_("Days"))
        months.append(rules.IndexedMonth(first.replace(day=1), of.outstanding_on(first), days, mean))
    return rules.quarter_charge(months, of.base)


def _simple(of: Origins, row: Line) -> Figure | None:
    mean = of.mean(row.accrues_from)
    rents = fact(Fraction(rules.MONTHS_OF_YEAR, of.terms.period_months), Unit.PLAIN, N_("Rents of a year"))
    return None if mean is None else rules.simple_charge(of.facts["rent_cents"], mean, of.base, rents)
