"""The statement of account by its routes: three kinds of file, and what is refused."""

import re
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from pypdf import PdfReader

from core.billing.actions import statement
from tests.people import Person
from tests.web.conftest import Browser, actions_of

pytestmark = pytest.mark.usefixtures("two_items")
EVER = "?period=start&contract=84963"


def test_the_paper_is_drawn_for_who_asks_and_saved_under_its_name(at_home: Browser, anna: Person) -> None:
    response = at_home.fetch(f"/exports/statement.pdf{EVER}")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/pdf")
    assert re.search(r"attachment; .*84963_[-\d]+\.pdf", response.headers["content-disposition"])
    assert "12/2024" in PdfReader(BytesIO(response.content)).pages[0].extract_text()
    assert actions_of(anna).count("export") == 1


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_the_tables_have_the_opening_balance_and_the_movements(at_home: Browser, extension: str) -> None:
    response = at_home.fetch(f"/exports/statement.{extension}{EVER}")
    assert response.status_code == 200
    assert extension == "xlsx" or len(response.text.splitlines()) == 3


@pytest.mark.parametrize("extension", ["xlsx", "csv", "pdf"])
def test_another_customers_contract_does_not_exist(at_home: Browser, carla: Person, extension: str) -> None:
    carla.contract("70001")
    assert at_home.get(f"/exports/statement.{extension}?contract=70001").status_code == 404


@pytest.mark.parametrize("extension", ["xlsx", "csv", "pdf"])
def test_days_the_wrong_way_round_are_refused(at_home: Browser, extension: str) -> None:
    assert at_home.get(f"/exports/statement.{extension}?from=2024-03-01&to=2024-02-01").status_code == 422


def test_a_paper_of_too_many_movements_is_refused_and_the_csv_offered(
    at_home: Browser, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = anna.contract("84964")
    anna.item(contract, 1, date(2024, 3, 1), 10_000, invoice_id=anna.invoice(contract, "13/2024", date(2024, 2, 1)))
    monkeypatch.setattr(statement, "MOST_DRAWN", 1)
    refused = at_home.get("/exports/statement.pdf?period=start")
    assert refused.status_code == 413
    address = unescape(re.search(r'href="(/exports/statement\.csv[^"]*)"', refused.text)[1])
    assert len(at_home.get(address).text.splitlines()) == 4
