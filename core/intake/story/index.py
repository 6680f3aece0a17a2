"""The index of the story: the means of Euribor that `data/reference` has."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from core.book import rules
from core.intake.rates import rate_source

DATA = Path(__file__).parents[3] / "data"
REFERENCE = DATA / "reference" / "euribor_3m_monthly_average.csv"


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of the index in a month, named by its first day."""

    month: date
    ppm: int
    source: str


@cache
def means() -> tuple[Mean, ...]:
    """Every mean there is, month by month, rounded as contracts have it."""
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Mean(date.fromisoformat(f"{row['month']}-01"), rules.index_ppm(row["percent_360_6dec"]), _source(row))
            for row in csv.DictReader(file)
        )


@cache
def ppm_by_month() -> Mapping[date, int]:
    """The means in ppm by first day of month."""
    return {mean.month: mean.ppm for mean in means()}


def _source(row: Mapping[str, str]) -> str:
    return rate_source(row["source"], missing=row["missing_fixings"] != "0")
