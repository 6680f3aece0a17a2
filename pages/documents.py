"""Documenti: contracts, plans, invoices, certificates and letters of a customer, to open and to save."""

from core.ui import contracts, document_filters, documents, guard, heading
from core.ui.guard import open_page

view = open_page("documents")
lead, tools = heading.title(view._("Documents"))
with tools:
    contracts.choose(view, document_filters.PREFIX, every=True)
guard.fragment(documents.part, lead, tools)
