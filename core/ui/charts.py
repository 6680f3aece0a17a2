"""Charts as plain plotly specifications: bars that add up, a line on the right axis, a mark between past and future.

Made by plotly's own classes each would take as long as the rest of its page; the tests hold them against those classes.
Colours are names that the browser replaces by those of its theme.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from statistics import median
from typing import Any

import streamlit as st
from plotly.basedatatypes import BaseFigure
from streamlit.elements.lib import streamlit_plotly_theme as theme

from core.ui.guard import View

FEWEST_POINTS = 5
PETROL, OCHRE, SLATE, INK = theme.CATEGORY_0, theme.CATEGORY_1, theme.CATEGORY_2, theme.GRAY_90
_RULE = theme.GRAY_70
_HEIGHT, _HEADROOM, _INTERVALS, _LABELS = 280, 1.15, 4, 7
_FUTURE_OPACITY = 0.45
# A bar above twice the usual one would flatten all others: it is cut, and its amount written beside it.
_TALLEST = 2
_NICE = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Series:
    """What a row of bars or a line shows: its name in the legend, a colour of this module, cents for each label."""

    name: str
    colour: str
    cents: Sequence[int]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars on the left axis, one for each label, and a line on the right one.

    The first `past` bars are behind the mark, whose words are `mark`; there is none before the first or after the last.
    """

    labels: Sequence[str]
    ticks: Sequence[str]
    bars: Sequence[Series]
    line: Series
    past: int
    mark: str


class _Ready(BaseFigure):  # type: ignore[misc]  # plotly has no types
    """A specification that Streamlit takes as it is, and does not have checked at each run."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec

    def to_dict(self) -> Spec:
        """The specification."""
        return self._spec


def show(view: View, chart: Chart, *, alt: str) -> None:
    """Draw a chart; `alt` says in words what it shows."""
    st.plotly_chart(_Ready(spec(view, chart)), theme="streamlit", config=_CONFIG, alt=alt)


def spec(view: View, chart: Chart) -> Spec:
    """The chart as plotly takes it."""
    tallest, lowest = _extent(chart.bars)
    below = lowest / tallest
    return {
        "data": [*(_bars(chart, series) for series in chart.bars), _line(chart)],
        "layout": {
            "template": {},
            "height": _HEIGHT,
            "margin": {"l": 0, "r": 0, "t": 8, "b": 0},
            "separators": view.formats.separators,
            "barmode": "relative",
            "bargap": 0.12,
            "dragmode": False,
            "hovermode": "x unified",
            "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom"},
            "xaxis": _labels(chart),
            "yaxis": _amounts(tallest, below),
            "yaxis2": {**_amounts(max(chart.line.cents), below), "overlaying": "y", "side": "right", "showgrid": False},
            "shapes": _mark(chart),
            "annotations": [*_mark_words(chart), *_cut_amounts(view, chart, tallest)],
        },
    }


def _bars(chart: Chart, series: Series) -> Spec:
    future = len(chart.labels) - chart.past
    return {
        "type": "bar",
        "name": series.name,
        "x": chart.labels,
        "y": [amount / 100 if amount else None for amount in series.cents],
        "marker": {"color": series.colour, "opacity": [1] * chart.past + [_FUTURE_OPACITY] * future},
        "hovertemplate": "%{y:,.2f} €",
    }


def _line(chart: Chart) -> Spec:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": chart.line.name,
        "x": chart.labels,
        "y": [amount / 100 for amount in chart.line.cents],
        "yaxis": "y2",
        "line": {"color": chart.line.colour, "width": 2},
        "hovertemplate": "%{y:,.2f} €",
    }


def _heights(bars: Sequence[Series]) -> list[int]:
    return [sum(max(0, amount) for amount in at_label) for at_label in zip(*(s.cents for s in bars), strict=True)]


def _extent(bars: Sequence[Series]) -> tuple[int, int]:
    """The height of the tallest bar that is drawn whole, and the depth of the deepest one below zero, in cents."""
    heights = _heights(bars)
    most = _TALLEST * median(heights)
    # A plan may have nothing but rows of zero, or one row far above the rest.
    tallest = max((height for height in heights if height <= most), default=0) or 1
    return tallest, min(0, *(min(s.cents) for s in bars))


def _labels(chart: Chart) -> Spec:
    every = -(-len(chart.labels) // _LABELS)
    return {
        "type": "category",
        "tickvals": list(range(0, len(chart.labels), every)),
        "ticktext": chart.ticks[::every],
        "tickangle": 0,
        "fixedrange": True,
    }


def _amounts(tallest_cents: int, below: float) -> Spec:
    """An axis in whole steps; with the same share below zero on both, their steps stand side by side."""
    step = _nice_step(tallest_cents / 100 / _INTERVALS)
    top = step * _INTERVALS * _HEADROOM
    ticks = {"tick0": 0, "dtick": step, "tickformat": ",.0f"}
    return {"range": [top * _HEADROOM * below, top], "fixedrange": True, "zeroline": below < 0, **ticks}


def _nice_step(least: float) -> float:
    """The smallest round number that is enough."""
    power = 10.0 ** floor(log10(max(least, 1)))
    return next(power * nice for nice in _NICE if power * nice >= least)


def _between(chart: Chart) -> bool:
    return 0 < chart.past < len(chart.labels)


def _mark(chart: Chart) -> list[Spec]:
    if not _between(chart):
        return []
    place = chart.past - 0.5
    line = {"color": _RULE, "width": 1, "dash": "dash"}
    return [{"type": "line", "x0": place, "x1": place, "yref": "paper", "y0": 0, "y1": 1, "line": line}]


def _mark_words(chart: Chart) -> list[Spec]:
    if not _between(chart):
        return []
    side = "left" if chart.past * 2 < len(chart.labels) else "right"
    return [_note(chart.past - 0.5, chart.mark, side)]


def _cut_amounts(view: View, chart: Chart, tallest: int) -> list[Spec]:
    heights = list(enumerate(_heights(chart.bars)))
    return [_note(place, view.formats.money(cents), "right") for place, cents in heights if cents > tallest]


def _note(place: float, text: str, side: str) -> Spec:
    """A text at the top, beside a place on the axis of the labels."""
    return {
        "x": place,
        "y": 1,
        "yref": "paper",
        "xanchor": side,
        "yanchor": "top",
        "showarrow": False,
        "text": f" <b>{text}</b> ",
        "font": {"color": INK},
    }
