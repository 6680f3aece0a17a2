"""The main job as a customer does it: sign in, see the situation, check invoices, take Excel and PDF, sign out."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.checks import NBSP, grave, settled, sideways, sound
from tests.browser.conftest import EVERY_VIEW, Person, named


def read_and_keep_a_document(page: Page) -> None:
    """Open the first PDF of the table in a tab of its own, then save it."""
    link = page.locator("table a[href^='/documents/']:not([href*='download'])").first
    address = link.get_attribute("href")
    with page.context.expect_page() as opened, page.context.expect_event("response") as answered:
        link.click()
    assert answered.value.url.endswith(address)
    assert (answered.value.status, answered.value.header_value("content-type")) == (200, "application/pdf")
    opened.value.wait_for_load_state()
    expect(opened.value).to_have_url(re.compile(f"{address}$"))
    assert opened.value.evaluate("document.contentType") == "application/pdf"
    opened.value.close()
    with page.expect_download() as download:
        page.locator(f"table a[href='{address}?download=1']").click()
    assert download.value.suggested_filename.endswith(".pdf")
    assert "84963" in PdfReader(download.value.path()).pages[0].extract_text()


@pytest.mark.parametrize("view", EVERY_VIEW, indirect=True, ids=named)
def test_the_main_job(anna: Person, view: tuple[int, str]) -> None:
    page = anna.page
    page.goto(anna.portal.url)
    expect(page).to_have_url(re.compile("/login"))
    assert grave(page) == []
    assert sideways(page) <= 0

    anna.sign_in("10093")
    expect(page.get_by_role("heading", level=1)).to_have_text("La tua situazione")
    for figure in ("30/04/24", f"2.316,38{NBSP}€", f"9.754,10{NBSP}€", f"0,00{NBSP}€"):
        expect(page.get_by_text(figure).first).to_be_visible()
    expect(page.get_by_text("venerdì 5 aprile 2024")).to_be_visible()
    sound(page)

    page.get_by_role("link", name="Vai a Fatture e pagamenti").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fatture e pagamenti")
    expect(page.get_by_text(re.compile(r"^1 - 25 di \d+$"))).to_be_visible()
    sound(page)

    page.goto(f"{anna.portal.url}/invoices?contract=84963&state=paid")
    expect(page.get_by_text("1 - 25 di 88")).to_be_visible()
    expect(page.locator("table tbody tr")).to_have_count(25)
    expect(page.get_by_text("Totale saldo scaduto")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("link", name="Esporta").click()
    book = load_workbook(BytesIO(download.value.path().read_bytes()))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]][:3] == ["Stato", "Contratto", "Scadenza"]
    assert sheet.max_row == 1 + 88 + 1
    assert download.value.suggested_filename == "fatture_84963_2024-04-05.xlsx"

    read_and_keep_a_document(page)

    page.get_by_role("button", name="Esci").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Esci").click()
    expect(page).to_have_url(re.compile("/login"))
    page.go_back()
    expect(page).to_have_url(re.compile("/login"))


def test_filters_live_in_the_address_and_survive_a_reload(desktop: Person) -> None:
    page = desktop.sign_in("10096", "/invoices?state=overdue")
    expect(page.get_by_text(re.compile(r"^1 - \d+ di \d+$"))).to_be_visible()
    page.get_by_text(re.compile(r"^Pagati \d+$")).click()
    expect(page).to_have_url(re.compile("state=paid"))
    page.reload()
    expect(page.get_by_text(re.compile(r"^Pagati \d+$"))).to_be_visible()
    settled(page)
    expect(page).to_have_url(re.compile("state=paid"))
    assert page.locator("table tbody tr").count() == 25


def test_after_logout_in_one_tab_the_other_shows_nothing_and_its_dialog_is_dead(desktop: Person) -> None:
    first = desktop.sign_in("10093")
    second = desktop.context.new_page()
    second.goto(f"{desktop.portal.url}/invoices")
    expect(second.get_by_text("1 - 25 di").first).to_be_visible()
    third = desktop.context.new_page()
    third.goto(desktop.portal.url)
    third.get_by_role("button", name="Esci").first.click()
    expect(third.get_by_role("dialog")).to_be_visible()

    first.get_by_role("button", name="Esci").first.click()
    first.get_by_role("dialog").get_by_role("button", name="Esci").click()
    expect(first).to_have_url(re.compile("/login"))

    second.get_by_text(re.compile(r"^Pagati \d+$")).click()
    expect(second).to_have_url(re.compile("/login"))
    assert second.locator("table").count() == 0
    third.get_by_role("dialog").get_by_role("button", name="Esci").click()
    expect(third).to_have_url(re.compile("/login"))


def test_the_frameworks_own_words_are_italian(desktop: Person) -> None:
    page = desktop.sign_in("10094", "/")
    expect(page.locator("html")).to_have_attribute("lang", "it")
    settled(page)
    page.get_by_test_id("stSidebar").hover()
    page.get_by_role("button", name="Chiudi il menu", exact=True).click()
    expect(page.get_by_role("button", name="Apri il menu", exact=True)).to_be_visible()
    for english in ("Collapse sidebar", "Expand sidebar", "Main menu"):
        expect(page.get_by_role("button", name=english)).to_have_count(0)


def test_what_to_press_after_typing_is_said_in_italian(desktop: Person) -> None:
    # A field less wide than 180 pixels has no room for it; on a phone ours is wider.
    desktop.page.set_viewport_size({"width": 390, "height": 844})
    page = desktop.sign_in("10094", "/invoices")
    settled(page)
    page.get_by_role("searchbox", name="Cerca fattura").press_sequentially("12")
    expect(page.get_by_text("Premi Invio per confermare")).to_be_visible()
    expect(page.get_by_text("Press Enter")).to_have_count(0)
    expect(page.get_by_role("button", name="Togli la voce")).to_be_visible()
    expect(page.get_by_role("button", name="Clear entry")).to_have_count(0)


def scrolling(page: Page) -> tuple[bool, bool, bool]:
    """Whether the first table is wider than its box, whether the box takes the focus, whether it has a name."""
    return page.locator("[data-testid=stTable] > div").first.evaluate(
        "box => [box.scrollWidth > box.clientWidth, box.tabIndex === 0, !!box.getAttribute('aria-label')]"
    )


def test_a_table_is_a_stop_for_the_keyboard_only_while_it_scrolls(desktop: Person) -> None:
    page = desktop.sign_in("10093", "/invoices")
    settled(page)
    seen = set()
    for width in (1920, 700, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(
            "() => { const box = document.querySelector('[data-testid=stTable] > div');"
            " return (box.scrollWidth > box.clientWidth) === (box.tabIndex === 0); }"
        )
        wide, stop, named = scrolling(page)
        assert wide == stop == named
        seen.add(wide)
    assert seen == {False, True}
