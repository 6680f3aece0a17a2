"""The texts and figures of the plan page, read once per process from the file the bench wrote."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Texts:
    """What the portal showed: words of its widgets, the chart as plotly takes it, the rows of each page and year."""

    title: str
    lead: str
    rates: str
    contracts: list[str]
    export: str
    heading: str
    chart: dict[str, Any]
    alt: str
    figures: str
    states: list[str]
    index_rows: str
    explain: str
    rows: list[str]
    columns: list[str]
    pages: list[list[list[str]]]
    year_columns: list[str]
    years: list[list[str]]
    total: str
    name: str
    legal: str


TEXTS = Texts(**json.loads(Path(os.environ["BENCH_TEXTS"]).read_text(encoding="utf-8")))
FRAMES = [pd.DataFrame(rows, columns=TEXTS.columns, dtype="str") for rows in TEXTS.pages]
YEARS = pd.DataFrame(TEXTS.years, columns=TEXTS.year_columns, dtype="str")
