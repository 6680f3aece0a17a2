"""Beni in locazione: what the customer leases, contract by contract."""

import streamlit as st

from core.book import frames as book
from core.ui import assets, contracts, fields, guard, heading
from core.ui.guard import open_page

view = open_page("assets")
lead, tools = heading.title(view._("Leased assets"))
wanted = assets.wanted()
sums = book.asset_sums(view.access, view.today, wanted)

lead.markdown(assets.lead(view, sums))
with tools:
    contracts.choose(view, assets.PREFIX, every=True)
    fields.export(view, assets.workbook(wanted))
with st.container(horizontal=True, key="asset_filters"):
    contracts.search(view, assets.PREFIX)
guard.fragment(assets.part, wanted)
