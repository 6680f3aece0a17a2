"""Fatture e pagamenti: every due item of a customer, with its invoice."""

from core.billing import frames as billing
from core.ui import balances, cards, contracts, guard, heading, ledger_filters, schedule, why
from core.ui.guard import open_page

view = open_page("invoices")
lead, tools = heading.title(view._("Invoices and payments"))
overview = billing.overview(view.access, view.today, ledger_filters.chosen())

lead.markdown(balances.lead(view, overview))
with tools:
    contracts.choose(view, ledger_filters.PREFIX, every=True)
cards.row(balances.cards_of(view, overview))
guard.fragment(schedule.part, tools, overview.items)
why.shown(schedule.explained, schedule.payments_of)
