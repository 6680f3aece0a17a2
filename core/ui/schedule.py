"""The schedule on the invoices page: its table of eleven columns and the total below."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from core.billing.frames import Filters, Overview, Page
from core.kit import words
from core.ui import badges, figures, ledger_filters, states, tables
from core.ui.guard import View
from core.ui.tables import Column, Kind, Table

TABLE = Table(
    "ledger",
    (
        Column("badge", words.LEDGER["state"], Kind.MARKUP),
        Column("contract", words.LEDGER["contract"]),
        Column("due_on", words.LEDGER["due_on"], Kind.DAY),
        Column("number", words.LEDGER["number"], Kind.COUNT),
        Column("reason_for", words.LEDGER["causale"]),
        Column("means", words.LEDGER["method"]),
        Column("gross_cents", words.LEDGER["gross_cents"], Kind.MONEY),
        Column("paid_cents", words.LEDGER["paid_cents"], Kind.MONEY),
        Column("balance_cents", words.LEDGER["balance_cents"], Kind.MONEY),
        Column("overdue_cents", words.LEDGER["overdue_cents"], Kind.OVERDUE),
        Column("documents", words.LEDGER["invoice"], Kind.MARKUP),
    ),
)


def show(view: View, page: Page, wanted: Filters, overview: Overview) -> None:
    """The rows of the page with their pager, or what to do where there are none."""
    if page.total_rows:
        tables.show(view, TABLE, _rows(view, page.rows), alt=_alt(view, wanted))
        tables.pager(view, ledger_filters.PREFIX, page.number, page.size, page.total_rows)
    elif overview.items:
        states.no_match(view, _nothing(view, wanted), _of_all(view, overview.items))
    else:
        states.empty(
            "receipt_long", view._("There are no due items"), view._("They appear here once a contract starts.")
        )


def _rows(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    each = tables.records(rows)
    return rows.assign(
        badge=[_state(view, row) for row in each],
        reason_for=[view._(words.causale_message(row["kind"], row["causale"])) for row in each],
        means=[view._(words.METHODS[method]) for method in rows["method"]],
        documents=[_documents(view, row) for row in each],
    )


def _state(view: View, row: dict[str, Any]) -> str:
    parts = [badges.item(view, row["state"])]
    if row["chip"]:
        parts.append(_chip(view, row))
    elif row["provisional"]:
        note = view._("subject to collection")
        parts.append(f":small[{note}]")
    return " ".join(parts)


def _chip(view: View, row: dict[str, Any]) -> str:
    if row["chip"] == "returned":
        return badges.returned(view, row["returned"])
    return badges.partial(view, row["paid_cents"], row["gross_cents"])


def _documents(view: View, row: dict[str, Any]) -> str:
    if pd.isna(row["document_id"]):
        return ""
    where, number = f"/documents/{row['document_id']}", tables.escape(row["invoice"])
    download = view._("Download the PDF of invoice %(number)s") % {"number": number}
    return f"[PDF **{number}**]({where}) [:material/download: **{download}**]({where}?download=1)"


def _alt(view: View, wanted: Filters) -> str:
    if wanted.contract:
        return view._("Schedule of contract %(number)s") % {"number": wanted.contract}
    return view._("Schedule of all contracts")


def _nothing(view: View, wanted: Filters) -> str:
    return view._("No due items for: %(filters)s") % {"filters": " · ".join(_named(view, wanted))}


def _named(view: View, wanted: Filters) -> list[str]:
    named = []
    if wanted.state:
        named.append(view._(ledger_filters.STATE_WORDS[wanted.state]))
    if wanted.contract:
        named.append(view._("contract %(number)s") % {"number": tables.escape(wanted.contract)})
    if wanted.view:
        named.append(view._(words.VIEWS[wanted.view]))
    if wanted.query:
        named.append(view._("invoice “%(text)s”") % {"text": tables.escape(wanted.query)})
    return named


def _of_all(view: View, items: int) -> str:
    return view.ngettext("%(n)s due item in all.", "%(n)s due items in all.", items) % {"n": view.formats.count(items)}


def total(view: View, page: Page, wanted: Filters) -> None:
    """The overdue balance of all filtered rows, with what they are and the day it is said."""
    owed = page.overdue_cents > 0
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=_total_key(owed)):
        label = view._("Total overdue balance")
        st.markdown(f":red[:material/error:] {label}" if owed else label, width="content")
        st.markdown(figures.quiet(_scope(view, wanted, view.today)), width="content")
        st.space("stretch")
        amount = view.formats.money(page.overdue_cents)
        st.markdown(f":red[**{amount}**]" if owed else f"**{amount}**", width="content")


def _total_key(owed: bool) -> str:
    return "total_overdue" if owed else "total_clear"


def _scope(view: View, wanted: Filters, today: date) -> str:
    what = " · ".join(_named(view, wanted)) or view._("all contracts")
    return view._("%(what)s, as of %(day)s") % {"what": what, "day": view.formats.full_day(today)}
