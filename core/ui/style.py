"""The one style sheet, constant in each language: the file, and the rules that follow from the tables' columns."""

import re
from functools import cache
from pathlib import Path

from core.locale import translations
from core.ui import (
    assets,
    contracts,
    documents,
    payments,
    plan,
    plan_chart,
    schedule,
    situation,
    statement,
    tables,
    why,
)

TABLES = (
    schedule.TABLE,
    contracts.TABLE,
    assets.TABLE,
    documents.TABLE,
    situation.UPCOMING,
    plan.TABLE,
    plan_chart.YEARS,
    *statement.TABLES,
    *payments.TABLES,
    why.FACTS,
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FILE = Path(__file__).with_name("portal.css")


@cache
def sheet(lang: str) -> str:
    """The style sheet, with the tables' titles in a language, on one line."""
    translate = translations(lang).gettext
    written = _COMMENT.sub("", _FILE.read_text(encoding="utf-8"))
    rules = "".join(tables.style(translate, table) for table in TABLES)
    return f"{' '.join(written.split())}{rules}"
