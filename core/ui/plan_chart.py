"""The chart of an amortization plan: what each due day pays back and costs, what is left, and where today stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import streamlit as st

from core.billing.frames import INDEX_ROW, Plan, PlanItem
from core.kit import words
from core.kit.errors import N_
from core.tabular import each
from core.ui import charts, tables
from core.ui.charts import INK, OCHRE, PETROL, SLATE, Chart, Series
from core.ui.guard import View
from core.ui.tables import Column, Kind, Table


@dataclass(frozen=True, slots=True)
class Point:
    """What falls due on a day, or in a year: cents net of VAT, and what is left after it."""

    day: date
    principal_cents: int
    interest_cents: int
    outstanding_cents: int
    index_cents: int


YEARS = Table(
    "plan_years",
    (
        Column("day", N_("Year"), write=lambda _view, point: str(point.day.year)),
        Column("principal_cents", words.PLAN["principal_cents"], Kind.MONEY),
        Column("interest_cents", words.PLAN["interest_cents"], Kind.MONEY),
        Column("outstanding_cents", N_("Outstanding at the end of the year"), Kind.MONEY),
        # Last, so that the style of the others stays right where there is none.
        Column("index_cents", words.KINDS[INDEX_ROW], Kind.MONEY),
    ),
)


def draw(view: View, plan: Plan) -> None:
    """The chart, and its figures by year, where enough falls due to show a course. Without the advance."""
    rows = [row for row in each(plan.rows, PlanItem) if row.kind != "ANTICIPO"]
    points = _points(rows, lambda row: row.due_on)
    if len(points) < charts.FEWEST_POINTS:
        return
    with st.container(border=True, key="plan_chart", gap="small"):
        st.header(view._("Principal, interest and outstanding principal"), anchor=False)
        charts.show(view, _chart(view, plan, points), alt=_alt(view, plan, points))
    with st.expander(view._("Figures of the chart")):
        years = Table(YEARS.name, YEARS.columns if _indexed(points) else YEARS.columns[:-1])
        title = view._("Figures of the chart by year, without the advance instalment")
        tables.show(view, years, _points(rows, lambda row: row.due_on.year), alt=title)


def _points(rows: Sequence[PlanItem], period: Callable[[PlanItem], object]) -> list[Point]:
    """The rows of the plan, which stand by due date, added up by period."""
    return [_added(list(together)) for _, together in groupby(rows, period)]


def _added(rows: Sequence[PlanItem]) -> Point:
    index = sum(row.interest_cents for row in rows if row.kind == INDEX_ROW)
    return Point(
        rows[-1].due_on,
        sum(row.principal_cents for row in rows),
        sum(row.interest_cents for row in rows) - index,
        rows[-1].outstanding_cents,
        index,
    )


def _indexed(points: Sequence[Point]) -> bool:
    return any(point.index_cents for point in points)


def _chart(view: View, plan: Plan, points: Sequence[Point]) -> Chart:
    """A bar for each due day; the mark stands between the last one by today and the next, as what is left does."""
    principal, interest, index = words.PLAN["principal_cents"], words.PLAN["interest_cents"], words.KINDS[INDEX_ROW]
    bars = [
        Series(view._(principal), PETROL, [point.principal_cents for point in points]),
        Series(view._(interest), OCHRE, [point.interest_cents for point in points]),
    ]
    if _indexed(points):
        bars.append(Series(view._(index), SLATE, [point.index_cents for point in points]))
    mark = view._("today: outstanding %(amount)s") % {"amount": view.formats.money(plan.outstanding_cents)}
    name = view._("Outstanding principal (right axis)")
    return Chart(
        labels=[view.formats.day(point.day) for point in points],
        ticks=[view.formats.short_month(point.day) for point in points],
        bars=bars,
        line=Series(name, INK, [point.outstanding_cents for point in points]),
        past=sum(point.day <= view.today for point in points),
        mark=mark,
    )


def _alt(view: View, plan: Plan, points: Sequence[Point]) -> str:
    """What the chart shows, in a few sentences."""
    money, day = view.formats.money, view.formats.full_day
    first, last = points[0], points[-1]
    bars = view._(
        "Bars of principal and interest for %(n)s due dates from %(first)s to %(last)s of contract %(number)s, and a "
        "line of the outstanding principal: %(left)s after the first, %(end)s after the last, %(today)s today."
    )
    return bars % {
        "n": view.formats.count(len(points)),
        "first": day(first.day),
        "last": day(last.day),
        "number": plan.number,
        "left": money(first.outstanding_cents),
        "end": money(last.outstanding_cents),
        "today": money(plan.outstanding_cents),
    }
