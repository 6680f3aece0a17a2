"""The statement as workbook, CSV and paper: each says to the cent what the screen and the ledger say."""

import csv
import re
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from core import db, demo
from core.access import Access, Grant, Role
from core.audit import AuditLine
from core.billing import actions
from core.billing.actions import statement as action
from core.billing.frames import Movement, StatementFilters, statement
from core.formats import Formats
from core.identity.tables import Customer
from core.kit.errors import NotFound, TooManyRows, WrongPeriod
from core.settings import settings
from core.tabular import each
from tests.billing.conftest import TODAY
from tests.exports import office
from tests.people import SYSTEM, Person

EVER = StatementFilters(preset="start")
MONEY = Formats("it").money


def written(access: Access, filters: StatementFilters, extension: str) -> BytesIO:
    out = BytesIO()
    actions.export_statement(access, TODAY, filters, out, lang="it", who="Anna Prova", extension=extension)
    return out


def drawn(access: Access, filters: StatementFilters) -> bytes:
    out = BytesIO()
    actions.export_statement_pdf(access, TODAY, filters, out, lang="it", who="Anna Prova")
    return out.getvalue()


def cents(value: float | None) -> int | None:
    return None if value is None else round(value * 100)


def screen(access: Access, filters: StatementFilters) -> list[Movement]:
    return each(statement(access, TODAY, filters, size=10_000).rows, Movement)


@pytest.fixture
def owing(anna: Person) -> Person:
    contract_id = anna.contract("84963")
    for number, day in enumerate((date(2023, 11, 15), date(2024, 2, 15)), start=1):
        invoice = anna.invoice(contract_id, f"{number}/2024", day)
        item = anna.item(contract_id, number, day, 10_000, invoice_id=invoice)
    anna.payment(date(2024, 3, 1), 5_000, "=TRN 1", [(item, 5_000)], method="BONIFICO")
    return anna


def test_the_balance_of_the_workbook_runs_by_formulas_from_the_opening_balance(owing: Person) -> None:
    sheet = load_workbook(written(owing.access, StatementFilters(), "xlsx")).worksheets[0]
    header = [cell.value for cell in sheet[1]]
    values = load_workbook(written(owing.access, StatementFilters(), "xlsx"), data_only=True).worksheets[0]
    assert len(header) == 7
    assert [cents(values.cell(row, 7).value) for row in (2, 3, 4)] == [12_200, 24_400, 19_400]
    assert all(str(sheet.cell(row, 7).value).startswith("=") for row in (2, 3, 4))
    assert "G2+E3-F3" in sheet.cell(3, 7).value
    assert sheet.cell(4, 2).value == "=TRN 1"


def test_the_csv_has_the_columns_and_rows_of_the_workbook(owing: Person) -> None:
    text = written(owing.access, StatementFilters(), "csv").getvalue().decode("utf-8-sig")
    header, *rows = csv.reader(StringIO(text, newline=""), delimiter=";")
    sheet = load_workbook(written(owing.access, StatementFilters(), "xlsx")).worksheets[0]
    assert header == [cell.value for cell in sheet[1]]
    assert [row[4:] for row in rows] == [["", "", "122,00"], ["122,00", "", "244,00"], ["", "50,00", "194,00"]]


def test_the_paper_says_who_owes_what_and_how_old_it_is(owing: Person) -> None:
    (page,) = PdfReader(BytesIO(drawn(owing.access, EVER))).pages
    shown = re.sub(r"\s+", " ", page.extract_text())
    amounts = [MONEY(value).replace("\xa0", " ") for value in (24_400, 5_000, 19_400)]
    for fact in ("Anna S.r.l.", "Via Roma 1", "15/11/2023", "05/04/2024", "1/2024", "=TRN 1", *amounts):
        assert fact in shown


def test_the_same_data_on_the_same_day_give_the_same_paper(owing: Person) -> None:
    assert drawn(owing.access, EVER) == drawn(owing.access, EVER)


def test_each_file_is_audited_with_its_filters_and_rows(owing: Person) -> None:
    written(owing.access, StatementFilters(since=date(2024, 1, 1)), "csv")
    drawn(owing.access, StatementFilters(contract="84963"))
    with db.reading(SYSTEM) as connection:
        lines = connection.execute(select(AuditLine.entity, AuditLine.data).order_by(AuditLine.id)).all()
    assert [entity for entity, _ in lines] == ["statement", "statement"]
    assert lines[0].data.items() >= {"since": "2024-01-01", "format": "csv", "rows": 3}.items()
    assert lines[1].data.items() >= {"contract": "84963", "format": "pdf", "rows": 2}.items()


def test_a_paper_of_too_many_movements_is_refused_and_says_what_to_do(
    owing: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(action, "MOST_DRAWN", 2)
    with pytest.raises(TooManyRows, match="shorter period"):
        drawn(owing.access, EVER)
    assert drawn(owing.access, StatementFilters()).startswith(b"%PDF")


def test_a_workbook_above_the_limit_is_refused_and_a_csv_is_not(owing: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "export_rows_limit", 1)
    with pytest.raises(TooManyRows):
        written(owing.access, EVER, "xlsx")
    assert actions.statement_rows(owing.access, TODAY, EVER, "csv") == 4


@pytest.mark.parametrize("extension", ["xlsx", "pdf"])
def test_what_is_not_the_customers_leaves_in_no_file(owing: Person, carla: Person, extension: str) -> None:
    asked = StatementFilters(contract="84963")
    with pytest.raises(NotFound):
        drawn(carla.access, asked) if extension == "pdf" else written(carla.access, asked, extension)
    with pytest.raises(WrongPeriod):
        drawn(owing.access, StatementFilters(since=date(2024, 3, 1), until=date(2024, 2, 1)))


def _customers() -> list[Access]:
    with db.reading(SYSTEM) as connection:
        rows = connection.execute(select(Customer.id, Customer.code).order_by(Customer.code)).all()
    return [Access(Role.CUSTOMER, row.id, None, frozenset(Grant), actor=row.code) for row in rows]


def test_screen_workbook_paper_and_ledger_agree_on_the_whole_demo_book(database: str, tmp_path: Path) -> None:
    demo.load(TODAY)
    ours = {access.actor: written(access, EVER, "xlsx").getvalue() for access in _customers()}
    computed = office.recomputed(ours, tmp_path)
    for access in _customers():
        assert office.differences(ours[access.actor], computed[access.actor]) == []
        moves = screen(access, EVER)
        amounts = [(move.debit_cents, move.credit_cents, move.balance_cents) for move in moves]
        rows = computed[access.actor].worksheets[0].iter_rows(min_row=3, max_row=len(moves) + 2, values_only=True)
        assert [(row[0].date(), *map(cents, row[4:])) for row in rows] == [
            (move.day, *of_it) for move, of_it in zip(moves, amounts, strict=True)
        ]
        shown = "".join(page.extract_text() for page in PdfReader(BytesIO(drawn(access, EVER))).pages)
        found = iter(re.findall(r"-?[\d.]+,\d\d", shown))
        expected = [MONEY(value).rstrip("\xa0€") for of_it in amounts for value in of_it if value is not None]
        assert [amount for amount in expected if amount not in found] == []
