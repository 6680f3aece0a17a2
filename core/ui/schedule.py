"""The schedule on the invoices page: its filters, its table of eleven columns, the total below."""

from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.billing import frames
from core.billing.frames import Filters, Item, Page
from core.kit import words
from core.kit.errors import NotFound
from core.kit.figures import Explanation
from core.tabular import each
from core.ui import badges, cards, fields, filters, items, ledger_filters, states, tables, why
from core.ui.cards import Link
from core.ui.guard import View
from core.ui.tables import Column, Kind, Table


def _state(view: View, item: Item) -> str:
    parts = [badges.item(view, item.state)]
    if item.chip == "returned":
        parts.append(badges.returned(view, item.returned or ""))
    elif item.chip:
        parts.append(badges.partial(view, item.paid_cents, item.gross_cents))
    elif item.provisional:
        note = view._("subject to collection")
        parts.append(f":small[{note}]")
    return " ".join(parts)


def _documents(view: View, item: Item) -> str:
    if item.document_id is None:
        return ""
    where, number = f"/documents/{item.document_id}", tables.escape(item.invoice or "")
    download = view._("Download the PDF of invoice %(number)s") % {"number": number}
    return f"[PDF **{number}**]({where}) [:material/download: **{download}**]({where}?download=1)"


TABLE = Table(
    "ledger",
    (
        Column("state", words.LEDGER["state"], write=_state),
        Column("contract", words.LEDGER["contract"]),
        Column("due_on", words.LEDGER["due_on"], Kind.DAY),
        Column("number", words.LEDGER["number"], Kind.COUNT),
        Column("causale", words.LEDGER["causale"], write=items.reason),
        Column("method", words.LEDGER["method"], write=items.means),
        Column("gross_cents", words.LEDGER["gross_cents"], Kind.MONEY),
        Column("paid_cents", words.LEDGER["paid_cents"], Kind.MONEY),
        Column("balance_cents", words.LEDGER["balance_cents"], Kind.MONEY),
        Column("overdue_cents", words.LEDGER["overdue_cents"], Kind.OVERDUE),
        Column("invoice", words.LEDGER["invoice"], write=_documents),
    ),
)


def part(view: View, tools: DeltaGenerator, items_in_all: int) -> None:
    """The part of the page that a filter, an order or the pager changes, and nothing else: it reruns by itself.

    `tools` is where the way to the workbook stands; `items_in_all` is how many due items there are without filters.
    """
    wanted = ledger_filters.chosen()
    page = frames.schedule(view.access, view.today, wanted, page=filters.page_number())
    with tools:
        fields.export(view, ledger_filters.workbook(wanted))
    ledger_filters.controls(view, page.counts)
    ledger_filters.chosen_view(view, wanted)
    rows = each(page.rows, Item)
    _rows(view, page, rows, wanted, items_in_all)
    _total(view, page, wanted)
    if rows:
        why.choice(view, ledger_filters.PREFIX, {str(item.item_id): _named_shortly(view, item) for item in rows})
    fields.export_as_before(view, ledger_filters.workbook(wanted, headers="manual"))


def _rows(view: View, page: Page, rows: list[Item], wanted: Filters, items_in_all: int) -> None:
    """The rows of the page with their pager, or what to do where there are none."""
    if rows:
        tables.show(view, TABLE, rows, alt=_alt(view, wanted))
        tables.pager(view, ledger_filters.PREFIX, page.number, page.size, page.total_rows)
    elif items_in_all:
        states.no_match(view, _nothing(view, wanted), _of_all(view, items_in_all))
    else:
        states.empty(
            "receipt_long", view._("There are no due items"), view._("They appear here once a contract starts.")
        )


def _named_shortly(view: View, item: Item) -> str:
    causale = view._(words.causale_message(item.kind, item.causale))
    what = f"{causale} {item.number}" if item.number else causale
    return " · ".join((view.formats.day(item.due_on), item.contract, what, view.formats.money(item.gross_cents)))


def explained(view: View, subject: str) -> Explanation:
    """Why a due item, named by its id in the address, is what it is. Raises NotFound."""
    if not filters.ROW_ID.fullmatch(subject):
        raise NotFound
    return frames.item_explained(view.access, view.today, int(subject))


def payments_of(view: View, subject: str) -> None:
    """The way from an explained due item to the payments that settle it."""
    cards.go_to(Link("statement", view._("See its payments"), {"view": "payments", "item": subject}))


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


def _of_all(view: View, items_in_all: int) -> str:
    said = view.ngettext("%(n)s due item in all.", "%(n)s due items in all.", items_in_all)
    return said % {"n": view.formats.count(items_in_all)}


def _total(view: View, page: Page, wanted: Filters) -> None:
    """The overdue balance of all filtered rows, with what they are and the day it is said."""
    owed = page.overdue_cents > 0
    label, amount = view._("Total overdue balance"), view.formats.money(page.overdue_cents)
    scope = cards.quiet(_scope(view, wanted, view.today))
    with st.container(border=True, key="total_overdue" if owed else "total_clear"):
        st.markdown(
            f":red[:material/error:] {label} {scope} :red[**{amount}**]" if owed else f"{label} {scope} **{amount}**"
        )


def _scope(view: View, wanted: Filters, today: date) -> str:
    what = " · ".join(_named(view, wanted)) or view._("all contracts")
    return view._("%(what)s, as of %(day)s") % {"what": what, "day": view.formats.full_day(today)}
