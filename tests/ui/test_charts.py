"""Charts: what plotly's own classes would make of them, axes that stand side by side, a mark at today."""

from dataclasses import replace

import plotly.graph_objects as go
import pytest
from streamlit.elements.lib import streamlit_plotly_theme

from core.ui import charts
from core.ui.charts import INK, OCHRE, PETROL, Chart, Series, Spec
from tests.ui.conftest import plain_view


def chart(*heights: int, past: int = 2) -> Chart:
    """Bars of two parts, the second of 10,00 each."""
    labels = [f"{month:02}/24" for month in range(1, len(heights) + 1)]
    parts = [Series("Principal", PETROL, [height - 1_000 for height in heights])]
    parts.append(Series("Interest", OCHRE, [1_000] * len(heights)))
    left = Series("Outstanding", INK, [60_000 - 10_000 * place for place in range(len(heights))])
    return Chart(labels, labels, parts, left, past, "today: 500,00 €")


def spec(of: Chart) -> Spec:
    return charts.spec(plain_view(), of)


PLAIN = chart(20_000, 20_000, 20_000, 20_000, 20_000, 20_000)


def test_plotlys_own_classes_accept_every_property() -> None:
    for of in (PLAIN, chart(20_000, 20_000, 20_000, 90_000, -2_000), replace(PLAIN, past=0)):
        assert go.Figure(spec(of)).to_dict()["data"] == spec(of)["data"]


def test_bars_add_up_in_euro_and_what_is_nothing_is_no_bar() -> None:
    one = chart(20_000, 1_000)
    first, second, line = spec(one)["data"]
    assert (first["y"], second["y"]) == ([190.0, None], [10.0, 10.0])
    assert (line["y"], line["yaxis"]) == ([600.0, 500.0], "y2")


def test_colours_are_those_that_the_browser_replaces_by_its_theme() -> None:
    assert [bar["marker"]["color"] for bar in spec(PLAIN)["data"][:2]] == ["#000001", "#000002"]
    known = {value for name, value in vars(streamlit_plotly_theme).items() if name.isupper()}
    assert {charts.PETROL, charts.OCHRE, charts.SLATE, charts.INK} <= known


def test_what_is_to_come_is_faint_and_today_stands_before_it() -> None:
    made = spec(PLAIN)
    assert made["data"][0]["marker"]["opacity"] == [1, 1, 0.45, 0.45, 0.45, 0.45]
    (mark,) = made["layout"]["shapes"]
    assert (mark["x0"], mark["line"]["dash"]) == (1.5, "dash")
    assert [note["text"] for note in made["layout"]["annotations"]] == [" <b>today: 500,00 €</b> "]


@pytest.mark.parametrize("past", [0, 6])
def test_there_is_no_mark_before_the_first_bar_and_after_the_last(past: int) -> None:
    layout = spec(replace(PLAIN, past=past))["layout"]
    assert (layout["shapes"], layout["annotations"]) == ([], [])


@pytest.mark.parametrize(
    ("tallest", "step"), [(20_000, 50), (18_98_67, 500), (25_62_00, 800), (15_00, 4), (17_991_79, 5_000)]
)
def test_the_axis_has_four_whole_steps_with_room_above(tallest: int, step: float) -> None:
    axis = spec(chart(*[tallest] * 5))["layout"]["yaxis"]
    assert (axis["dtick"], axis["range"][1]) == (step, pytest.approx(step * 4 * 1.15))
    assert axis["range"][1] * 100 > tallest


def test_below_zero_both_axes_have_the_same_share() -> None:
    layout = spec(chart(20_000, 20_000, 20_000, -5_000, 20_000))["layout"]
    left, right = (layout[axis]["range"] for axis in ("yaxis", "yaxis2"))
    assert left[0] < -50
    assert left[0] / left[1] == pytest.approx(right[0] / right[1])


def test_a_bar_far_above_the_others_is_cut_and_says_its_amount() -> None:
    layout = spec(chart(20_000, 20_000, 20_000, 20_000, 90_000, past=5))["layout"]
    assert layout["yaxis"]["range"][1] < 900
    assert [(note["x"], note["text"]) for note in layout["annotations"]] == [(4, " <b>900,00\xa0€</b> ")]


def test_few_labels_stand_below_many_bars() -> None:
    axis = spec(chart(*[20_000] * 60))["layout"]["xaxis"]
    assert axis["tickvals"] == [0, 9, 18, 27, 36, 45, 54]
    assert axis["ticktext"][1] == "10/24"


def test_signs_are_those_of_the_readers_language() -> None:
    assert spec(PLAIN)["layout"]["separators"] == ",."


def test_a_plan_without_amounts_has_a_chart_all_the_same() -> None:
    labels, left = ["01/24", "02/24"], Series("Outstanding", INK, [0, 0])
    assert spec(Chart(labels, labels, [Series("Principal", PETROL, [0, 0])], left, 0, ""))["data"][0]["y"] == [
        None,
        None,
    ]
