"""The plan page as a customer reads it: figures, chart, rows, filters, the workbook."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.checks import NBSP, grave, settled, sound
from tests.browser.conftest import Person

CHART, LONGEST_LOAD = "[data-testid=stPlotlyChart]", 60_000
GREY, PETROL = "rgb(244, 246, 248)", {"light": "rgb(11, 92, 107)", "dark": "rgb(63, 165, 183)"}


def drawn(page: Page) -> None:
    """The chart, whose program is the largest part of the page, has its bars, and all else is drawn."""
    expect(page.locator(f"{CHART} .bars .point").first).to_be_attached(timeout=LONGEST_LOAD)
    settled(page)


def test_the_plan_at_every_width_and_in_both_themes(anna: Person, view: tuple[int, str]) -> None:
    page = anna.sign_in("10093", "/amortization?contract=91207")
    expect(page.get_by_role("heading", level=1)).to_have_text("Piano di ammortamento")
    drawn(page)
    expect(page.get_by_text(f"47.724,12{NBSP}€").first).to_be_visible()
    expect(page.get_by_text("22 rate su 47 incassate")).to_be_visible()
    expect(page.get_by_text(f"1,3636{NBSP}%")).to_be_visible()
    expect(page.get_by_text("1 - 25 di 56")).to_be_visible()
    sound(page)
    bars = page.locator(f"{CHART} .bars .point path")
    assert PETROL[view[1]] in str(bars.first.evaluate("bar => getComputedStyle(bar).fill"))


def test_the_chart_has_a_name_a_mark_at_today_and_its_figures_below(desktop: Person) -> None:
    page = desktop.sign_in("10093", "/amortization?contract=91207")
    drawn(page)
    name = re.compile(r"^Barre di capitale e interessi per 48 scadenze .* 91207")
    expect(page.get_by_role("img", name=name).or_(page.get_by_label(name)).first).to_be_visible()
    expect(page.locator(f"{CHART} .annotation-text")).to_have_text(f"oggi: residuo 47.724,12{NBSP}€")
    page.get_by_text("Dati del grafico").click()
    years = page.locator(".st-key-table_plan_years table")
    expect(years).to_be_visible()
    expect(years.locator("tbody tr").first).to_contain_text("2022")
    assert grave(page) == []


def test_index_rows_are_told_apart_and_can_be_hidden(desktop: Person) -> None:
    page = desktop.sign_in("10093", "/amortization?contract=91207")
    drawn(page)
    rows = page.locator(".st-key-table_plan tbody tr")
    charge = rows.filter(has_text=f"187,43{NBSP}€")
    expect(charge.locator("td")).to_have_text(
        [
            *("0", "30/09/22", re.compile("Indicizzazione"), f"187,43{NBSP}€", "–", f"187,43{NBSP}€"),
            *(f"82.382,18{NBSP}€", "Addebito in c/c tramite SEPA", "21/06/22", "30/09/22", "27/10/22"),
        ]
    )
    assert charge.evaluate("row => getComputedStyle(row).backgroundColor") == GREY
    page.get_by_text("Mostra indicizzazioni").click()
    expect(page.get_by_text("1 - 25 di 49")).to_be_visible()
    expect(charge).to_have_count(0)
    page.reload()
    expect(page.get_by_text("1 - 25 di 49")).to_be_visible()


def test_the_workbook_of_the_page_is_the_whole_plan(desktop: Person) -> None:
    page = desktop.sign_in("10093", "/amortization?contract=84963&state=collected&page=2")
    drawn(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Esporta").click()
    assert download.value.suggested_filename == "piano-di-ammortamento_84963_2024-04-05.xlsx"
    sheet = load_workbook(BytesIO(download.value.path().read_bytes()), data_only=True).worksheets[0]
    assert sheet.max_row == 1 + 88 + 1
    assert [cell.value for cell in sheet[1]][:3] == ["Num. rata", "Data scadenza", "Tipologia rata"]
    assert sheet.cell(90, 5).value == 28_150


@pytest.mark.parametrize("contract", ["87990", "87731", "92660"])
def test_other_plans_are_sound_too(desktop: Person, contract: str) -> None:
    """Ended early; quarterly with a riscatto above the scale; with a credit note."""
    page = desktop.sign_in("10095", f"/amortization?contract={contract}")
    drawn(page)
    sound(page)
