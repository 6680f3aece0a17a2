"""The filters of the documents page, all of it in the address, and the way to the invoices of a period in one file."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from core.billing.frames import BILL_KINDS, PAPER_KINDS, DocumentFilters
from core.book.frames import LONGEST_QUERY
from core.kit.errors import N_
from core.settings import settings
from core.ui import cards, fields, filters
from core.ui.guard import View

PREFIX = "documents"
ALL = "all"
KIND = filters.one_of("kind", (ALL, *PAPER_KINDS), ALL)
QUERY = filters.text("q", LONGEST_QUERY)
KIND_WORDS = {
    ALL: N_("All"),
    "contract": N_("Contracts"),
    "plan": N_("Plans"),
    "invoice": N_("Invoices"),
    "credit_note": N_("Credit notes"),
    "certificate": N_("Certificates"),
    "letter": N_("Letters"),
}
_SEARCH_WIDTH = 320


def chosen() -> DocumentFilters:
    """The filters in the address; the state of an invoice's items is asked for by files only."""
    return replace(DocumentFilters.of(st.query_params.to_dict()), state=None)


def controls(view: View, wanted: DocumentFilters, counts: Mapping[str, int]) -> None:
    """Kind, search and period, above the table; `counts` is documents by kind, one without any is not offered."""
    offered = {kind: word for kind, word in KIND_WORDS.items() if kind in {ALL, wanted.kind} or counts[kind]}
    fields.switch(view, KIND, PREFIX, view._("Type"), offered, counts=counts)
    with st.container(horizontal=True, vertical_alignment="bottom", key="document_filters"):
        fields.search(QUERY, PREFIX, view._("Find by title or number"), _SEARCH_WIDTH)
        fields.period(view, PREFIX, wanted.since, wanted.until, fields.store_period)


def all_invoices(view: View, wanted: DocumentFilters, counts: Mapping[str, int]) -> None:
    """The way to the PDFs of all filtered invoices in one file, where there are not too many of them."""
    kinds = [kind for kind in BILL_KINDS if wanted.kind in {None, kind}]
    count, limit = sum(counts[kind] for kind in kinds), settings().zip_invoices_limit
    if count > limit:
        said = view._("More than %(limit)s invoices: choose a period to download them together.")
        st.markdown(cards.quiet(said % {"limit": view.formats.count(limit)}))
    elif count:
        label = view.ngettext("Download %(n)s invoice (ZIP)", "Download %(n)s invoices (ZIP)", count)
        st.link_button(label % {"n": view.formats.count(count)}, _archive(wanted), icon=":material/folder_zip:")


def _archive(wanted: DocumentFilters) -> str:
    since, until = (day.isoformat() if day else None for day in (wanted.since, wanted.until))
    values = {"contract": wanted.contract, "kind": wanted.kind, fields.FROM: since, fields.TO: until, "q": wanted.query}
    return filters.link("/exports/invoices.zip", **values)
