"""The texts of the page, read once per process from the file the bench wrote."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Texts:
    """What the portal showed: words of its widgets, cards as (label, value, note), the rows of each page."""

    title: str
    lead: str
    contracts: list[str]
    export: str
    cards: list[tuple[str, str, str]]
    states: list[str]
    orders: list[str]
    columns: list[str]
    pages: list[list[list[str]]]
    name: str
    legal: str


TEXTS = Texts(**json.loads(Path(os.environ["BENCH_TEXTS"]).read_text(encoding="utf-8")))
NAMED = [[" · ".join(row[1:5]) for row in rows] for rows in TEXTS.pages]
FRAMES = [pd.DataFrame(rows, columns=TEXTS.columns, dtype="str") for rows in TEXTS.pages]
