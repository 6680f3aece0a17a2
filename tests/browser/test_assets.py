"""Beni in locazione as a customer reads it: cards, tables, search, pages, the file in both profiles."""

import re
from io import BytesIO

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.checks import NBSP, settled, sound
from tests.browser.conftest import Person


def test_cards_tables_and_totals(anna: Person) -> None:
    page = anna.sign_in("10093", "/assets")
    expect(page.get_by_role("heading", level=1)).to_have_text("Beni in locazione")
    expect(page.get_by_text(f"7 beni in 2 contratti · valore 125.690,98{NBSP}€ · imponibile")).to_be_visible()
    for number in ("91207", "84963"):
        expect(page.get_by_role("heading", level=2, name=f"Contratto {number}")).to_be_visible()
    for fact in ("AUTO LEASING FINANZIARIO", "20/06/26", "tra 806 giorni", "PANORAMICO PAX I 2D COMFORT EXTRA"):
        expect(page.get_by_text(fact, exact=True).first).to_be_visible()
    expect(page.locator("table tbody tr").last).to_contain_text(f"28.150,00{NBSP}€")
    expect(page.locator("table tbody tr").last).to_contain_text(f"281,50{NBSP}€")
    sound(page)

    page.get_by_role("link", name="Documenti del bene").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Documenti")
    expect(page).to_have_url(re.compile(r"/documents\?contract=91207$"))


def test_an_asset_is_found_by_its_serial_number(anna: Person) -> None:
    page = anna.sign_in("10095", "/assets")
    page.get_by_placeholder("Cerca per numero, targa o matricola").fill("41-2387")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 bene in 1 contratto")).to_be_visible()
    expect(page.get_by_text("Carrello elevatore elettrico 25 q, matricola 41-2387")).to_be_visible()
    sound(page)


def test_a_haulier_turns_the_pages_of_his_contracts(desktop: Person) -> None:
    page = desktop.sign_in("10095", "/assets")
    expect(page.get_by_text("1 - 10 di 28")).to_be_visible()
    page.get_by_role("button", name="Pagina 3").click()
    expect(page.get_by_text("21 - 28 di 28")).to_be_visible()
    expect(page).to_have_url(re.compile("page=3"))
    settled(page)
    page.reload()
    expect(page.get_by_text("21 - 28 di 28")).to_be_visible()


def test_the_files_of_both_profiles(desktop: Person) -> None:
    page = desktop.sign_in("10093", "/assets?contract=84963")
    settled(page)
    for name, contracts in (("Esporta", ["84963"] * 6), (re.compile("portale precedente"), ["84963", *[None] * 5])):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        sheet = load_workbook(BytesIO(download.value.path().read_bytes())).worksheets[0]
        assert [sheet.cell(row, 1).value for row in range(2, 8)] == contracts
        assert [sheet.cell(row, 5).value for row in range(2, 8)] == [1500, 11500, 2850, 3800, 5500, 3000]
