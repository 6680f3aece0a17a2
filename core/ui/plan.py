"""The amortization plan on its page: what is left, its rates, the rows of eleven columns with their sums."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pandas as pd
import streamlit as st

from core.billing import frames
from core.billing.frames import INDEX_ROW, PLAN_STATES, Plan, PlanItem, PlanPage
from core.book import frames as book
from core.kit import words
from core.kit.errors import N_, NotFound
from core.kit.figures import Explanation
from core.tabular import each
from core.ui import badges, fields, filters, states, tables, why
from core.ui.guard import View
from core.ui.tables import Column, Kind, Table

PREFIX = "amortization"
_ALL, _SHOWN, _HIDDEN = "all", "on", "off"
STATE = filters.one_of("state", (_ALL, *PLAN_STATES), _ALL)
INDEX_ROWS = filters.one_of("indexation", (_SHOWN, _HIDDEN), _SHOWN)
_STATE_WORDS = {_ALL: N_("All instalments"), **words.PLAN_STATES}
_MILLION = 1_000_000


def _amount(view: View, row: PlanItem) -> str:
    text = view.formats.money(row.amount_cents)
    return f":green[{text}]" if row.amount_cents < 0 else text


def _principal(view: View, row: PlanItem) -> str:
    return tables.NONE if row.kind == INDEX_ROW else tables.money(view, row.principal_cents)


def _method(view: View, row: PlanItem) -> str:
    return tables.escape(view._(words.PLAN_METHODS[row.method]))


TABLE = Table(
    "plan",
    (
        Column("number", words.PLAN["number"], Kind.COUNT),
        Column("due_on", words.PLAN["due_on"], Kind.DAY),
        Column("kind", words.PLAN["kind"], write=lambda view, row: badges.plan_row(view, row.kind)),
        Column("amount_cents", words.PLAN["amount_cents"], Kind.MONEY, _amount),
        Column("principal_cents", words.PLAN["principal_cents"], Kind.MONEY, _principal),
        Column("interest_cents", words.PLAN["interest_cents"], Kind.MONEY),
        Column("outstanding_cents", words.PLAN["outstanding_cents"], Kind.MONEY),
        Column("method", words.PLAN["method"], write=_method),
        Column("accrues_from", words.PLAN["accrues_from"], Kind.DAY),
        Column("accrues_to", words.PLAN["accrues_to"], Kind.DAY),
        Column("collected_on", words.PLAN["collected_on"], Kind.DAY),
    ),
)


def nothing(view: View) -> None:
    """No contract, hence no plan."""
    states.empty(
        "stacked_line_chart",
        view._("There are no contracts"),
        view._("A contract's plan appears here once it is signed."),
    )


def workbook(plan: Plan, **more: str) -> str:
    """The address of the whole plan as a workbook."""
    return filters.link("/exports/amortization.xlsx", contract=plan.number, **more)


def lead(view: View, plan: Plan) -> str:
    """What is left to pay back, and how many rents have come in."""
    counts = {"n": plan.rents_collected, "all": plan.rents}
    said = (
        view._("Outstanding principal today **%(amount)s**") % {"amount": view.formats.money(plan.outstanding_cents)},
        view._("%(n)s of %(all)s instalments collected") % {k: view.formats.count(n) for k, n in counts.items()},
    )
    return " · ".join(said)


def remarks(view: View, plan: Plan) -> None:
    """The rates of the contract, on which basis the amounts are, and what an early end has changed."""
    said = [view._("amounts net of VAT")]
    if plan.rates:
        ppm = {"nominal": plan.rates.nominal_ppm, "effective": plan.rates.effective_ppm}
        rates = view._("Yearly rate of the contract: nominal **%(nominal)s**, effective (TIR) **%(effective)s**")
        said.insert(0, rates % {name: view.formats.share(Fraction(rate, _MILLION)) for name, rate in ppm.items()})
    st.markdown(" · ".join(said))
    if plan.terminated_on:
        st.info(_ended(view, plan, plan.terminated_on), icon=":material/lock:")


def _ended(view: View, plan: Plan, day: date) -> str:
    said = view.ngettext(
        "The contract ended early on %(day)s, with %(left)s outstanding: %(n)s later row is no longer owed.",
        "The contract ended early on %(day)s, with %(left)s outstanding: %(n)s later rows are no longer owed.",
        plan.dropped,
    )
    left = view.formats.money(plan.price_cents - plan.sums["principal_cents"])
    return said % {"day": view.formats.full_day(day), "left": left, "n": view.formats.count(plan.dropped)}


def part(view: View, contract: str, at_hand: list[Plan]) -> None:
    """The part of the page that a filter or the pager changes, and nothing else: it reruns by itself.

    `at_hand` has the plan while the whole page is drawn; it is taken, so that a later run reads the plan anew.
    """
    plan = at_hand.pop() if at_hand else frames.plan(view.access, view.today, contract)
    state, shown = filters.read(STATE), filters.read(INDEX_ROWS) == _SHOWN
    page = plan.page(filters.page_number(), state=None if state == _ALL else state, index_rows=shown)
    charges = plan.rows[plan.rows["kind"] == INDEX_ROW]
    _controls(view, page.counts, state, charges)
    _rows(view, plan, page, view._(_STATE_WORDS[state]))
    fields.export_as_before(view, workbook(plan, headers="manual"))


def _controls(view: View, counts: Mapping[str, int], state: str, charges: pd.DataFrame) -> None:
    """The state, which is offered as overdue only where something is, and the index rows: shown or not, and why."""
    left_out = {"overdue"} - {state} if not counts["overdue"] else set()
    offered = {name: word for name, word in _STATE_WORDS.items() if name not in left_out}
    with st.container(horizontal=True, vertical_alignment="center", key="plan_filters"):
        fields.switch(view, STATE, PREFIX, view._("State"), offered, counts=counts)
        if not charges.empty:
            _index_rows(view)
            (last,) = each(charges[-1:], PlanItem)
            why.link(view, _subject(last), view._("How the indexation is worked out"))


def _index_rows(view: View) -> None:
    key = f"{PREFIX}_{INDEX_ROWS.key}"
    st.session_state[key] = filters.read(INDEX_ROWS) == _SHOWN
    st.checkbox(view._("Show index rows"), key=key, on_change=_show_index_rows, args=(key,))


def _show_index_rows(key: str) -> None:
    filters.write(INDEX_ROWS, _SHOWN if st.session_state[key] else _HIDDEN)


def _rows(view: View, plan: Plan, page: PlanPage, state: str) -> None:
    """The rows of the page with their pager and the sums of all of them, or what to do where there are none."""
    if page.total_rows:
        alt = view._("Amortization plan of contract %(number)s") % {"number": plan.number}
        rows = each(page.rows, PlanItem)
        tables.show(view, TABLE, rows, alt=alt)
        tables.pager(view, PREFIX, page.number, page.size, page.total_rows)
        _total(view, page)
        why.choice(view, PREFIX, {_subject(row): _named(view, row) for row in rows})
    elif plan.rows.empty:
        states.empty(
            "stacked_line_chart",
            view._("This contract has no plan yet"),
            view._("Its instalments appear here once the plan is drawn up."),
        )
    else:
        said = view.ngettext("%(n)s row in all.", "%(n)s rows in all.", len(plan.rows))
        nothing_like_it = view._("No rows of the plan for: %(filters)s") % {"filters": state}
        states.no_match(view, nothing_like_it, said % {"n": view.formats.count(len(plan.rows))})


def _subject(row: PlanItem) -> str:
    return f"{row.kind}.{row.number}.{row.due_on.isoformat()}"


def _named(view: View, row: PlanItem) -> str:
    kind = view._(words.PLAN_KINDS[row.kind])
    what = f"{kind} {row.number}" if row.number else kind
    return " · ".join((view.formats.day(row.due_on), what, view.formats.money(row.amount_cents)))


def explained(view: View, contract: str, subject: str) -> Explanation:
    """Why a row of the plan is what it is, named in the address as `CANONE.5.2022-10-31`. Raises NotFound."""
    kind, _, rest = subject.partition(".")
    number, _, day = rest.partition(".")
    try:
        named_by = int(number), date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    if kind == INDEX_ROW:
        return frames.charge_explained(view.access, view.today, contract, named_by[1])
    return book.plan_row_explained(view.access, view.today, contract, kind, *named_by)


def _total(view: View, page: PlanPage) -> None:
    """The sums of all rows that the filters let through."""
    said = view.ngettext("Total of %(n)s row (net of VAT)", "Total of %(n)s rows (net of VAT)", page.total_rows)
    amounts = (
        " ".join((view._(words.PLAN[key]), f"**{view.formats.money(cents)}**")) for key, cents in page.sums.items()
    )
    with st.container(border=True, key="plan_total"):
        st.markdown(" · ".join((said % {"n": view.formats.count(page.total_rows)}, *amounts)))
