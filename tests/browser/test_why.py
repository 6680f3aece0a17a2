"""Perché questo importo? as a customer asks it: on the home page, of a rent, of an index charge, of what is left."""

import re

from playwright.sync_api import Locator, Page, expect

from core.locale import translations
from tests.browser.checks import settled, sound
from tests.browser.conftest import Person

say = translations("it").gettext
WHY = say("Why this amount?")


def opened(page: Page) -> Locator:
    """The explanation, looked at."""
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name=WHY)).to_be_visible()
    sound(page)
    return dialog


def close(page: Page, dialog: Locator) -> None:
    dialog.press("Escape")
    expect(dialog).to_be_hidden()
    settled(page)
    expect(page).not_to_have_url(re.compile("why="))


def test_a_figure_of_the_home_page_opens_the_rows_it_adds_up(anna: Person) -> None:
    page = anna.sign_in("10096")
    page.get_by_role("button", name=WHY).first.click()
    dialog = opened(page)
    assert page.url.endswith("?why=overdue")
    expect(dialog).to_contain_text("3.067,91\xa0€")
    expect(dialog.get_by_role("row")).to_have_count(7)
    close(page, dialog)


def test_an_index_charge_is_shown_month_by_month(anna: Person) -> None:
    page = anna.sign_in("10093", "/amortization?contract=91207&why=INDICIZZAZIONE.0.2022-12-31")
    dialog = opened(page)
    expect(dialog).to_contain_text("433,29\xa0€")
    months = dialog.get_by_role("row").filter(has_text="2022")
    expect(months).to_have_count(3)
    expect(dialog).to_contain_text("× (Media dell’indice − Base dell’indice) × Giorni ÷ 360")
    for text in ("80.576,54\xa0€", "1,428\xa0%", "-0,386\xa0%", "31 giorni", "125,865032\xa0€"):
        expect(months.first).to_contain_text(text)
    expect(dialog).to_contain_text(say("Difference to the invoice"))
    close(page, dialog)
    page.get_by_role("button", name=say("How the indexation is worked out")).click()
    expect(opened(page)).to_contain_text(say("Indexation of the quarter"))


def test_a_due_item_is_explained_from_the_rent_to_the_vat_and_leads_to_its_payments(desktop: Person) -> None:
    page = desktop.sign_in("10093", "/invoices?contract=91207&state=paid")
    settled(page)
    rows = page.get_by_role("combobox", name=WHY, exact=True)
    rows.scroll_into_view_if_needed()  # a list that is open closes when the page is scrolled
    rows.click()
    page.get_by_role("option").filter(has_text="2.316,38").first.click()
    dialog = opened(page)
    expect(dialog).to_contain_text("1.898,67\xa0€ × 22\xa0% = 417,7074\xa0€")
    expect(dialog).to_contain_text(say("Rounded half up to the cent, once."))
    dialog.get_by_role("link", name=say("See its payments")).click()
    expect(page.get_by_role("heading", level=1, name=say("Statement of account"))).to_be_visible()


def test_what_is_left_of_the_principal_is_explained_on_the_contract(desktop: Person) -> None:
    page = desktop.sign_in("10093", "/contracts?contract=91207")
    page.get_by_role("button", name=say("Why this outstanding principal?")).click()
    dialog = opened(page)
    expect(dialog).to_contain_text("47.724,12\xa0€")
    close(page, dialog)


def test_what_is_anothers_or_nothing_is_not_explained(desktop: Person) -> None:
    page = desktop.sign_in("10094", "/invoices?why=1")
    missing = page.get_by_text(say("What you are looking for does not exist."))
    expect(missing).to_be_visible()
    for subject in ("9" * 19, "x"):
        page.goto(f"{desktop.portal.url}/invoices?q=nothing&why={subject}")
        expect(missing).to_be_visible()
