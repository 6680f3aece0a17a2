"""Perché questo importo? What an amount is made of, the formula in words and in numbers, and the rounding.

Which amount is asked for stands in the address (`why=overdue`), so that an explanation can be shared like a page.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from core.kit.errors import N_
from core.kit.figures import Explanation, Figure, Unit
from core.ui import cards, filters, formulas, guard, tables
from core.ui.cards import Card
from core.ui.guard import View
from core.ui.tables import Column, Kind, Table

LONGEST_SUBJECT = 60
MOST_ROWS = 60
ASKED = filters.text("why", LONGEST_SUBJECT)
_JUST_ASKED = "why_just_asked"
_DUE = "due"
Explain = Callable[[View, str], Explanation]
More = Callable[[View, str], None]


def _value(view: View, figure: Figure) -> str:
    return formulas.value(view, figure)


FACTS = Table(
    "why_facts",
    (
        Column("name", N_("Data used"), write=lambda view, fact: tables.escape(formulas.said(view, fact.name))),
        Column("value", N_("Value"), Kind.FIGURE, write=_value),
        Column("source", N_("Source"), write=lambda view, fact: tables.escape(formulas.said(view, fact.source))),
    ),
)


def link(view: View, subject: str, label: str = "") -> None:
    """The way to an explanation, below the amount that it is about."""
    label = label or view._("Why this amount?")
    st.button(label, key=f"why_{subject}", type="tertiary", icon=":material/calculate:", on_click=_ask, args=(subject,))


def of_card(view: View, card: Card) -> None:
    """The way to the explanation of a card's figure, told from the others by the card's name, which is only heard."""
    label = view._("Why this date?") if card.why == _DUE else view._("Why this amount?")
    link(view, card.why, f"{label} **{card.label}**")


def choice(view: View, prefix: str, subjects: Mapping[str, str]) -> None:
    """The choice of a row whose amount is to be explained; `subjects` are the rows as they are named.

    It may stand in a part of the page that reruns by itself: the whole page follows, which opens the explanation.
    """
    key = f"{prefix}_why"
    if st.session_state.pop(_JUST_ASKED, False):
        st.rerun()
    st.session_state[key] = None
    st.selectbox(
        view._("Why this amount?"),
        list(subjects),
        key=key,
        format_func=lambda subject: subjects[subject],
        placeholder=view._("Choose a row"),
        width=400,
        on_change=_chosen,
        args=(key,),
    )


def _chosen(key: str) -> None:
    _ask(str(st.session_state[key] or ""))


def _ask(subject: str) -> None:
    filters.put(ASKED, subject)
    st.session_state[_JUST_ASKED] = True


def shown(explain: Explain, more: More | None = None) -> None:
    """Open the explanation that the address asks for, if it does; `explain` finds it, for the visitor of each run.

    `more` draws what leads on from there.
    """
    st.session_state.pop(_JUST_ASKED, None)
    subject = filters.read(ASKED)
    if subject:
        view = guard.view_of_session()
        closed = partial(filters.put, ASKED, "")
        told = partial(_told, explain=explain, subject=subject, more=more)
        guard.wide_dialog(view._("Why this amount?"), closed, told)


def _told(view: View, explain: Explain, subject: str, more: More | None) -> None:
    found = explain(view, subject)
    st.markdown(tables.escape(formulas.said(view, found.subject)))
    for place, step in enumerate(formulas.steps(found.figures)):
        with st.container(border=True, key=f"why_step_{place}", gap="xsmall"):
            _step(view, step, place)
    facts = formulas.told_apart(found.figures)
    if facts:
        tables.show(view, FACTS, facts[:MOST_ROWS], alt=view._("Data used"))
        _further(view, facts)
    if more:
        more(view, subject)


def _step(view: View, step: Figure, place: int) -> None:
    """A number that was worked out: its name and value, its formula in words and in numbers, how it was rounded."""
    st.markdown(f"{tables.escape(formulas.said(view, step.name))} **{formulas.value(view, step)}**")
    for line in _lines(view, step):
        st.markdown(cards.quiet(tables.escape(line)))
    parts = formulas.terms(step)
    if parts:
        tables.show(view, _table(parts[0], place), parts[:MOST_ROWS], alt=formulas.said(view, step.name))
        _further(view, parts)
    if formulas.rounded(step):
        st.markdown(cards.quiet(view._("Rounded half up to the cent, once.")))


def _lines(view: View, step: Figure) -> list[str]:
    """The formula of a number in words and in numbers, or where a fact comes from."""
    if step.operation is None:
        return [formulas.said(view, step.source)] if step.source else []
    lines = formulas.in_words(view, step), formulas.in_numbers(view, step)
    return [line for line in lines if line] or [_sum_of(view, formulas.terms(step))]


def _sum_of(view: View, parts: Sequence[Figure]) -> str:
    """A sum told as a table, with the formula that its parts have in common."""
    formula = formulas.in_words(view, parts[0]) if parts else ""
    return (
        view._("the sum of, each worked out as %(formula)s:") % {"formula": formula}
        if formula
        else view._("the sum of:")
    )


def _table(part: Figure, number: int) -> Table:
    """A row for each part of the sum of a step, with a column for each number in its formula."""
    return Table(
        f"why_parts_{number}",
        (
            Column("name", N_("Part"), write=lambda view, of: tables.escape(formulas.said(view, of.name))),
            *(_column(place, fact) for place, fact in enumerate(formulas.facts([part]) if part.operation else ())),
            Column("value", N_("Date") if part.unit is Unit.DAY else N_("Amount"), Kind.FIGURE, write=_value),
        ),
    )


def _column(place: int, fact: Figure) -> Column:
    """The facts at one place of the parts' formulas, which are alike."""
    title = fact.name.message if fact.name else ""
    return Column(f"fact_{place}", title, Kind.FIGURE, write=lambda view, of: _value(view, formulas.facts([of])[place]))


def _further(view: View, shown: Sequence[object]) -> None:
    more = len(shown) - MOST_ROWS
    if more > 0:
        said = view.ngettext("and %(n)s more row", "and %(n)s more rows", more) % {"n": view.formats.count(more)}
        st.markdown(cards.quiet(said))
