"""Piano di ammortamento: every row of a contract's plan, and its course as a chart."""

from core.billing import frames as billing
from core.ui import contracts, fields, guard, heading, plan, plan_chart, why
from core.ui.guard import open_page

view = open_page("amortization")
lead, tools = heading.title(view._("Amortization plan"))
with tools:
    contract = contracts.choose(view, plan.PREFIX, every=False)

if contract is None:
    plan.nothing(view)
else:
    found = billing.plan(view.access, view.today, contract.number)
    lead.markdown(plan.lead(view, found))
    with tools:
        fields.export(view, plan.workbook(found))
    plan.remarks(view, found)
    plan_chart.draw(view, found)
    guard.fragment(plan.part, found.number, [found])
    why.shown(lambda view, subject: plan.explained(view, found.number, subject))
