"""Documenti as a customer uses it: find a paper, open it, save it, take the invoices of a period."""

import re
from zipfile import ZipFile

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from core.locale import translations
from tests.browser.checks import settled, sound
from tests.browser.conftest import Person

say = translations("it").gettext


def kind(page: Page, message: str) -> None:
    page.get_by_role("radio", name=re.compile(rf"^{say(message)} \d")).click()
    settled(page)


def test_papers_are_found_opened_and_saved(anna: Person) -> None:
    page = anna.sign_in("10093", "/documents?contract=91207")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Documents"))
    expect(page.locator("table tbody tr")).to_have_count(25)
    sound(page)

    for message, count in (("Contracts", 1), ("Plans", 1), ("Letters", 1), ("Certificates", 2)):
        kind(page, message)
        expect(page.locator("table tbody tr")).to_have_count(count)
    sound(page)

    link = page.locator("table tbody tr").first.locator("a").first
    expect(link).to_have_text("Certificazione interessi e dati per il bilancio 2023, contratto 91207")
    with page.context.expect_page() as opened:
        link.click()
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("document.contentType") == "application/pdf"
    opened.value.close()
    with page.expect_download() as download:
        page.locator("table a[href$='?download=1']").first.click()
    assert download.value.suggested_filename == "91207-certificazione-2023.pdf"
    assert "2.490,61" in PdfReader(download.value.path()).pages[0].extract_text()


def test_the_invoices_of_a_period_come_in_one_file(anna: Person) -> None:
    page = anna.sign_in("10093", "/documents?contract=84963&from=2016-06-01&to=2016-12-31")
    expect(page.locator("table tbody tr")).to_have_count(9)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("ZIP")).click()
    names = ZipFile(download.value.path()).namelist()
    assert len(names) == 8
    assert all(re.fullmatch(r"2016-\d\d_fattura_\d+-2016\.pdf", name) for name in names[:-1])


def test_a_filter_without_documents_is_named_and_taken_away(anna: Person) -> None:
    page = anna.sign_in("10094", "/documents?q=xyz")
    expect(page.get_by_text("xyz", exact=False).first).to_be_visible()
    sound(page)
    page.get_by_role("button", name=say("Remove the filters")).click()
    expect(page.locator("table tbody tr")).to_have_count(11)
    sound(page)
