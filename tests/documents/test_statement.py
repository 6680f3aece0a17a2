"""What a customer, a screen reader and an archive find in a statement of account."""

import re
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from core.documents.paper import Recipient
from core.documents.statement import Line, StatementSheet, draw
from core.locale import translations

CHARGE = Line(date(2024, 2, 14), "34/2024", "91689", "Canone n. 15, scadenza 29/02/2024", 59_316, None, 409_053)
PAID = Line(date(2024, 3, 9), "TRN 2024030991689", None, "Pagamento – Bonifico bancario", None, 23_727, 385_326)
SHEET = StatementSheet(
    lang="it-IT",
    customer="10096",
    recipient=Recipient(
        "Carrozzeria Pontenove S.r.l.", "Via del Ponte 9, 35100 Padova PD", "99000040099", "99000040099"
    ),
    contract=None,
    since=date(2024, 1, 1),
    until=date(2024, 3, 31),
    drawn_on=date(2024, 4, 5),
    opening_cents=349_737,
    closing_cents=385_326,
    lines=[CHARGE, PAID],
    buckets=(100, 200, 300, 400, 500, 388_826),
    credit_cents=5_000,
    lessor="Leasing di prova",
    legal="Leasing di prova S.p.A.\nCapitale sociale 10.000.000,00 €",
)


def read(sheet: StatementSheet) -> PdfReader:
    return PdfReader(BytesIO(draw(sheet)))


def pages(sheet: StatementSheet) -> list[str]:
    """The text of each page, on one line, with ordinary spaces."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in read(sheet).pages]


def label(message: str, lang: str = "it") -> str:
    return translations(lang).gettext(message)


def test_it_says_whose_it_is_of_which_days_and_every_movement() -> None:
    (shown,) = pages(SHEET)
    for fact in (
        *("Carrozzeria Pontenove S.r.l.", "35100 Padova PD", "99000040099", "10096", "01/01/2024", "31/03/2024"),
        *("14/02/2024 34/2024 91689 Canone n. 15, scadenza 29/02/2024 593,16 € 4.090,53 €", "3.497,37 €"),
        *("09/03/2024 TRN 2024030991689 – Pagamento – Bonifico bancario 237,27 € 3.853,26 €", "05/04/2024"),
        "593,16 € 237,27 € 3.853,26 €",
    ):
        assert fact in shown


def test_how_old_the_balance_is_adds_up_to_it() -> None:
    (shown,) = pages(SHEET)
    assert "1,00 € 2,00 € 3,00 € 4,00 € 5,00 € 3.888,26 € -50,00 € 3.853,26 €" in shown
    assert label("Credit available") not in pages(replace(SHEET, credit_cents=0, buckets=(385_326, 0, 0, 0, 0, 0)))[0]


def test_it_says_that_it_is_no_fiscal_document() -> None:
    assert label("This statement is not a fiscal document: it does not replace invoices.") in pages(SHEET)[0]


@pytest.mark.parametrize("lang", ["it", "en", "es"])
def test_it_speaks_the_language_of_its_reader(lang: str) -> None:
    pdf = read(replace(SHEET, lang=lang))
    assert pdf.trailer["/Root"]["/Lang"] == lang
    assert pdf.metadata.title.startswith(f"{label('Statement of account', lang)} 10096")


def test_of_one_contract_it_names_it_and_says_how_money_counts() -> None:
    (shown,) = pages(replace(SHEET, contract="91689"))
    assert f"{label('Contract')} 91689" in shown
    assert label("Of one contract, payments count by what they pay of its due items.") in shown


def test_two_hundred_movements_flow_over_numbered_pages_with_their_header() -> None:
    lines = [replace(CHARGE, day=date(2024, 1, 1) + timedelta(days=n), document=f"{n}/2024") for n in range(200)]
    shown = pages(replace(SHEET, lines=lines))
    assert len(shown) > 3
    for page, content in enumerate(shown, start=1):
        assert f"{label('Page')} {page} {label('of')} {len(shown)}" in content
        assert label("Description") in content or page == len(shown)
    assert all(f" {line.document} " in " ".join(shown) for line in lines)


def test_a_statement_without_movements_is_drawn() -> None:
    (shown,) = pages(replace(SHEET, lines=[], closing_cents=349_737))
    assert shown.count("3.497,37 €") == 2


def test_the_file_is_an_archive_and_a_tagged_document() -> None:
    pdf = read(SHEET)
    metadata = pdf.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2<" in metadata
    assert "<pdfuaid:part>1<" in metadata
    assert pdf.metadata.creation_date.date() == SHEET.drawn_on


def test_the_same_statement_gives_the_same_bytes() -> None:
    assert draw(SHEET) == draw(SHEET)
    assert draw(SHEET) != draw(replace(SHEET, drawn_on=date(2024, 4, 6)))


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_no_text_can_stop_the_drawing(anything: str) -> None:
    line = replace(CHARGE, document=anything, description=anything)
    assert draw(replace(SHEET, lines=[line])).startswith(b"%PDF-")


@pytest.mark.parametrize("text", ['#panic("x")', "$x$", "*bold*", "= Titolo", '"]; #image("/etc/passwd")'])
def test_a_reference_is_a_text_and_never_markup(text: str) -> None:
    assert text in pages(replace(SHEET, lines=[replace(CHARGE, description=text)]))[0]
