"""What a customer, a screen reader and an archive find in the courtesy copy of an invoice."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from core.documents import paper
from core.documents.invoice import InvoiceSheet, Line, Recipient, draw
from core.locale import translations

SEPA = "Addebito in c/c tramite SEPA"
CANONE = Line(
    contract="91427",
    causale="Pagamento",
    number=23,
    due_on=date(2024, 4, 30),
    method=SEPA,
    net_cents=189_867,
    fees_cents=0,
    vat_bp=2200,
    vat_cents=41_771,
)
SHEET = InvoiceSheet(
    number="2024/000123",
    issued_on=date(2024, 4, 2),
    recipient=Recipient("Mario Rossi", "Via delle Betulle 12\n31100 Treviso TV", "RSSMRA80A01L407K", "01234567897"),
    lines=[CANONE],
    lessor="Leasing di prova",
    legal="Leasing di prova S.p.A.\nCapitale sociale 10.000.000,00 €",
    iban="IT60X0542811101000000123456",
)


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def pages(sheet: InvoiceSheet) -> list[str]:
    """The text of each page, on one line, with ordinary spaces."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in read(draw(sheet)).pages]


def text(sheet: InvoiceSheet) -> str:
    return " ".join(pages(sheet))


def label(message: str) -> str:
    return translations("it").gettext(message)


def named(name: str) -> InvoiceSheet:
    return replace(SHEET, recipient=replace(SHEET.recipient, name=name))


def test_the_paper_says_who_owes_what_to_whom_and_when():
    shown = text(SHEET)
    for fact in (
        *("2024/000123", "02/04/2024", "91427", "Mario Rossi", "Via delle Betulle 12", "31100 Treviso TV"),
        *("RSSMRA80A01L407K", "01234567897", "Pagamento", "23", "30/04/2024", SEPA),
        *("1.898,67 €", "0,00 €", "22 %", "417,71 €", "2.316,38 €"),
        *("Leasing di prova S.p.A.", "Capitale sociale 10.000.000,00 €"),
    ):
        assert fact in shown


def test_it_says_in_italian_that_it_is_a_copy_without_fiscal_value():
    shown = text(SHEET)
    assert "Copia di cortesia priva di valore fiscale" in shown
    assert "Sistema di Interscambio" in shown


def test_the_debited_account_is_masked():
    shown = text(SHEET)
    assert "IT60 •••• 3456" in shown
    assert "X0542811101" not in shown


def test_no_account_is_named_where_none_is_debited():
    assert "••••" not in text(replace(SHEET, iban=None))


def test_totals_add_up_by_rate():
    exempt = replace(CANONE, vat_bp=0, vat_cents=0, net_cents=10_000, fees_cents=250)
    reduced = replace(CANONE, vat_bp=1050, vat_cents=105, net_cents=1_000)
    shown = text(replace(SHEET, lines=[CANONE, exempt, reduced, CANONE]))
    taxable, vat = label("Taxable at %(rate)s"), label("VAT at %(rate)s")
    expected = [
        *(taxable % {"rate": "22 %"}, "3.797,34 €", vat % {"rate": "22 %"}, "835,42 €"),
        *(taxable % {"rate": "10,5 %"}, "10,00 €", vat % {"rate": "10,5 %"}, "1,05 €"),
        *(taxable % {"rate": "0 %"}, "102,50 €", vat % {"rate": "0 %"}, "0,00 €"),
        *(label("Total"), "4.746,31 €"),
    ]
    assert " ".join(expected) in shown


def test_an_amount_below_zero_makes_it_a_credit_note():
    credit = replace(CANONE, causale="Conguaglio", net_cents=-12_345, vat_cents=-2_716)
    pdf = draw(replace(SHEET, lines=[credit], iban=None))
    shown = re.sub(r"\s+", " ", read(pdf).pages[0].extract_text())
    assert read(pdf).metadata.title == f"{label('Credit note')} 2024/000123"
    assert "-150,61 €" in shown
    assert f"{label('Credited amount')} 150,61 €" in shown
    assert label("Amount to pay") not in shown


def test_an_invoice_of_several_contracts_names_the_contract_of_each_line():
    shown = text(replace(SHEET, lines=[CANONE, replace(CANONE, contract="91428")]))
    assert f"{label('Contract')} 91427, 91428" in shown
    assert f"Pagamento {label('Contract')} 91428" in shown


def test_an_invoice_without_lines_is_a_bug():
    with pytest.raises(ValueError, match="no lines"):
        draw(replace(SHEET, lines=[]))


def test_sixty_lines_flow_over_numbered_pages_with_their_header():
    lines = [replace(CANONE, number=n, due_on=date(2016, 6, 1) + timedelta(days=30 * n)) for n in range(1, 61)]
    shown = pages(replace(SHEET, lines=lines))
    assert len(shown) > 1
    for page, content in enumerate(shown, start=1):
        assert f"{label('Page')} {page} {label('of')} {len(shown)}" in content
        assert "2024/000123" in content
        # The last page may hold the totals alone.
        assert label("Reason") in content or page == len(shown)
    assert all(f" {line.due_on:%d/%m/%Y} " in " ".join(shown) for line in lines)


def test_the_file_is_an_archive_and_a_tagged_document():
    pdf = read(draw(SHEET))
    root = pdf.trailer["/Root"]
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2<" in metadata
    assert "<pdfaid:conformance>A<" in metadata
    assert "<pdfuaid:part>1<" in metadata
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/OutputIntents"]
    assert root["/Lang"] == "it"
    assert pdf.metadata.title == f"{label('Invoice')} 2024/000123"
    assert pdf.metadata.creation_date.date() == SHEET.issued_on


def test_only_the_fonts_that_lie_beside_the_template_are_used():
    fonts = read(draw(SHEET)).pages[0]["/Resources"]["/Font"].values()
    assert {re.sub(r"^.*\+", "", font.get_object()["/BaseFont"]) for font in fonts} == {
        "CanoneSans-Regular",
        "CanoneSans-SemiBold",
    }


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")',
        "$x$",
        "*bold*",
        "<label>",
        "@reference",
        "= Titolo",
        "a // b /* c */",
        '"]; #image("/etc/passwd")',
        "\\u{41} `raw`",
        "Αθηνά Παπαδοπούλου",
        "Іван Шевченко",
    ],
)
def test_a_name_is_a_name_and_never_markup(name):
    assert name in text(named(name))


def test_characters_without_a_glyph_become_a_box():
    assert "Ditta □□ □" in text(named("Ditta 漢字 😀"))


def test_texts_that_turn_the_reading_direction_do_not_reach_the_paper():
    assert "\u202e" not in text(named("abc\u202efdp"))


def test_accents_typed_as_two_characters_are_drawn_as_one():
    assert "Forlì" in text(named("Forli\u0300"))


def test_a_name_longer_than_the_line_wraps_and_stays_whole():
    name = "lunghissima" * 14
    lines = read(draw(named(name))).pages[0].extract_text().replace("\u200b", "").splitlines()
    parts = [line for line in lines if "lunghi" in line]
    assert max(map(len, parts)) < 50
    assert name in "".join(lines).replace(" ", "")


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_no_text_can_stop_the_drawing(anything):
    assert draw(named(anything)).startswith(b"%PDF-")


def test_every_character_let_through_has_its_glyph():
    drawable = [chr(code) for code in range(0x20, 0x2600) if not paper.NOT_DRAWABLE.match(chr(code))]
    assert draw(named(" ".join(drawable))).startswith(b"%PDF-")
    assert len(drawable) > 600


def test_the_same_invoice_gives_the_same_bytes_whoever_draws_it():
    other = replace(SHEET, number="2024/000124")
    expected = {sheet.number: draw(sheet) for sheet in (SHEET, other)}
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda sheet: (sheet.number, draw(sheet)), [SHEET, other] * 8))
    assert all(pdf == expected[number] for number, pdf in drawn)
    assert expected[SHEET.number] != expected[other.number]
