"""The route of the invoices in one ZIP file: made at once or elsewhere, refused above its limit."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest

from core.settings import settings
from core.web import exports
from tests.billing.papers import bill
from tests.people import Person
from tests.web.conftest import PAGE, Browser, Elsewhere, actions_of


@pytest.fixture(autouse=True)
def invoices(anna: Person) -> None:
    contract_id = anna.contract("84970")
    for number in range(1, 4):
        bill(anna, f"{number}/2023", date(2023, number, 1), (contract_id, number, 10_000))


def test_the_file_holds_the_invoices_that_the_filters_let_through(at_home: Browser, anna: Person) -> None:
    response = at_home.fetch("/exports/invoices.zip?contract=84970&from=2023-02-01&to=2023-02-28")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/zip")
    assert response.headers["content-disposition"].startswith("attachment;")
    assert int(response.headers["content-length"]) == len(response.content)
    pdf, _ = ZipFile(BytesIO(response.content)).namelist()
    assert pdf == "2023-02_fattura_2-2023.pdf"
    assert actions_of(anna)[-1] == "export"


def test_another_customers_contract_does_not_exist(at_home: Browser, carla: Person) -> None:
    carla.contract("70001")
    assert at_home.get("/exports/invoices.zip?contract=70001").status_code == 404


@pytest.mark.parametrize(
    ("query", "status"), [("", 413), ("?from=2023-03-01", 200), ("?from=2024-01-02&to=2024-01-01", 422)]
)
def test_above_the_limit_a_shorter_period_is_asked_for(
    at_home: Browser, monkeypatch: pytest.MonkeyPatch, query: str, status: int
) -> None:
    monkeypatch.setattr(settings(), "zip_invoices_limit", 2)
    assert at_home.fetch(f"/exports/invoices.zip{query}").status_code == status


def test_many_invoices_are_packed_elsewhere(
    at_home: Browser, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(exports.EXPORTS, "invoices.zip", replace(exports.EXPORTS["invoices.zip"], inline=2))
    page = at_home.get("/exports/invoices.zip", **PAGE)
    assert page.headers["content-type"].startswith("text/html")
    assert 'href="/documents' in page.text
    elsewhere.done()
    assert at_home.get("/exports/invoices.zip", **PAGE).headers["content-type"] == "application/zip"
