"""The documents page: contracts, plans, invoices, certificates and letters, each to open or to save."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.billing import frames
from core.billing.frames import DocumentFilters, Paper, PaperPage
from core.kit import words
from core.kit.errors import N_, WrongPeriod
from core.tabular import each
from core.ui import document_filters, filters, states, tables
from core.ui.guard import View
from core.ui.tables import Column, Kind, Table

_ICONS = {
    "contract": "description",
    "plan": "stacked_line_chart",
    "invoice": "receipt_long",
    "credit_note": "undo",
    "certificate": "verified",
    "letter": "mail",
}


def _kind(view: View, paper: Paper) -> str:
    word = words.DOCUMENTS[paper.kind]
    return " ".join((f":gray[:material/{_ICONS[paper.kind]}:]", view._(word)))


def _title(_view: View, paper: Paper) -> str:
    named = paper.number is None or paper.number in paper.title
    title = paper.title if named else f"{paper.title} ({paper.number})"
    return f"[{tables.escape(title)}](/documents/{paper.document_id})"


def _save(view: View, paper: Paper) -> str:
    label = view._("Download %(title)s") % {"title": tables.escape(paper.title)}
    return f"[PDF :material/download: **{label}**](/documents/{paper.document_id}?download=1)"


TABLE = Table(
    "documents",
    (
        Column("issued_on", N_("Date"), Kind.DAY),
        Column("kind", N_("Type"), write=_kind),
        Column("title", N_("Document"), write=_title),
        Column("contract", words.LEDGER["contract"]),
        Column("document_id", N_("Download"), write=_save),
    ),
    phone="cards",
)


def part(view: View, lead: DeltaGenerator, tools: DeltaGenerator) -> None:
    """The part of the page that a filter or the pager changes: it reruns by itself."""
    wanted = document_filters.chosen()
    try:
        page = frames.documents(view.access, view.today, wanted, filters.page_number())
    except WrongPeriod as error:
        document_filters.controls(view, wanted, dict.fromkeys(document_filters.KIND_WORDS, 0))
        st.error(view._(error.message), icon=":material/error:")
        return
    lead.markdown(_lead(view, wanted, page))
    with tools:
        document_filters.all_invoices(view, wanted, page.counts)
    document_filters.controls(view, wanted, page.counts)
    _rows(view, wanted, page)


def _lead(view: View, wanted: DocumentFilters, page: PaperPage) -> str:
    rows, count = page.total_rows, view.formats.count(page.total_rows)
    if wanted.contract is None:
        said = view.ngettext("**%(n)s document** of all contracts", "**%(n)s documents** of all contracts", rows)
        return said % {"n": count}
    said = view.ngettext(
        "**%(n)s document** of contract %(number)s", "**%(n)s documents** of contract %(number)s", rows
    )
    return said % {"n": count, "number": tables.escape(wanted.contract)}


def _rows(view: View, wanted: DocumentFilters, page: PaperPage) -> None:
    if page.total_rows:
        tables.show(view, TABLE, each(page.rows, Paper), alt=view._("Documents"))
        if page.total_rows > page.size:
            tables.pager(view, document_filters.PREFIX, page.number, page.size, page.total_rows)
    elif wanted == DocumentFilters():
        states.empty(
            "folder_open",
            view._("There are no documents"),
            view._("Contracts, plans, invoices, certificates and letters appear here."),
        )
    else:
        sentence = view._("No documents for: %(filters)s") % {"filters": " · ".join(_named(view, wanted))}
        states.no_match(view, sentence, view._("Another period or another contract may have some."))


def _named(view: View, wanted: DocumentFilters) -> list[str]:
    named = []
    if wanted.kind:
        named.append(view._(document_filters.KIND_WORDS[wanted.kind]))
    if wanted.contract:
        named.append(view._("contract %(number)s") % {"number": tables.escape(wanted.contract)})
    if wanted.since:
        named.append(view._("from %(day)s") % {"day": view.formats.full_day(wanted.since)})
    if wanted.until:
        named.append(view._("to %(day)s") % {"day": view.formats.full_day(wanted.until)})
    if wanted.query:
        named.append(view._("“%(text)s”") % {"text": tables.escape(wanted.query)})
    return named
