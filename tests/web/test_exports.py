"""The routes of the exports: files made at once, what they say of themselves, and what is refused."""

import re
from html import unescape
from io import BytesIO

import pytest
from openpyxl import load_workbook

from core.kit.errors import TooManyRows
from core.locale import translations
from core.settings import settings
from tests.people import Person
from tests.web.conftest import BOM, MEDIA, Browser, actions_of

pytestmark = pytest.mark.usefixtures("two_items")


def cells(content: bytes) -> list[list[object]]:
    return [[cell.value for cell in row] for row in load_workbook(BytesIO(content)).worksheets[0].iter_rows()]


def test_the_workbook_holds_what_the_filters_let_through(at_home: Browser, anna: Person) -> None:
    both, overdue = at_home.fetch("/exports/invoices.xlsx"), at_home.fetch("/exports/invoices.xlsx?state=overdue&q=12")
    assert both.status_code == overdue.status_code == 200
    assert len(cells(both.content)) == len(cells(overdue.content)) + 1
    assert actions_of(anna).count("export") == 2


def test_the_csv_holds_what_the_filters_let_through(at_home: Browser, anna: Person) -> None:
    both, overdue = at_home.fetch("/exports/invoices.csv"), at_home.fetch("/exports/invoices.csv?state=overdue&q=12")
    assert both.content.startswith(BOM)
    assert len(both.text.splitlines()) == len(overdue.text.splitlines()) + 1 == 3
    assert actions_of(anna).count("export") == 2


@pytest.mark.parametrize(("extension", "media"), MEDIA.items())
def test_a_file_says_its_type_size_and_name(at_home: Browser, extension: str, media: str) -> None:
    response = at_home.fetch(f"/exports/invoices.{extension}?contract=84963&sort=gross")
    assert response.headers["content-type"] == media
    assert int(response.headers["content-length"]) == len(response.content)
    assert re.search(rf"84963_[-\d]+\.{extension}", response.headers["content-disposition"])
    assert response.headers["cache-control"] == "no-store, private"


def test_a_strange_filter_is_no_filter(at_home: Browser) -> None:
    assert at_home.fetch("/exports/invoices.xlsx?state=nonsense&sort=;drop&page=x").status_code == 200


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_another_customers_contract_does_not_exist(at_home: Browser, carla: Person, extension: str) -> None:
    carla.contract("70001")
    assert at_home.get(f"/exports/invoices.{extension}?contract=70001").status_code == 404


def test_too_many_rows_are_refused_with_the_numbers_and_the_csv_offered(
    at_home: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "export_rows_limit", 1)
    refused = at_home.get("/exports/invoices.xlsx?contract=84963&sort=gross")
    assert (refused.status_code, refused.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert translations("it").gettext(TooManyRows.message) % {"rows": 2, "limit": 1} in unescape(refused.text)
    address = unescape(re.search(r'href="(/exports/invoices\.csv[^"]*)"', refused.text)[1])
    assert address == "/exports/invoices.csv?contract=84963&sort=gross"
    offered = at_home.get(address)
    assert (offered.status_code, len(offered.text.splitlines())) == (200, 3)


def test_a_program_is_offered_the_csv_too(at_home: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "export_rows_limit", 1)
    refused = at_home.fetch("/exports/invoices.xlsx")
    assert refused.status_code == 413
    assert refused.text.endswith(": /exports/invoices.csv\n")


def test_big_numbers_are_told_as_the_reader_writes_them(at_home: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "export_rows_limit", -1_250_000)
    assert "-1.250.000" in at_home.get("/exports/invoices.xlsx").text


def test_the_headers_of_too_many_rows_are_those_of_the_refusal(
    at_home: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "export_rows_limit", 1)
    assert at_home.fetch("/exports/invoices.xlsx", "HEAD").status_code == 413
