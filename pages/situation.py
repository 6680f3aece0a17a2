"""La tua situazione: where a customer stands today."""

from functools import partial

import streamlit as st

from core.billing import frames as billing
from core.book import frames as book
from core.intake import frames as intake
from core.ui import calendar, cards, contracts, heading, situation, why
from core.ui.guard import open_page

view = open_page("situation")
lead, tools = heading.title(view._("Your situation"))
now = billing.situation(view.access, view.today)
active = book.contracts(view.access, view.today)

lead.markdown(situation.moment(view, intake.updated_at(view.access)))
with tools:
    situation.way_on(view)
cards.row(situation.cards_of(view, now), partial(why.of_card, view))
situation.apart(view, now)
with st.container(border=True, key="contracts"):
    contracts.panel(view, active)
    situation.next_items(view, billing.upcoming(view.access, view.today))
    with contracts.ways_on(view):
        calendar.way(view)
why.shown(lambda view, subject: billing.situation_explained(view.access, view.today, subject))
