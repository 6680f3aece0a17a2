"""The statement of account on its page: what was owed, what moved it, what is owed, and how old that is."""

from dataclasses import dataclass
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.billing import frames, wording
from core.billing.frames import Ageing, Movement, StatementFilters, StatementPage, Sums
from core.documents.statement import BUCKETS
from core.kit.errors import N_, WrongPeriod
from core.tabular import each
from core.ui import cards, fields, filters, payments, statement_filters, states, tables
from core.ui.cards import Card
from core.ui.guard import View
from core.ui.tables import Column, Kind, Table


@dataclass(frozen=True, slots=True)
class _Sum:
    """A row of the table that is no movement: what was owed before, or at the end."""

    label: str
    day: date | None
    debit_cents: int | None
    credit_cents: int | None
    balance_cents: int


_Row = Movement | _Sum


def _day(view: View, row: _Row) -> str:
    return view.formats.day(row.day) if row.day else ""


def _document(_view: View, row: _Row) -> str:
    if isinstance(row, _Sum):
        return ""
    number = tables.escape(row.document)
    if row.source != "item":
        return f"[{number}]({statement_filters.to_payment(row.source_id)})"
    return f"[{number}](/documents/{row.document_id})" if row.document_id else number


def _contract(_view: View, row: _Row) -> str:
    if isinstance(row, _Sum):
        return ""
    return tables.escape(row.contract) if row.contract else tables.NONE


def _description(view: View, row: _Row) -> str:
    if isinstance(row, _Sum):
        return f"**{row.label}**"
    said = tables.escape(wording.described(view._, view.formats.day, row))
    return f"[{said}]({statement_filters.to_item(row.source_id)})" if row.source == "item" else said


def _balance(view: View, row: _Row) -> str:
    text = tables.money(view, row.balance_cents)
    return f"**{text}**" if isinstance(row, _Sum) else text


def _amount(name: str) -> Column:
    title = {"debit_cents": N_("Debit"), "credit_cents": N_("Credit")}[name]

    def write(view: View, row: _Row) -> str:
        cents = getattr(row, name)
        if isinstance(row, _Sum):
            return "" if cents is None else f"**{view.formats.money(cents)}**"
        return "" if cents is None else view.formats.money(cents)

    return Column(name, title, Kind.MONEY, write)


TABLE = Table(
    "statement",
    (
        Column("day", N_("Date"), write=_day),
        Column("document", N_("Document"), write=_document),
        Column("contract", N_("Contract"), write=_contract),
        Column("description", N_("Description"), write=_description),
        _amount("debit_cents"),
        _amount("credit_cents"),
        Column("balance_cents", N_("Balance"), Kind.MONEY, _balance),
    ),
)


def _bucket(n: int) -> Column:
    kind = Kind.OVERDUE if n else Kind.MONEY
    write = tables.overdue if n else tables.money
    return Column(f"bucket_{n}", BUCKETS[n], kind, lambda view, ageing: write(view, ageing.buckets[n]))


def _matched_later(view: View, ageing: Ageing) -> str:
    return tables.money(view, -ageing.credit_cents)


def _owed(view: View, ageing: Ageing) -> str:
    return f"**{view.formats.money(ageing.balance_cents)}**"


AGEING = Table(
    "ageing",
    (
        *map(_bucket, range(len(BUCKETS))),
        Column("credit_cents", N_("Credit available"), Kind.MONEY, _matched_later),
        Column("balance_cents", N_("Closing balance"), Kind.MONEY, _owed),
    ),
    phone="cards",
)
TABLES = (TABLE, AGEING)


def part(view: View, lead: DeltaGenerator, tools: DeltaGenerator) -> None:
    """The part of the page that a view, a period or the pager changes: it reruns by itself."""
    wanted = statement_filters.chosen()
    if statement_filters.detailed():
        payments.detail(view, lead)
        return
    try:
        wanted.period(view.today)
    except WrongPeriod as error:
        statement_filters.controls(view, wanted, wanted.since or view.today, wanted.until or view.today)
        st.error(view._(error.message), icon=":material/error:")
        return
    if filters.read(statement_filters.VIEW) == statement_filters.PAYMENTS:
        payments.listed(view, wanted, lead)
    else:
        _movements(view, wanted, lead, tools)


def _movements(view: View, wanted: StatementFilters, lead: DeltaGenerator, tools: DeltaGenerator) -> None:
    page = frames.statement(view.access, view.today, wanted, filters.page_number())
    lead.markdown(_lead(view, page.sums))
    statement_filters.controls(view, wanted, page.sums.since, page.sums.until)
    with tools:
        fields.export(view, statement_filters.file_of(wanted, "xlsx"))
        st.link_button("PDF", statement_filters.file_of(wanted, "pdf"), icon=":material/picture_as_pdf:")
    cards.row(_cards(view, page.sums, page.ageing))
    _credit(view, page.ageing)
    if page.sums.rows:
        tables.show(view, TABLE, _rows(view, page), alt=_alt(view, page.sums))
        tables.pager(view, statement_filters.PREFIX, page.number, page.size, page.sums.rows)
    else:
        _nothing(view, page.sums)
    _ageing(view, page.ageing)
    _remarks(view, wanted)


def _lead(view: View, sums: Sums) -> str:
    day, owed = view.formats.full_day(sums.until), view.formats.money(sums.closing_cents)
    return " · ".join(
        (view._("Balance on %(day)s **%(amount)s**") % {"day": day, "amount": owed}, view._("VAT included"))
    )


def _cards(view: View, sums: Sums, ageing: Ageing) -> list[Card]:
    """What was owed, what was added and taken away, what is owed."""
    since, until = ({"day": view.formats.day(day)} for day in (sums.since, sums.until))
    overdue = sum(ageing.buckets[1:])
    late = {**until, "amount": view.formats.money(overdue)}
    note = view._("on %(day)s, overdue %(amount)s") % late if overdue > 0 else view._("at the end of %(day)s") % until
    money = view.formats.money
    return [
        Card(view._("Opening balance"), money(sums.opening_cents), view._("before %(day)s") % since),
        Card(view._("Debit"), money(sums.debit_cents), view._("invoices and returned debits")),
        Card(view._("Credit"), money(sums.credit_cents), view._("payments and credit notes")),
        Card(view._("Closing balance"), money(sums.closing_cents), note, alarm=overdue > 0),
    ]


def _credit(view: View, ageing: Ageing) -> None:
    """Money that came and pays nothing yet, and what becomes of it."""
    if not ageing.credit_cents:
        return
    said = view._(
        "Credit available **%(amount)s**: money received that pays no due item yet. It is part of the balance already,"
        " stays yours and does not expire."
    )
    st.markdown(f":material/savings: {said % {'amount': view.formats.money(ageing.credit_cents)}}")


def _rows(view: View, page: StatementPage) -> list[_Row]:
    """The movements of a page between what was owed before them and, on the last page, what is owed."""
    moves, sums = each(page.rows, Movement), page.sums
    first = moves[0]
    before = first.balance_cents - (first.debit_cents or 0) + (first.credit_cents or 0)
    label = view._("Opening balance") if page.number == 1 else view._("Brought forward")
    rows: list[_Row] = [_Sum(label, sums.since if page.number == 1 else None, None, None, before), *moves]
    if page.number == page.pages:
        amounts = sums.debit_cents, sums.credit_cents, sums.closing_cents
        rows.append(_Sum(view._("Closing balance"), sums.until, *amounts))
    return rows


def _alt(view: View, sums: Sums) -> str:
    days = {"since": view.formats.full_day(sums.since), "until": view.formats.full_day(sums.until)}
    return view._("Statement of account from %(since)s to %(until)s") % days


def _nothing(view: View, sums: Sums) -> None:
    days = {"since": view.formats.full_day(sums.since), "until": view.formats.full_day(sums.until)}
    states.empty(
        "account_balance",
        view._("There are no movements from %(since)s to %(until)s") % days,
        view._("Choose another period to see invoices and payments."),
    )


def _ageing(view: View, ageing: Ageing) -> None:
    day = view.formats.full_day(ageing.as_of)
    title = view._("The closing balance by days past due on %(day)s") % {"day": day}
    st.header(title, anchor=False)
    tables.show(view, AGEING, [ageing], alt=title)


def _remarks(view: View, wanted: StatementFilters) -> None:
    said = [
        view._("Invoices and credit notes count from their issue date, payments and returned debits from their own.")
    ]
    if wanted.contract:
        said.append(view._("Of one contract, payments count by what they pay of its due items."))
    st.markdown(cards.quiet(" ".join(said)))
