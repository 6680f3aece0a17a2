"""Reads of the ledger: the schedule and the overview above it, the situation, the statement of account, payments."""

from core.billing.ageing import Ageing
from core.billing.frames.arrears import Standing, standing
from core.billing.frames.bills import Bill, bills, bills_count
from core.billing.frames.calendar import Agenda, Due, End, Entry, agenda
from core.billing.frames.documents import Paper, PaperPage, documents
from core.billing.frames.overview import Overview, overview
from core.billing.frames.payments import Receipt, ReceiptPage, payments
from core.billing.frames.plan import INDEX_ROW, PLAN_STATES, Plan, PlanItem, PlanPage, Rates, plan
from core.billing.frames.schedule import PAGE_ROWS, Item, Page, Totals, ledger, ledger_rows, schedule
from core.billing.frames.settlements import PaidItem, Settled, Settlement, paid_item, payment
from core.billing.frames.situation import Situation, Upcoming, situation, upcoming
from core.billing.frames.statement import Movement, StatementPage, Sums, statement, statement_sums, whole_statement
from core.billing.frames.why_item import charge_explained, item_explained
from core.billing.frames.why_situation import situation_explained
from core.billing.ledger import DEFAULT_SORT, SORTS, STATES, VIEWS, Filters
from core.billing.period import FIRST_DAY, LAST_DAY, PRESETS, StatementFilters
from core.billing.shelf import BILL_KINDS, PAPER_KINDS, DocumentFilters

__all__ = [
    "BILL_KINDS",
    "DEFAULT_SORT",
    "FIRST_DAY",
    "INDEX_ROW",
    "LAST_DAY",
    "PAGE_ROWS",
    "PAPER_KINDS",
    "PLAN_STATES",
    "PRESETS",
    "SORTS",
    "STATES",
    "VIEWS",
    "Ageing",
    "Agenda",
    "Bill",
    "DocumentFilters",
    "Due",
    "End",
    "Entry",
    "Filters",
    "Item",
    "Movement",
    "Overview",
    "Page",
    "PaidItem",
    "Paper",
    "PaperPage",
    "Plan",
    "PlanItem",
    "PlanPage",
    "Rates",
    "Receipt",
    "ReceiptPage",
    "Settled",
    "Settlement",
    "Situation",
    "Standing",
    "StatementFilters",
    "StatementPage",
    "Sums",
    "Totals",
    "Upcoming",
    "agenda",
    "bills",
    "bills_count",
    "charge_explained",
    "documents",
    "item_explained",
    "ledger",
    "ledger_rows",
    "overview",
    "paid_item",
    "payment",
    "payments",
    "plan",
    "schedule",
    "situation",
    "situation_explained",
    "standing",
    "statement",
    "statement_sums",
    "upcoming",
    "whole_statement",
]
