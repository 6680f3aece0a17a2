"""Contratti attivi as a customer reads it: the contract, its ways on, search and filter, the file."""

import re
from io import BytesIO

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.checks import NBSP, settled, sound
from tests.browser.conftest import Person


def test_a_contract_with_all_its_sections(anna: Person) -> None:
    page = anna.sign_in("10093", "/contracts")
    expect(page.get_by_role("heading", level=1)).to_have_text("Contratti attivi")
    expect(page.get_by_text(f"Capitale residuo ad oggi 47.724,12{NBSP}€ sul contratto 91207")).to_be_visible()
    for title in ("Date e scadenza", "Prodotto", "Dati generali", "Importi", "Rata"):
        expect(page.get_by_role("heading", level=2, name=title, exact=True)).to_be_visible()
    for fact in (
        "Euribor 3 m.l. (div. 360)",
        "Nessuna agevolazione",
        "Studio Dentistico Rossi S.r.l.",
        "IT60 •••• 3456",
        "dopo la rata 22 del 31/03/24",
        "22 incassate",
        f"2.316,38{NBSP}€ con IVA",
    ):
        expect(page.get_by_text(fact, exact=True).first).to_be_visible()
    said = "Ultima rata il 30/04/2026; riscatto dovuto alla scadenza del contratto, il 20/06/2026."
    expect(page.get_by_text(said)).to_be_visible()
    sound(page)

    page.get_by_role("link", name="Lista beni").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Beni in locazione")
    expect(page).to_have_url(re.compile(r"/assets\?contract=91207$"))


def test_a_contract_in_arrears(anna: Person) -> None:
    page = anna.sign_in("10096", "/contracts?contract=91752")
    expect(page.get_by_text(f"Quota capitale scaduta non pagata: 1.191,77{NBSP}€")).to_be_visible()
    sound(page)


def test_the_home_page_leads_to_contracts_and_assets(desktop: Person) -> None:
    page = desktop.sign_in("10093")
    page.get_by_role("link", name="91207", exact=True).first.click()
    expect(page).to_have_url(re.compile(r"/contracts\?contract=91207$"))
    for name, title in (("Vai a Contratti", "Contratti attivi"), ("Vai a Beni", "Beni in locazione")):
        page.goto(desktop.portal.url)
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_a_contract_is_found_by_the_plate_of_its_asset_and_exported(desktop: Person) -> None:
    page = desktop.sign_in("10095", "/contracts")
    page.get_by_placeholder("Cerca per numero, targa o matricola").fill("gq634qi")
    page.keyboard.press("Enter")
    expect(page.get_by_text("sul contratto 90388")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/contracts\?q=gq634qi$"))
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Esporta").click()
    sheet = load_workbook(BytesIO(download.value.path().read_bytes())).worksheets[0]
    assert sheet["A2"].value == "90388"
    page.reload()
    expect(page.get_by_text("sul contratto 90388")).to_be_visible()


def test_closed_contracts_stand_under_their_filter_and_nothing_found_is_said(desktop: Person) -> None:
    page = desktop.sign_in("10095", "/contracts")
    page.get_by_text("Chiusi", exact=True).click()
    expect(page).to_have_url(re.compile(r"state=closed"))
    expect(page.get_by_role("cell", name="Estinto", exact=True)).to_be_visible()
    sound(page)
    page.get_by_placeholder("Cerca per numero, targa o matricola").fill("zzz")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Nessun contratto per: Chiusi · .zzz."))).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Togli i filtri").click()
    expect(page.get_by_text("Capitale residuo ad oggi").first).to_be_visible()


def test_the_selector_changes_the_contract_and_the_next_page_keeps_it(desktop: Person) -> None:
    page = desktop.sign_in("10093", "/contracts?state=all")
    page.get_by_role("combobox", name=re.compile("Seleziona contratto")).click()
    page.get_by_role("option", name=re.compile("^84963")).click()
    expect(page.get_by_text("sul contratto 84963")).to_be_visible()
    expect(page).to_have_url(re.compile("contract=84963"))
    page.get_by_role("link", name="Piano di ammortamento").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Piano di ammortamento")
    expect(page.get_by_role("combobox").first).to_have_value(re.compile("^84963"))
