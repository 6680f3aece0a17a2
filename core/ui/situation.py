"""The figures of the home page and what stands beside them: other overdue money, credit, the next due items."""

from datetime import datetime

import pandas as pd
import streamlit as st

from core.billing.frames import Situation, Upcoming
from core.kit import words
from core.kit.dates import ROME
from core.tabular import each
from core.ui import cards, items, tables
from core.ui.cards import Card, Link
from core.ui.guard import View
from core.ui.tables import NONE, Column, Kind, Table

_SOONEST = {"state": "upcoming", "sort": "due_on"}

UPCOMING = Table(
    "upcoming",
    (
        Column("due_on", words.LEDGER["due_on"], Kind.DAY),
        Column("contract", words.LEDGER["contract"]),
        Column("number", words.LEDGER["number"], Kind.COUNT),
        Column("causale", words.LEDGER["causale"], write=items.reason),
        Column("method", words.LEDGER["method"], write=items.means),
        Column("balance_cents", words.LEDGER["balance_cents"], Kind.MONEY),
    ),
    phone="lines",
)


def moment(view: View, updated_at: datetime | None) -> str:
    """Today in words, and when the data were taken."""
    day = view.formats.long_day(view.today)
    taken = f" · {_taken(view, updated_at)}" if updated_at else ""
    return f":gray[{day}{taken}]"


def _taken(view: View, updated_at: datetime) -> str:
    taken, time = updated_at.astimezone(ROME).date(), view.formats.time(updated_at)
    if taken == view.today:
        return view._("data updated at %(time)s") % {"time": time}
    return view._("data updated on %(day)s at %(time)s") % {"day": view.formats.full_day(taken), "time": time}


def way_on(view: View) -> None:
    """The button to the page a customer of this one most often wants next."""
    with st.container(width="content", key="goto"):
        cards.go_to(Link("invoices", view._("Go to Invoices and payments"), {}))


def cards_of(view: View, now: Situation) -> list[Card]:
    """The four cards, each with the way to its rows."""
    return [_overdue(view, now), _due(view, now), _payment(view, now), _advances(view, now)]


def _overdue(view: View, now: Situation) -> Card:
    count = now.overdue_items
    note = view.ngettext("%(n)s rent to settle", "%(n)s rents to settle", count) % {"n": view.formats.count(count)}
    return Card(
        view._("Overdue payments"),
        view.formats.money(now.overdue_cents),
        note if count else _no_arrears(view, now),
        alarm=count > 0,
        link=Link("invoices", view._("See the overdue items"), {"view": "arrears"}),
        why="overdue",
    )


def _no_arrears(view: View, now: Situation) -> str:
    return view._("credit notes to be offset") if now.overdue_cents else view._("nothing in arrears")


def _due(view: View, now: Situation) -> Card:
    link = Link("invoices", view._("See the due dates"), _SOONEST)
    if now.next_due_on is None:
        return Card(view._("Next due date"), NONE, view._("nothing left to pay"), link=link, why="due")
    days = (now.next_due_on - view.today).days
    note = view.ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days} if days else view._("today")
    return Card(view._("Next due date"), view.formats.day(now.next_due_on), note, link=link, why="due")


def _payment(view: View, now: Situation) -> Card:
    if now.next_kind == "CANONE":
        what = view._("rent no. %(number)s") % {"number": now.next_number}
    elif now.next_kind:
        kind = words.KINDS[now.next_kind]
        what = view._(kind)
    else:
        what = view.ngettext("%(n)s due item", "%(n)s due items", now.next_items) % {"n": now.next_items}
    return Card(
        view._("Next payment"),
        view.formats.money(now.next_payment_cents) if now.next_items else NONE,
        " · ".join((what, view._("VAT included"))) if now.next_items else view._("nothing left to pay"),
        link=Link("invoices", view._("See the payment"), {"view": "next"}),
        why="payment",
    )


def _advances(view: View, now: Situation) -> Card:
    return Card(
        view._("Advances paid"),
        view.formats.money(now.advances_cents),
        view._("active contracts (net of VAT)"),
        link=Link("invoices", view._("See what was paid"), {"view": "advances"}),
        why="advances",
    )


def apart(view: View, now: Situation) -> None:
    """Money that the four figures leave out: overdue on closed contracts, and credit on account."""
    if now.closed_overdue_cents:
        with st.container(horizontal=True, vertical_alignment="center", key="closed_overdue"):
            amount = view.formats.money(now.closed_overdue_cents)
            text = view._("Overdue on closed contracts: %(amount)s") % {"amount": f"**{amount}**"}
            st.markdown(cards.alarm(text), width="content")
            cards.go_to(Link("invoices", view._("See the overdue items"), {"view": "closed_arrears"}))
    if now.unapplied_cents > 0:
        amount = view.formats.money(now.unapplied_cents)
        text = view._("Credit available: %(amount)s") % {"amount": f"**{amount}**"}
        st.markdown(f":small[{text}]")


def next_items(view: View, coming: pd.DataFrame) -> None:
    """The next items to pay on active contracts."""
    with st.container(horizontal=True, vertical_alignment="center", key="headline_upcoming"):
        st.subheader(view._("Next due dates"), anchor=False, width="content")
        st.markdown(cards.quiet(view._("VAT included")), width="stretch")
    if coming.empty:
        st.markdown(cards.quiet(view._("nothing left to pay")))
    else:
        tables.show(view, UPCOMING, each(coming, Upcoming), alt=view._("Next due dates"))
