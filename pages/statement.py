"""Estratto conto: what a customer owes, what moved it between two days, and which payment settled what."""

from core.ui import contracts, guard, heading, statement, statement_filters
from core.ui.guard import open_page

view = open_page("statement")
lead, tools = heading.title(view._("Statement of account"))
with tools:
    if not statement_filters.detailed():
        contracts.choose(view, statement_filters.PREFIX, every=True)
guard.fragment(statement.part, lead.empty(), tools)
