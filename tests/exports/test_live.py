"""Live workbooks as LibreOffice computes them: every formula gives the result that the file is stored with."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from core.exports import delimited, workbook
from core.exports.table import Column, Control, Kind, Link, Notes, Table, aligned, headed
from core.locale import translations
from tests.exports import office

TODAY = date(2024, 4, 5)
NOTES = Notes("it", "Aurora", "Fatture e pagamenti", "10093", datetime(2026, 11, 20, tzinfo=UTC), TODAY)
OPENING = -500
COLUMNS = [
    Column("Reason", key="causale"),
    Column("Due on", Kind.DATE, key="due_on"),
    Column("Amount", Kind.MONEY, total=True, key="gross"),
    Column("Paid", Kind.MONEY, total=True, key="paid"),
    Column("Balance", Kind.MONEY, total=True, key="balance", formula="{gross}-{paid}"),
    Column(
        "Overdue balance",
        Kind.MONEY,
        total=True,
        key="overdue",
        formula='IF(AND({invoice}<>"",{due_on}<{data_date}),{balance},0)',
    ),
    Column("So far", Kind.MONEY, key="running", formula="{above.running}+{balance}", opening={"running": OPENING}),
    Column("Days", Kind.COUNT, key="days", formula="{data_date}-{due_on}"),
    Column("Invoice", Kind.LINK, key="invoice"),
]
HOSTILE = ["=1+1", "+C2", '=HYPERLINK("http://x")', "{gross}", "SUM(C:C)", "\x01a", "'=1", '"', "&<>"]
SHEET = "Fatture & l'altro"


def rows(count: int) -> Iterator[dict[str, object]]:
    """Invoices, credit notes and items without an invoice, due before the day, on it and after it."""
    chance, running = random.Random(4), OPENING  # noqa: S311 - the same every time
    for number in range(count):
        gross = chance.randrange(-99_999, 10**9)
        paid = chance.choice((0, gross, gross // 3))
        due_on = TODAY + timedelta(chance.randrange(-3, 3))
        invoice = chance.choice((Link(HOSTILE[number % 9], f"/documents/{number}"), HOSTILE[number % 9], None))
        running += gross - paid
        yield {
            "causale": HOSTILE[number % 9],
            "due_on": due_on,
            "gross": gross,
            "paid": paid,
            "balance": gross - paid,
            "overdue": gross - paid if invoice and due_on < TODAY else 0,
            "running": running,
            "days": (TODAY - due_on).days,
            "invoice": invoice,
        }


def table(count: int, columns: Sequence[Column] = COLUMNS, off_by: int = 0) -> Table:
    of = list(rows(count))
    control = [
        Control(f"={column.title}", column.key, sum(row[column.key] for row in of) + off_by)
        for column in columns
        if column.total
    ]
    return Table(SHEET, columns, aligned(columns, of), NOTES, control)


def written(what: Table) -> bytes:
    out = BytesIO()
    workbook.write(out, what)
    return out.getvalue()


MANUAL = {"due_on": "Scadenza", "gross": "Importo", "overdue": "Saldo scad."}
FILES = {
    "empty": written(table(0)),
    "one": written(table(1)),
    "many": written(table(4_050)),
    "wrong": written(table(30, off_by=1)),
    "manual": written(table(30, headed(COLUMNS, str, MANUAL))),
    "gaps": written(Table("Piano", COLUMNS[2:5], [(5, 3, 2), (None, None, None), (7, 9, -2), (1, 1, None)], NOTES)),
}


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workbook]:
    return office.recomputed(FILES, tmp_path_factory.mktemp("office"))


def stored(name: str, sheet: int = 0) -> list[tuple[object, ...]]:
    return list(load_workbook(BytesIO(FILES[name]), data_only=True).worksheets[sheet].values)


@pytest.mark.parametrize("name", FILES)
def test_every_formula_gives_the_result_that_is_stored(computed: dict[str, Workbook], name: str) -> None:
    assert office.differences(FILES[name], computed[name]) == []


def test_the_stored_results_are_the_portals_amounts() -> None:
    expected = [tuple(row[key] for key in ("balance", "overdue", "running")) for row in rows(4_050)]
    found = [tuple(round(cell * 100) for cell in row[4:7]) for row in stored("many")[1:-1]]
    assert found == expected


def test_no_remainder_of_decimals_shows_in_a_computed_cell(computed: dict[str, Workbook]) -> None:
    amounts = [cell for row in computed["many"].worksheets[0].iter_rows(min_row=2, max_row=4_051) for cell in row[4:7]]
    assert all(cell.value == round(cell.value, 2) for cell in amounts)


@pytest.mark.parametrize("name", FILES)
def test_the_only_formulas_are_those_of_the_columns_and_of_the_portal(name: str) -> None:
    ours = ("=ROUND(", "=SUBTOTAL(109,", "=IF(D", "=DATE(")
    found = [cell for sheet in load_workbook(BytesIO(FILES[name])) for row in sheet.iter_rows() for cell in row]
    formulas = [cell.value for cell in found if cell.data_type == "f"]
    assert formulas
    assert all(formula.startswith(ours) for formula in formulas)
    assert not any(text in formula for formula in formulas for text in ("HYPERLINK", "1+1", "SUM(C:C)"))


def outcomes(book: Workbook) -> list[tuple[object, ...]]:
    block = [row for row in book.worksheets[1].values if row[4] is not None]
    return [row[1:] for row in block[1:]]


@pytest.mark.parametrize("name", ["empty", "one", "many", "manual"])
def test_the_totals_of_file_and_portal_are_the_same(computed: dict[str, Workbook], name: str) -> None:
    found = outcomes(computed[name])
    assert len(found) == (2 if name == "manual" else 4)
    assert all(file == pytest.approx(portal) and (gap, said) == (0, "OK") for file, portal, gap, said in found)


def test_a_total_that_is_not_the_portals_is_told(computed: dict[str, Workbook]) -> None:
    different = translations("it").gettext("different")
    for book in (computed["wrong"], load_workbook(BytesIO(FILES["wrong"]), data_only=True)):
        assert {row[2:] for row in outcomes(book)} == {(-0.01, different)}


def test_a_control_stands_below_the_notes_with_its_label_as_a_text() -> None:
    sheet = load_workbook(BytesIO(FILES["one"])).worksheets[1]
    block = [row for row in sheet.iter_rows() if row[4].value is not None]
    assert [row[0].value for row in block[1:]] == [f"={column.title}" for column in COLUMNS if column.total]
    assert {row[0].data_type for row in block} == {"s"}
    assert sheet.cell(block[0][0].row - 1, 1).value is None
    assert "€" in block[1][1].number_format


def test_a_table_without_controls_has_no_block() -> None:
    assert all(len(row) == 2 for row in stored("gaps", sheet=1))


def test_a_control_of_a_column_without_a_total_is_a_bug() -> None:
    with pytest.raises(KeyError):
        written(replace(table(1), control=[Control("So far", "running", 0)]))


def test_a_workbook_that_was_changed_says_so(tmp_path: Path) -> None:
    """Somebody edits what was paid in the first row: balance, totals and outcome follow."""
    book = load_workbook(BytesIO(FILES["one"]))
    book.worksheets[0]["D2"] = 1
    changed = BytesIO()
    book.save(changed)
    (read,) = office.recomputed({"changed": changed.getvalue()}, tmp_path).values()
    gross = read.worksheets[0]["C2"].value
    assert read.worksheets[0]["E2"].value == pytest.approx(gross - 1)
    assert read.worksheets[0]["E3"].value == pytest.approx(gross - 1)
    assert outcomes(read)[2][3] == translations("it").gettext("different")


def test_a_csv_has_the_results() -> None:
    out = BytesIO()
    delimited.write(out, table(2))
    first = next(rows(1))
    line = out.getvalue().decode("utf-8-sig").splitlines()[1]
    assert f";{first['balance'] / 100:.2f};".replace(".", ",") in line
    assert "ROUND" not in line
