"""Fatture e pagamenti: every due item of a customer, with its invoice."""

from core.billing import frames as billing
from core.ui import balances, contracts, figures, filters, heading, ledger_filters, schedule
from core.ui.guard import open_page

view = open_page("invoices")
lead, tools = heading.title(view._("Invoices and payments"))
wanted = ledger_filters.chosen()
overview = billing.overview(view.access, view.today, wanted)
page = billing.schedule(view.access, view.today, wanted, page=filters.page_number())

lead.markdown(balances.lead(view, overview))
with tools:
    contracts.choose(view, overview.contracts, ledger_filters.PREFIX)
    ledger_filters.export(view, wanted)
figures.cards(balances.figures_of(view, overview))
ledger_filters.controls(view, overview)
ledger_filters.chosen_view(view, wanted)
schedule.show(view, page, wanted, overview)
schedule.total(view, page, wanted)
ledger_filters.export_as_before(view, wanted)
