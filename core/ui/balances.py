"""The figures of the invoices page: what is overdue, open, next, and paid in a year. VAT included."""

from core.billing.frames import Overview
from core.ui import filters
from core.ui.cards import Card, Link
from core.ui.contracts import CONTRACT
from core.ui.guard import View
from core.ui.tables import NONE


def lead(view: View, figures: Overview) -> str:
    """The line under the title that answers the page's question."""
    owed = figures.overdue_cents
    amount = f"**{view.formats.money(owed)}**"
    parts = [
        view.ngettext("Overdue balance %(amount)s on %(n)s rent", "Overdue balance %(amount)s on %(n)s rents", count)
        % {"amount": f":red[{amount}]" if owed else amount, "n": view.formats.count(count)}
        if (count := figures.overdue_items)
        else view._("Overdue balance %(amount)s") % {"amount": amount},
        view.ngettext("%(n)s due item", "%(n)s due items", figures.items) % {"n": view.formats.count(figures.items)},
        view._("VAT included"),
    ]
    return " · ".join(parts)


def cards_of(view: View, figures: Overview) -> list[Card]:
    """The four cards."""
    return [_overdue(view, figures), _open(view, figures), _next(view, figures), _paid(view, figures)]


def _overdue(view: View, figures: Overview) -> Card:
    since = figures.overdue_since
    note = view._("since %(day)s") % {"day": view.formats.day(since)} if since else view._("nothing in arrears")
    return Card(view._("Overdue balance"), view.formats.money(figures.overdue_cents), note, alarm=since is not None)


def _open(view: View, figures: Overview) -> Card:
    note = view.ngettext("%(n)s unpaid due item", "%(n)s unpaid due items", figures.open_items)
    return Card(
        view._("Total balance"),
        view.formats.money(figures.balance_cents),
        note % {"n": view.formats.count(figures.open_items)},
    )


def _next(view: View, figures: Overview) -> Card:
    if figures.next_due_on is None:
        return Card(view._("Next payment"), NONE, view._("nothing left to pay"))
    note = view._("on %(day)s") % {"day": view.formats.day(figures.next_due_on)}
    return Card(view._("Next payment"), view.formats.money(figures.next_payment_cents), note)


def _paid(view: View, figures: Overview) -> Card:
    asked = {"period": "12m", CONTRACT.key: filters.read(CONTRACT)}
    link = Link("statement", view._("Statement of account"), {name: value for name, value in asked.items() if value})
    paid, label = view.formats.money(figures.paid_12m_cents), view._("Paid in the last 12 months")
    return Card(label, paid, view._("VAT included"), link=link)
