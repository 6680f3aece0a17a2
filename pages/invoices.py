"""Fatture e pagamenti: every due item of a customer, with its invoice."""

from core.billing import frames as billing
from core.ui import balances, contracts, figures, guard, heading, ledger_filters, schedule
from core.ui.guard import open_page

view = open_page("invoices")
lead, tools = heading.title(view._("Invoices and payments"))
overview = billing.overview(view.access, view.today, ledger_filters.chosen())

lead.markdown(balances.lead(view, overview))
with tools:
    contracts.choose(view, overview.contracts, ledger_filters.PREFIX)
figures.cards(balances.figures_of(view, overview))
guard.fragment(schedule.part, tools, overview.items)
