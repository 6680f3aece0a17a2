"""The invoices of a period in one ZIP file: which they are, what they are called, what it costs. On both databases."""

import csv
import tracemalloc
from datetime import date
from functools import partial
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from pypdf import PdfReader
from sqlalchemy import event, func, select

from core import db, files
from core.audit import AuditLine
from core.billing import drawing
from core.billing.actions import archive as archive_module
from core.billing.actions import archive_rows, export_archive, open_document
from core.billing.frames import DocumentFilters
from core.book.tables import Document
from core.exports import outside
from core.kit.errors import NotFound, TooLarge, TooManyInvoices, WrongPeriod
from core.settings import settings
from tests.billing.conftest import TODAY
from tests.billing.papers import bill, paper
from tests.people import SYSTEM, Person

MARCH = DocumentFilters(since=date(2024, 3, 1), until=date(2024, 3, 31))


@pytest.fixture
def shelf(anna: Person) -> Person:
    one, other = anna.contract("84963"), anna.contract("84964")
    paper(anna, "Contratto 84963", kind="CONTRATTO", issued_on=date(2024, 3, 10), contract_id=one)
    bill(anna, "1/2024", date(2024, 2, 29), (one, 1, 10_000))
    bill(anna, "2/2024", date(2024, 3, 1), (one, 2, 10_000), (other, 1, 20_000))
    bill(anna, "2-2024", date(2024, 3, 1), (other, 2, 30_000), sha256=files.put(b"%PDF-1.7 as it came"))
    bill(anna, "3/2024", date(2024, 3, 31), (one, 3, -500))
    bill(anna, "4/2024", date(2024, 4, 1), (one, 4, 10_000))
    return anna


def packed(person: Person, filters: DocumentFilters, **options: Any) -> tuple[str, ZipFile]:
    out = BytesIO()
    name = export_archive(person.access, TODAY, filters, out, lang="it", who="Anna Prova", **options)
    return name, ZipFile(out)


def pdfs(archive: ZipFile) -> list[str]:
    return [name for name in archive.namelist() if name.endswith(".pdf")]


def test_the_files_are_the_invoices_of_the_period_by_name(shelf: Person) -> None:
    name, archive = packed(shelf, MARCH)
    assert archive.testzip() is None
    assert pdfs(archive) == [
        "2024-03_fattura_2-2024.pdf",
        "2024-03_fattura_2-2024_2.pdf",
        "2024-03_nota-di-credito_3-2024.pdf",
    ]
    assert archive_rows(shelf.access, TODAY, MARCH) == len(pdfs(archive))
    assert name == "fatture_2024-03-01_2024-03-31_2024-04-05.zip"
    assert archive.getinfo("2024-03_nota-di-credito_3-2024.pdf").date_time[:3] == (2024, 3, 31)


def test_each_file_is_the_document_as_it_opens(shelf: Person) -> None:
    _, archive = packed(shelf, MARCH)
    with db.reading(SYSTEM) as connection:
        document_id = connection.execute(select(Document.id).where(Document.title == "Fattura 2/2024")).scalar_one()
    assert archive.read("2024-03_fattura_2-2024.pdf") == open_document(shelf.access, document_id).content
    assert archive.read("2024-03_fattura_2-2024_2.pdf") == b"%PDF-1.7 as it came"
    drawn = PdfReader(BytesIO(archive.read("2024-03_nota-di-credito_3-2024.pdf"))).pages[0].extract_text()
    assert "3/2024" in drawn
    assert "Nota di credito" in drawn


def test_what_was_not_drawn_is_drawn_once_and_kept(shelf: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    _, first = packed(shelf, DocumentFilters())
    monkeypatch.setattr("core.documents.invoice.draw", None)
    _, again = packed(shelf, DocumentFilters())
    assert [first.read(name) for name in pdfs(first)] == [again.read(name) for name in pdfs(again)]
    assert len(pdfs(again)) == 5


def test_papers_are_kept_in_one_order_so_that_no_two_who_keep_some_wait_for_each_other(shelf: Person) -> None:
    asked: list[int] = []

    def listen(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("UPDATE document"):
            asked.extend(row["document"] if isinstance(row, dict) else row[1] for row in parameters)

    with db.transaction(SYSTEM) as connection:
        ids = list(connection.execute(select(Document.id).where(Document.sha256.is_(None))).scalars())
        event.listen(connection, "before_cursor_execute", listen)
        kept = drawing.keep(connection, {number: files.put(b"%PDF") for number in sorted(ids, reverse=True)})
    assert asked == sorted(ids) == sorted(kept)


def test_the_list_says_what_each_invoice_is_and_comes_to(shelf: Person) -> None:
    _, archive = packed(shelf, MARCH)
    text = archive.read("elenco.csv").decode("utf-8-sig")
    header, *rows = csv.reader(StringIO(text, newline=""), delimiter=";")
    assert len(header) == 8
    assert rows == [
        ["2/2024", "01/03/2024", "Fattura", "84963, 84964", "300,00", "66,00", "366,00", pdfs(archive)[0]],
        ["2-2024", "01/03/2024", "Fattura", "84964", "300,00", "66,00", "366,00", pdfs(archive)[1]],
        ["3/2024", "31/03/2024", "Nota di credito", "84963", "-5,00", "-1,10", "-6,10", pdfs(archive)[2]],
    ]


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (DocumentFilters(), 5),
        (DocumentFilters(contract="84964"), 2),
        (DocumentFilters(kind="credit_note"), 1),
        (DocumentFilters(kind="contract"), 0),
        (DocumentFilters(query="3/20"), 1),
        (DocumentFilters(state="overdue", until=date(2024, 3, 1)), 3),
    ],
)
def test_the_filters_of_the_page_are_those_of_the_file(shelf: Person, filters: DocumentFilters, count: int) -> None:
    _, archive = packed(shelf, filters)
    assert len(pdfs(archive)) == count == archive_rows(shelf.access, TODAY, filters)


def test_nothing_of_another_customer_is_packed(shelf: Person, carla: Person) -> None:
    bill(carla, "7/2024", date(2024, 3, 5), (carla.contract("70001"), 1, 10_000))
    _, own = packed(carla, MARCH)
    assert pdfs(own) == ["2024-03_fattura_7-2024.pdf"]
    with pytest.raises(NotFound):
        packed(carla, DocumentFilters(contract="84963"))


def test_one_audit_line_says_what_was_packed(shelf: Person) -> None:
    packed(shelf, MARCH)
    with db.reading(SYSTEM) as connection:
        lines = connection.execute(select(AuditLine.action, AuditLine.entity, AuditLine.data)).all()
    ((action, entity, data),) = lines
    assert (action, entity) == ("export", "invoices")
    assert data.items() >= {"format": "zip", "rows": 3, "since": "2024-03-01", "until": "2024-03-31"}.items()


def test_above_the_limits_nothing_is_made(shelf: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "zip_invoices_limit", 2)
    with pytest.raises(TooManyInvoices, match="3 invoices here, more than the 2"):
        packed(shelf, MARCH)
    monkeypatch.setattr(settings(), "zip_invoices_limit", 3)
    monkeypatch.setattr(archive_module, "MEGABYTE", 10)
    with pytest.raises(TooLarge, match="500 MB"):
        packed(shelf, MARCH)
    with db.reading(SYSTEM) as connection:
        assert connection.execute(select(func.count()).select_from(AuditLine)).scalar_one() == 0


def test_an_invoice_that_comes_after_they_were_counted_pushes_no_other_out(
    shelf: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = archive_module.frames.bills_count

    def counted(*asked: Any) -> int:
        found = count(*asked)
        number = f"9{found}/2024"
        bill(shelf, number, date(2024, 3, 1), (shelf.contract(number), 1, 10_000))
        return found

    monkeypatch.setattr(archive_module.frames, "bills_count", counted)
    _, archive = packed(shelf, MARCH)
    assert pdfs(archive)[2:] == ["2024-03_fattura_93-2024.pdf", "2024-03_nota-di-credito_3-2024.pdf"]
    monkeypatch.setattr(settings(), "zip_invoices_limit", 4)
    with pytest.raises(TooManyInvoices, match="5 invoices here, more than the 4"):
        packed(shelf, MARCH)


def test_a_period_that_ends_before_it_begins_is_refused(shelf: Person) -> None:
    with pytest.raises(WrongPeriod):
        packed(shelf, DocumentFilters(since=date(2024, 4, 1), until=date(2024, 3, 1)))


def test_a_large_file_is_made_outside_and_is_the_same(shelf: Person) -> None:
    _, here = packed(shelf, MARCH)
    task = partial(export_archive, shelf.access, TODAY, MARCH, lang="it", who="Anna Prova")
    try:
        made = outside.submit(task).result()
    finally:
        outside.end()
    there = ZipFile(BytesIO(b"".join(made.chunks())))
    assert {name: there.read(name) for name in there.namelist()} == {name: here.read(name) for name in here.namelist()}


def test_memory_holds_one_file_at_a_time(anna: Person, tmp_path: Path) -> None:
    contract_id, megabyte = anna.contract("84963"), 1024 * 1024
    for number in range(1, 13):
        content = b"%PDF-1.7" + bytes([number]) * megabyte
        bill(anna, f"{number}/2024", date(2024, 3, 1), (contract_id, number, 10_000), sha256=files.put(content))
    with (tmp_path / "out.zip").open("wb+") as out:
        tracemalloc.start()
        export_archive(anna.access, TODAY, MARCH, out, lang="it", who="Anna Prova")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert out.tell() > 12 * megabyte
    assert peak < 6 * megabyte
