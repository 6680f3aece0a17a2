"""The plan of each lease of the story, with the index rows of the quarters whose means are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from core.book import rules
from core.intake.story.cast import Lease

_PLANS_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows of a lease by due date, and the rate they come from."""

    lease: Lease
    rate: Decimal
    rows: tuple[rules.DatedRow, ...]


def draw(lease: Lease, ppm: Mapping[date, int]) -> Plan:
    """The whole plan; `ppm` are the means of the index by first day of month."""
    terms = lease.terms
    rate = rules.rate_of(terms)
    index = rules.Index(ppm, ppm[lease.index_base]) if lease.index_base else None
    return Plan(lease, rate, rules.dated_plan(terms, lease.days, _rows(terms, rate), index))


@lru_cache(_PLANS_KEPT)
def _rows(terms: rules.Terms, rate: Decimal) -> Sequence[rules.Row]:
    return rules.plan(terms, rate)
