"""The statement of account as a customer reads it: period, movements, files, a payment and what it settled."""

import re
from io import BytesIO

from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.checks import NBSP, settled, sound
from tests.browser.conftest import Person

CLOSING = f"3.017,91{NBSP}€"


def saved(page: Page, name: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=True).click()
    return download.value.path().read_bytes()


def test_the_statement_and_its_payments(anna: Person) -> None:
    page = anna.sign_in("10096", "/statement")
    expect(page.get_by_role("heading", level=1)).to_have_text("Estratto conto")
    expect(page.get_by_text(re.compile(rf"Saldo al 05/04/2024 {CLOSING}"))).to_be_visible()
    expect(page.locator("table").first.locator("tbody tr")).to_have_count(1 + 19 + 1)
    expect(page.get_by_text(f"Credito disponibile 50,00{NBSP}€")).to_be_visible()
    sound(page)

    page.goto(f"{anna.portal.url}/statement?view=payments&from=2023-07-01&to=2023-07-31")
    expect(page.get_by_role("link", name="TRN 2023071491689")).to_be_visible()
    sound(page)
    detail = page.get_by_role("link", name="TRN 2023071491689").get_attribute("href")
    page.goto(f"{anna.portal.url}{detail}")
    expect(page.get_by_text("credito disponibile, non scade")).to_be_visible()
    sound(page)
    item = page.locator("table a[href*='item=']").first.get_attribute("href")
    page.goto(f"{anna.portal.url}{item}")
    expect(page.get_by_role("link", name="TRN 2023071491689")).to_be_visible()
    sound(page)


def test_the_period_is_chosen_and_the_files_say_what_the_screen_says(desktop: Person) -> None:
    page = desktop.sign_in("10096", "/statement")
    page.get_by_text("Dall’inizio").click()
    expect(page).to_have_url(re.compile("period=start"))
    expect(page.get_by_text("1 - 25 di 84")).to_be_visible()
    settled(page)
    sheet = load_workbook(BytesIO(saved(page, "Esporta")), data_only=True).worksheets[0]
    assert sheet.cell(1 + 1 + 84, 7).value == 3017.91
    paper = PdfReader(BytesIO(saved(page, "PDF")))
    assert "3.017,91" in paper.pages[-1].extract_text()

    page.get_by_text("Anno scorso").click()
    expect(page).to_have_url(re.compile("period=last_year"))
    expect(page.get_by_text(re.compile(rf"Saldo al 31/12/2023 3.497,37{NBSP}€"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile(rf"Saldo al 31/12/2023 3.497,37{NBSP}€"))).to_be_visible()


def test_days_the_wrong_way_round_are_said_on_the_page_and_by_the_file(desktop: Person) -> None:
    page = desktop.sign_in("10096", "/statement?from=2024-03-01&to=2024-02-01")
    expect(page.get_by_text("La prima data è successiva all’ultima.")).to_be_visible()
    sound(page)
    asked = f"{desktop.portal.url}/exports/statement.pdf?from=2024-03-01&to=2024-02-01"
    answer = desktop.context.request.get(asked)
    assert answer.status == 422
    assert "La prima data è successiva" in answer.text()


def test_anothers_payment_does_not_exist(desktop: Person) -> None:
    page = desktop.sign_in("10096", "/statement?view=payments&payment=1")
    expect(page.get_by_text("Quello che cerchi non esiste")).to_be_visible()
    assert page.locator("table").count() == 0
