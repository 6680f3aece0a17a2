"""Reads of the ledger: the schedule, the overview above it, the home page's situation."""

from core.billing.frames.overview import Choice, Overview, overview
from core.billing.frames.schedule import PAGE_ROWS, Item, Page, ledger, ledger_rows, schedule
from core.billing.frames.situation import Situation, Upcoming, situation, upcoming
from core.billing.ledger import DEFAULT_SORT, LONGEST_NUMBER, LONGEST_QUERY, SORTS, STATES, VIEWS, Filters

__all__ = [
    "DEFAULT_SORT",
    "LONGEST_NUMBER",
    "LONGEST_QUERY",
    "PAGE_ROWS",
    "SORTS",
    "STATES",
    "VIEWS",
    "Choice",
    "Filters",
    "Item",
    "Overview",
    "Page",
    "Situation",
    "Upcoming",
    "ledger",
    "ledger_rows",
    "overview",
    "schedule",
    "situation",
    "upcoming",
]
