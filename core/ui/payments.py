"""Payments on the statement page: what each settles, what settles an item, what came back, what is left."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.billing import frames, wording
from core.billing.frames import PaidItem, Receipt, ReceiptPage, Settled, Settlement, StatementFilters
from core.kit import words
from core.kit.errors import N_
from core.tabular import each
from core.ui import badges, cards, filters, menu, statement_filters, states, tables
from core.ui.cards import Card
from core.ui.guard import View
from core.ui.tables import Column, Kind, Table

_Paid = Receipt | Settlement
_Item = Settled | PaidItem


def _method(view: View, paid: _Paid) -> str:
    return tables.escape(view._(words.METHODS[paid.method]))


def _reference(_view: View, paid: _Paid) -> str:
    return f"[{tables.escape(paid.reference)}]({statement_filters.to_payment(paid.payment_id)})"


def _reversal(view: View, paid: _Paid) -> str:
    """A payment's return with its reason, or what a return takes back, each with a link to the other."""
    if paid.reversal_id and paid.reversal_on:
        day = view._("on %(day)s") % {"day": view.formats.day(paid.reversal_on)}
        link = f"[{day}]({statement_filters.to_payment(paid.reversal_id)})"
        return f"{badges.returned(view, paid.reversal_reason or '')} {link}"
    if paid.reversed_id and paid.reversed_on:
        said = view._("takes back the payment of %(day)s") % {"day": view.formats.day(paid.reversed_on)}
        return f"[{said}]({statement_filters.to_payment(paid.reversed_id)})"
    return tables.NONE


def _settles(view: View, receipt: Receipt) -> str:
    """The item that a payment settles, or how many they are."""
    if receipt.item_id and receipt.contract:
        what = tables.escape(f"{wording.charge(view._, receipt)} · {receipt.contract}")
        return f"[{what}]({statement_filters.to_item(receipt.item_id)})"
    if not receipt.items:
        return tables.NONE
    said = view.ngettext("%(n)s due item", "%(n)s due items", receipt.items) % {"n": view.formats.count(receipt.items)}
    return f"[{said}]({statement_filters.to_payment(receipt.payment_id)})"


def _charge(view: View, item: Settled) -> str:
    return f"[{tables.escape(wording.charge(view._, item))}]({statement_filters.to_item(item.item_id)})"


def _invoice(_view: View, item: _Item) -> str:
    if item.invoice is None:
        return tables.NONE
    number = tables.escape(item.invoice)
    return f"[PDF {number}](/documents/{item.document_id})" if item.document_id else number


LIST = Table(
    "payments",
    (
        Column("paid_on", N_("Date"), Kind.DAY),
        Column("reference", N_("Reference"), write=_reference),
        Column("method", words.LEDGER["method"], write=_method),
        Column("items", N_("Settles"), write=_settles),
        Column("reversal_id", N_("Reversal"), write=_reversal),
        Column("amount_cents", words.LEDGER["gross_cents"], Kind.MONEY),
        Column("unapplied_cents", N_("Not matched"), Kind.MONEY),
    ),
)
SETTLED = Table(
    "settled",
    (
        Column("contract", words.LEDGER["contract"]),
        Column("number", words.LEDGER["causale"], write=_charge),
        Column("due_on", words.LEDGER["due_on"], Kind.DAY),
        Column("invoice", words.LEDGER["invoice"], write=_invoice),
        Column("gross_cents", words.LEDGER["gross_cents"], Kind.MONEY),
        Column("applied_cents", N_("Paid by this payment"), Kind.MONEY),
    ),
)
SETTLEMENTS = Table(
    "settlements",
    (
        Column("paid_on", N_("Date"), Kind.DAY),
        Column("reference", N_("Reference"), write=_reference),
        Column("method", words.LEDGER["method"], write=_method),
        Column("reversal_id", N_("Reversal"), write=_reversal),
        Column("amount_cents", N_("Amount of the payment"), Kind.MONEY),
        Column("applied_cents", N_("For this due item"), Kind.MONEY),
    ),
)
TABLES = (LIST, SETTLED, SETTLEMENTS)


def listed(view: View, wanted: StatementFilters, lead: DeltaGenerator) -> None:
    """The payments of a period, the latest first."""
    page = frames.payments(view.access, view.today, wanted, filters.page_number())
    lead.markdown(_lead(view, page))
    statement_filters.controls(view, wanted, page.since, page.until)
    if page.total_rows:
        tables.show(view, LIST, each(page.rows, Receipt), alt=view._("Payments and what they settle"))
        tables.pager(view, statement_filters.PREFIX, page.number, page.size, page.total_rows)
    else:
        said = view._("Choose another period to see payments.")
        states.empty("payments", view._("There are no payments in this period"), said)


def _lead(view: View, page: ReceiptPage) -> str:
    count = view.ngettext("%(n)s payment", "%(n)s payments", page.total_rows)
    received = view._("Received **%(amount)s**") % {"amount": view.formats.money(page.amount_cents)}
    return " · ".join((received, count % {"n": view.formats.count(page.total_rows)}))


def detail(view: View, lead: DeltaGenerator) -> None:
    """One payment with what it settles, or one due item with what settles it."""
    back = {statement_filters.VIEW.key: statement_filters.PAYMENTS}
    st.page_link(
        menu.ENTRIES["statement"].file, label=view._("All payments"), icon=":material/arrow_back:", query_params=back
    )
    payment_id, item_id = map(statement_filters.row_id, (statement_filters.PAYMENT, statement_filters.ITEM))
    if payment_id is not None:
        _payment(view, lead, *frames.payment(view.access, payment_id))
    elif item_id is not None:
        _paid_item(view, lead, *frames.paid_item(view.access, view.today, item_id))


def _payment(view: View, lead: DeltaGenerator, receipt: Receipt, settled: pd.DataFrame) -> None:
    applied = int(settled["applied_cents"].sum())
    day, method = view.formats.full_day(receipt.paid_on), _method(view, receipt)
    title = N_("Payment of %(day)s") if receipt.amount_cents >= 0 else N_("Return of %(day)s")
    said = view._(title) % {"day": day}
    lead.markdown(f"**{said}** · {tables.escape(receipt.reference)}")
    money, count, amount = view.formats.money, len(settled), words.LEDGER["gross_cents"]
    said = view.ngettext("%(n)s due item", "%(n)s due items", count) % {"n": view.formats.count(count)}
    cards.row(
        [
            Card(view._(amount), money(receipt.amount_cents), method),
            Card(view._("Matched"), money(applied), said),
            Card(view._("Not matched"), money(receipt.unapplied_cents), _rest(view, receipt)),
        ]
    )
    if receipt.reason:
        why = wording.bank_reason(view._, receipt.reason)
        st.markdown(view._("Reason of the bank: %(reason)s") % {"reason": tables.escape(why)})
    if receipt.reversal_id or receipt.reversed_id:
        st.markdown(_reversal(view, receipt))
    _table(view, SETTLED, each(settled, Settled), view._("Due items settled by this payment"))


def _rest(view: View, receipt: Receipt) -> str:
    if not receipt.unapplied_cents:
        return view._("all of it is matched")
    return view._("credit available, it does not expire")


def _paid_item(view: View, lead: DeltaGenerator, item: PaidItem, settlements: pd.DataFrame) -> None:
    what = tables.escape(wording.charge(view._, item))
    contract = view._("contract %(number)s") % {"number": tables.escape(item.contract)}
    invoice = view._("invoice %(number)s") % {"number": _invoice(view, item)}
    lead.markdown(" · ".join((f"**{what}**", contract, *([invoice] if item.invoice else []), view._("VAT included"))))
    money, count, state = view.formats.money, len(settlements), words.ITEM_STATES[item.state]
    amount, paid, balance = (words.LEDGER[name] for name in ("gross_cents", "paid_cents", "balance_cents"))
    said = view.ngettext("%(n)s payment", "%(n)s payments", count) % {"n": view.formats.count(count)}
    due = view._("due on %(day)s") % {"day": view.formats.day(item.due_on)}
    cards.row(
        [
            Card(view._(amount), money(item.gross_cents), due),
            Card(view._(paid), money(item.paid_cents), said),
            Card(view._(balance), money(item.balance_cents), view._(state), alarm=item.state == "overdue"),
        ]
    )
    _table(view, SETTLEMENTS, each(settlements, Settlement), view._("Payments that settle this due item"))


def _table(view: View, table: Table, rows: list[Settled] | list[Settlement], title: str) -> None:
    """The lines of a detail, 25 at a time."""
    st.header(title, anchor=False)
    if not rows:
        st.markdown(cards.quiet(view._("None yet.")))
        return
    size = frames.PAGE_ROWS
    pages = -(-len(rows) // size)
    number = min(filters.page_number(), pages)
    tables.show(view, table, rows[(number - 1) * size : number * size], alt=title)
    if pages > 1:
        tables.pager(view, statement_filters.PREFIX, number, size, len(rows))
