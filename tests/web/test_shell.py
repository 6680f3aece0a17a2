import pytest

from core import brand
from core.ui import style
from core.web import framework, sheets
from tests.web.conftest import Browser, new_browser


@pytest.mark.parametrize("path", ["/", "/invoices", "/anything"])
def test_every_page_opens_with_the_index_in_the_visitors_language(at_home: Browser, path: str) -> None:
    response = at_home.get(path)
    assert response.status_code == 200
    assert '<html lang="it">' in response.text
    assert '<div id="root">' in response.text


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip", "gzip"), ("identity", None)])
def test_the_index_is_compressed_for_whoever_takes_it(at_home: Browser, accepted: str, encoding: str | None) -> None:
    response = at_home.get("/", **{"Accept-Encoding": accepted})
    assert response.headers.get("content-encoding") == encoding
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["content-type"].startswith("text/html")
    assert response.text == framework.index_for("it")


def test_nothing_of_the_address_is_in_the_index(at_home: Browser) -> None:
    assert at_home.get("/invoices?q=one").text == at_home.get("/?q=another").text


@pytest.mark.parametrize("path", ["/favicon.png", "/invoices/_stcore/health", "/_stcore/host-config", "/media/x.png"])
def test_the_frameworks_own_addresses_stay_its_own(at_home: Browser, path: str) -> None:
    assert at_home.fetch(path).json()["reached"] == path


def test_the_translating_script_is_javascript(stranger: Browser) -> None:
    response = stranger.fetch("/assets/phrases.es.js?v=1")
    assert response.headers["content-type"].startswith("text/javascript")
    assert "Pulsa Intro para confirmar" in response.text


@pytest.mark.parametrize("lang", ["xx", "", "..%2f..%2fsettings"])
def test_there_is_no_script_for_other_languages(stranger: Browser, lang: str) -> None:
    assert stranger.fetch(f"/assets/phrases.{lang}.js").status_code in {401, 404}


def test_the_address_of_the_icon_changes_with_the_company() -> None:
    assert brand.icon("Aurora Leasing") != brand.icon("Altra Leasing") != brand.icon("Zeta Leasing")


@pytest.mark.parametrize("path", ["/login", "/"])
def test_pages_ask_for_the_icon_at_its_own_address(at_home: Browser, path: str) -> None:
    page = new_browser().get("/login") if path == "/login" else at_home.get(path)
    assert f'href="{brand.icon(brand.company())}"' in page.text


def test_the_icon_is_an_image(stranger: Browser) -> None:
    assert stranger.fetch("/assets/mark.svg").headers["content-type"] == "image/svg+xml"


def test_the_style_sheet_is_named_by_its_content_and_kept_for_good(stranger: Browser) -> None:
    address = sheets.address("es")
    response = stranger.fetch(address)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert response.text == style.sheet("es")
    assert "immutable" in response.headers["cache-control"]
    assert f'<link rel="stylesheet" href="{address}"></body>' in framework.index_for("es")
    assert stranger.fetch("/assets/portal.fr.css").status_code == 404
