"""Tables: what comes from data is shown as it is, and figures stand where figures belong."""

import importlib
import pkgutil
import re
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pytest

from core import ui
from core.ui import style, tables
from core.ui.guard import View
from core.ui.tables import Column, Kind, Table
from tests.ui.conftest import plain_view

HOSTILE = [
    "[click](https://evil.example)",
    "![x](https://evil.example/pixel.png)",
    "*bold* _italic_ `code` ~~gone~~ **strong**",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "| a | b |",
    "<script>alert(1)</script>",
    "<img src=https://evil.example/x>",
    "$x^2$ and $$y$$",
    ":red[alarm] :green-badge[Pagato]",
    "&lt;b&gt; &#60;",
    "[^1]: note",
    "back\\slash \\*",
    "Rossi & Figli S.r.l. (già Bianchi) – 50% + IVA!",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_every_sign_that_could_mark_up_is_escaped(text: str) -> None:
    escaped = tables.escape(text)
    assert re.sub(r"\\([!-/:-@\[-`{-~])", "", escaped.replace("\u2060", "")).isascii() or "–" in text
    assert not re.search(r"(?<!\\)(?:\\\\)*[!-/:-@\[\]-`{-~]", re.sub(r"\\[!-/:-@\[-`{-~]", "", escaped))


@pytest.mark.parametrize("text", HOSTILE)
def test_without_its_backslashes_and_joiners_it_is_the_same_text(text: str) -> None:
    escaped = tables.escape(text).replace("\u2060", "")
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped) == text


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("see https://evil.example now", r"https?://[-.\w]"),
        ("see WWW.evil.example now", r"(?i)www\."),
        ("write to a@evil.example", r"[-.\w+]@"),
        (":material/home: :material_home:", r":material.\w+:"),
        (":streamlit: :smile: :+1:", r":[\w+-]+:"),
        ("a -> b <- c <-> d -- e >= f <= g ~= h", r"(->|<-|--|>=|<=|~=)"),
    ],
)
def test_what_streamlit_rewrites_in_finished_text_is_broken_by_an_invisible_joiner(text: str, rewritten: str) -> None:
    finished = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", tables.escape(text))
    assert re.search(rewritten, text)
    assert not re.search(rewritten, finished)
    assert finished.replace("\u2060", "") == text


def test_text_stays_on_one_line_and_never_starts_a_block() -> None:
    assert tables.escape("  four\n\n    spaces\tand lines ") == "four spaces and lines"


@pytest.fixture
def view() -> View:
    return plain_view()


TABLE = Table(
    "sample",
    (
        Column("who", "Who"),
        Column("when", "When", Kind.DAY),
        Column("owed", "Owed", Kind.OVERDUE),
        Column("paid", "Paid", Kind.MONEY),
        Column("rows", "Rows", Kind.COUNT),
        Column("mark", "Mark", write=lambda _view, row: row.mark),
    ),
)


@dataclass
class Row:
    who: str | None
    when: date | None
    owed: int
    paid: int
    rows: int | None
    mark: str


ROWS = [Row("*Anna*", date(2024, 4, 30), 30_000, 231_638, 1_234, ":green-badge[ok]"), Row(None, None, 0, 0, None, "")]


def written(view: View) -> list[list[str]]:
    cells = tables.cells(view, TABLE, ROWS)
    assert {column.type for column in cells.columns} == {pa.string()}
    return [list(row.values()) for row in cells.to_pylist()]


def test_cells_are_text_in_the_language_of_the_reader(view: View) -> None:
    assert written(view)[0] == [
        "\\*Anna\\*",
        "30/04/24",
        ":red[**300,00\xa0€**]",
        "2.316,38\xa0€",
        "1.234",
        ":green-badge[ok]",
    ]


def test_zero_is_grey_and_what_is_missing_is_a_dash(view: View) -> None:
    assert written(view)[1] == ["–", "–", ":gray[0,00\xa0€]", ":gray[0,00\xa0€]", "–", ""]


def test_a_cell_may_take_more_than_its_field(view: View) -> None:
    column = Column("who", "Who", write=lambda _view, row: f"{row.who} {row.paid}")
    assert tables.cells(view, Table("sample", (column,)), ROWS[:1]).to_pylist() == [{"Who": "*Anna* 231638"}]


def test_figures_are_right_aligned_with_their_titles() -> None:
    style = tables.style(str, TABLE)
    assert style.startswith(".st-key-table_sample :is(td,th):is(:nth-child(3),:nth-child(4),:nth-child(5))")
    assert "text-align:right" in style


def test_rows_that_become_cards_carry_their_titles() -> None:
    style = tables.style(str, Table("sample", (Column("who", 'The "name"'),), phone="cards"))
    assert '.st-key-table_sample_cards td:nth-child(1)::before{content:"The \\"name\\""}' in style


def test_the_style_sheet_has_the_rules_of_every_table() -> None:
    modules = [importlib.import_module(f"core.ui.{info.name}") for info in pkgutil.iter_modules(ui.__path__)]
    found = {table.name for module in modules for table in vars(module).values() if isinstance(table, Table)}
    assert found == {table.name for table in style.TABLES}
    assert all(f".st-key-{tables.key_of(table)} " in style.sheet("it-IT") for table in style.TABLES)
