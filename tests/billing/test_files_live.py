"""The workbook of the schedule says again what the portal computes: balances, overdue balances and totals are live."""

import sys
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from core.billing.actions import export_invoices
from core.billing.frames import Filters, ledger, schedule
from tests.billing.conftest import TODAY
from tests.exports import office
from tests.people import Person

PROFILES = {"ours": False, "manual": True}


@pytest.fixture
def every_kind(anna: Person) -> Person:
    """Items before, on and after the day, with and without an invoice, partly paid, paid, and credit notes."""
    contract, number = anna.contract("84963"), 0
    for days in (-30, -1, 0, 1, 30):
        for invoiced in (True, False):
            number += 1
            due_on = TODAY + timedelta(days)
            invoice = anna.invoice(contract, f"{number}/2024", due_on) if invoiced else None
            item = anna.item(contract, number, due_on, 10_001 + number, invoice_id=invoice)
            if invoiced and number % 3 == 0:
                anna.payment(date(2024, 3, 1), 5_005, f"P{number}", [(item, 5_005)])
    for days in (-10, 10):
        number += 1
        invoice = anna.invoice(contract, f"{number}/2024", TODAY)
        note = {"kind": "NOTA_CREDITO", "invoice_id": invoice}
        anna.item(contract, number, TODAY + timedelta(days), -3_333, **note)
    return anna


@pytest.fixture
def files(every_kind: Person) -> dict[str, bytes]:
    made = {}
    for name, manual in PROFILES.items():
        out = BytesIO()
        export_invoices(every_kind.access, TODAY, Filters(), out, lang="it", who="Anna", manual_headers=manual)
        made[name] = out.getvalue()
    return made


def control(book: Workbook) -> dict[str, tuple[object, ...]]:
    """The lines of the control block by their label: totals of file and portal, difference, outcome."""
    return {row[0]: row[1:] for row in book.worksheets[1].values if len(row) > 4 and row[4] == "OK"}


def test_computed_anew_the_workbook_says_what_the_portal_says(
    every_kind: Person, files: dict[str, bytes], tmp_path: Path
) -> None:
    computed = office.recomputed(files, tmp_path)
    assert {name: office.differences(files[name], computed[name]) for name in files} == {"ours": [], "manual": []}
    on_screen = schedule(every_kind.access, TODAY, Filters())
    for book in computed.values():
        file, portal, difference, _ = control(book)["Saldo scaduto"]
        assert (round(file * 100), round(portal * 100), difference) == (on_screen.overdue_cents,) * 2 + (0,)
    assert set(control(computed["ours"])) == {"Importo", "Pagato", "Saldo", "Saldo scaduto"}
    assert set(control(computed["manual"])) == {"Importo", "Pagato", "Saldo scaduto"}


def test_the_balances_of_a_row_are_formulas_of_its_amounts_due_date_and_invoice(files: dict[str, bytes]) -> None:
    sheet = load_workbook(BytesIO(files["ours"])).worksheets[0]
    for row in range(2, sheet.max_row):
        assert sheet.cell(row, 9).value == f"=ROUND(G{row}-H{row},2)"
        assert sheet.cell(row, 10).value == f'=ROUND(IF(AND(K{row}<>"",C{row}<DATE(2024,4,5)),I{row},0),2)'


def test_an_overdue_credit_note_counts_with_its_sign_although_it_is_called_paid(files: dict[str, bytes]) -> None:
    sheet = load_workbook(BytesIO(files["ours"]), data_only=True).worksheets[0]
    notes = [(row[0], row[9]) for row in sheet.values if row[4] == "Nota di credito"]
    assert notes == [("Pagato", -40.66), ("Pagato", 0)]


def test_the_manuals_profile_has_totals_as_its_only_formulas(files: dict[str, bytes]) -> None:
    sheet = load_workbook(BytesIO(files["manual"])).worksheets[0]
    formulas = [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert {cell.row for cell in formulas} == {sheet.max_row}
    assert [cell.value[:9] for cell in formulas] == ["=SUBTOTAL"] * 3


def test_totals_and_rows_are_of_one_state_of_the_ledger(every_kind: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["core.billing.frames.schedule"]  # the package has a function of that name
    whole = module._whole

    def something_comes_in_between(shape: Filters) -> object:
        every_kind.item(every_kind.contract("84964"), 1, TODAY, 10_000)
        return whole(shape)

    monkeypatch.setattr(module, "_whole", something_comes_in_between)
    with ledger(every_kind.access, TODAY, Filters()) as (totals, rows):
        assert sum(row["gross_cents"] for row in rows) == totals.gross_cents
