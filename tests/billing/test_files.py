"""Files of the ledger: the invoice's document, drawn once and kept, and what is filtered as workbook or CSV."""

import csv
from datetime import UTC, date, datetime
from functools import partial
from io import BytesIO, StringIO
from threading import Semaphore
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import insert, select, update

from core import db, files
from core.audit import AuditLine
from core.billing.actions import export_invoices, export_statement, invoices_rows, open_document
from core.billing.frames import Filters, StatementFilters, schedule
from core.billing.tables import Invoice
from core.book.tables import Contract, Document
from core.exports import outside
from core.kit.errors import NotFound, TooManyRows
from core.settings import settings
from tests.billing.conftest import TODAY
from tests.people import SYSTEM, Person


def document(person: Person, invoice_id: int, sha256: str | None = None) -> int:
    with db.transaction(SYSTEM) as connection:
        document_id = connection.execute(
            insert(Document).values(
                customer_id=person.customer_id,
                title="Fattura 7/2024",
                filename="fattura_7-2024.pdf",
                mime="application/pdf",
                sha256=sha256,
                created_at=datetime(2024, 3, 1, tzinfo=UTC),
            )
        ).inserted_primary_key[0]
        connection.execute(update(Invoice).where(Invoice.id == invoice_id).values(document_id=document_id))
    return document_id


@pytest.fixture
def invoice(anna: Person) -> int:
    contract_id = anna.contract("84963")
    invoice_id = anna.invoice(contract_id, "7/2024", date(2024, 3, 1))
    anna.item(contract_id, 1, date(2024, 3, 15), 10_000, fees_cents=500, invoice_id=invoice_id)
    return invoice_id


def audited(action: str) -> dict[str, object]:
    with db.reading(SYSTEM) as connection:
        return connection.execute(select(AuditLine.data).where(AuditLine.action == action)).scalar_one()


def actions() -> list[tuple[str, str | None]]:
    with db.reading(SYSTEM) as connection:
        rows = connection.execute(select(AuditLine.action, AuditLine.entity).order_by(AuditLine.id))
        return [tuple(row) for row in rows]


def test_an_invoice_without_a_file_is_drawn_once_and_kept(anna: Person, invoice: int) -> None:
    document_id = document(anna, invoice)
    first = open_document(anna.access, document_id)
    assert (first.filename, first.mime) == ("fattura_7-2024.pdf", "application/pdf")
    words = PdfReader(BytesIO(first.content)).pages[0].extract_text()
    assert "7/2024" in words
    assert "128,10" in words
    with db.transaction(SYSTEM) as connection:
        connection.execute(update(Invoice).values(snapshot={}))
    assert open_document(anna.access, document_id).content == first.content
    assert actions() == [("document_opened", "document")] * 2


def test_an_invoice_is_drawn_as_it_was_at_its_intake(anna: Person, invoice: int) -> None:
    document_id = document(anna, invoice)
    with db.transaction(SYSTEM) as connection:
        connection.execute(update(Contract).values(vat_bp=400, iban="IT60X0542811101000000123456"))
    words = PdfReader(BytesIO(open_document(anna.access, document_id).content)).pages[0].extract_text()
    assert "22" in words
    assert "3456" not in words


def test_a_file_that_came_while_the_invoice_was_drawn_is_the_one_given(
    anna: Person, invoice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id, key = document(anna, invoice), files.put(b"%PDF-1.7 as it came")

    def overtaken(_sheet: object) -> bytes:
        with db.transaction(SYSTEM) as connection:
            connection.execute(update(Document).values(sha256=key))
        return b"%PDF-1.7 drawn"

    monkeypatch.setattr("core.documents.invoice.draw", overtaken)
    assert open_document(anna.access, document_id).content == b"%PDF-1.7 as it came"


def test_the_file_of_the_intake_is_given_as_it_came(anna: Person, invoice: int) -> None:
    key = files.put(b"%PDF-1.7 as it came")
    assert open_document(anna.access, document(anna, invoice, key)).content == b"%PDF-1.7 as it came"


def test_another_customers_document_is_not_found_and_audited(anna: Person, carla: Person, invoice: int) -> None:
    document_id = document(anna, invoice)
    for wanted in (document_id, 999_999):
        with pytest.raises(NotFound):
            open_document(carla.access, wanted)
    assert actions() == [("denied", "document")] * 2


def exported(person: Person, filters: Filters, **options: Any) -> tuple[str, BytesIO]:
    out = BytesIO()
    return export_invoices(person.access, TODAY, filters, out, lang="it", who="Anna Prova", **options), out


def test_the_workbook_holds_exactly_what_is_filtered_with_its_total(anna: Person, invoice: int) -> None:
    contract_id = anna.contract("84964")
    late = anna.invoice(contract_id, "8/2024", date(2024, 3, 2))
    anna.item(contract_id, 1, date(2024, 3, 16), 20_000, invoice_id=late)
    anna.item(contract_id, 2, date(2024, 5, 16), 20_000)
    filters = Filters(contract="84964", state="overdue")
    name, out = exported(anna, filters)
    assert name.endswith("84964_2024-04-05.xlsx")
    sheet = load_workbook(out, data_only=True).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows[:-1]] == ["84964"]
    assert rows[0][2] == datetime(2024, 3, 16)  # noqa: DTZ001 - a cell has no time zone
    assert (rows[0][6], rows[0][9], rows[0][10]) == (244.0, 244.0, "8/2024")
    on_screen = schedule(anna.access, TODAY, filters).overdue_cents
    assert round(rows[-1][9] * 100) == on_screen == 24_400
    assert load_workbook(out).worksheets[0].cell(len(rows) + 1, 10).value.startswith("=")
    assert actions() == [("export", "invoices")]


def test_the_earlier_headers_are_those_of_the_manual(anna: Person, invoice: int) -> None:
    _, out = exported(anna, Filters(), manual_headers=True)
    header = [cell.value for cell in load_workbook(out).worksheets[0][1]]
    manual = "Stato, Contratto, Scadenza, N. Canoni, Casuale, Pagamento, Importo, Pagato, Saldo scaduto, Fattura"
    assert ", ".join(header) == manual


@pytest.mark.parametrize("manual_headers", [False, True])
def test_the_csv_holds_the_rows_of_the_workbook_under_the_same_headers(
    anna: Person, invoice: int, manual_headers: bool
) -> None:
    anna.item(anna.contract("84964"), 1, date(2024, 5, 16), 20_000)
    name, out = exported(anna, Filters(contract="84963"), extension="csv", manual_headers=manual_headers)
    _, book = exported(anna, Filters(contract="84963"), manual_headers=manual_headers)
    rows = list(csv.reader(StringIO(out.getvalue().decode("utf-8-sig"), newline=""), delimiter=";"))
    cells = [list(row) for row in load_workbook(book).worksheets[0].iter_rows(values_only=True)]
    assert name == "fatture_84963_2024-04-05.csv"
    assert rows[0] == cells[0]
    assert len(rows) == len(cells) - 1 == 2
    assert {"84963", "15/03/2024", "128,10", "7/2024"} < set(rows[1])


def test_an_export_made_outside_is_the_same_and_checks_the_access(anna: Person, carla: Person, invoice: int) -> None:
    here = exported(anna, Filters(), extension="csv")
    order = {"lang": "it", "who": "Anna Prova", "extension": "csv"}
    try:
        there = outside.submit(partial(export_invoices, anna.access, TODAY, Filters(), **order)).result()
        foreign = outside.submit(partial(export_invoices, carla.access, TODAY, Filters(contract="84963"), **order))
        with pytest.raises(NotFound):
            foreign.result()
    finally:
        outside.end()
    assert (there.name, b"".join(there.chunks())) == (here[0], here[1].getvalue())
    assert actions() == [("export", "invoices"), ("export", "invoices"), ("denied", "contract")]


def test_an_export_is_audited_with_its_format_filters_and_rows(anna: Person, invoice: int) -> None:
    exported(anna, Filters(contract="84963", state="overdue"), extension="csv")
    assert audited("export").items() >= {"format": "csv", "contract": "84963", "state": "overdue", "rows": 1}.items()


def test_an_export_of_another_customers_contract_is_not_found(anna: Person, carla: Person, invoice: int) -> None:
    with pytest.raises(NotFound):
        exported(carla, Filters(contract="84963"))


def test_above_the_limit_there_is_no_workbook_but_a_csv(
    anna: Person, invoice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "export_rows_limit", 0)
    with pytest.raises(TooManyRows):
        exported(anna, Filters())
    assert actions() == []
    exported(anna, Filters(), extension="csv")
    assert audited("export")["rows"] == invoices_rows(anna.access, TODAY, Filters(), "csv") == 1


def test_a_file_takes_one_connection_at_a_time(anna: Person, invoice: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the files of many at once would wait for each other's second one."""
    monkeypatch.setattr(db, "WAIT_SECONDS", 0.1)
    monkeypatch.setattr(db.database(), "_free", Semaphore(1))
    for extension in ("xlsx", "csv"):
        words = {"lang": "it", "who": "Anna Prova", "extension": extension}
        export_invoices(anna.access, TODAY, Filters(), BytesIO(), **words)
        export_statement(anna.access, TODAY, StatementFilters(), BytesIO(), **words)
    assert actions() == [("export", "invoices"), ("export", "statement")] * 2
