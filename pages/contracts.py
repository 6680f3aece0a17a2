"""Contratti attivi: one contract of the customer with all that was agreed."""

from core.billing import frames as billing
from core.book import frames as book
from core.ui import contracts, fields, heading, lease, menu, why
from core.ui.guard import open_page

view = open_page("contracts")
lead, tools = heading.title(view._("Active contracts"))
wanted = lease.wanted(view)
with tools:
    chosen = contracts.choose(view, lease.PREFIX, every=False, text=wanted.query, status=wanted.state)
    fields.export(view, lease.workbook(wanted))
lease.controls(view, wanted)

if chosen is None:
    lease.none(view, wanted)
else:
    details = book.details(view.access, view.today, chosen.number)
    sees_ledger = menu.ENTRIES["invoices"].open_to(view.access)
    lead.markdown(lease.lead(view, details))
    lease.show(view, details, billing.standing(view.access, view.today, chosen.number) if sees_ledger else None)
    why.shown(lambda view, subject: lease.explained(view, details.number, subject))
