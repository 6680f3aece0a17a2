"""What the registry of the exports decides: which files there are, what they are, and how they are asked for."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import BinaryIO

import pytest

from core.access import Access
from core.kit.errors import NotFound
from core.settings import ROOT
from core.web import exports
from core.web.exports import Export
from tests.people import Person
from tests.web.conftest import PAGE, Browser, Elsewhere
from tests.web.test_exports_large import where_the_file_is

MEDIA = {"pdf": "application/pdf", "zip": "application/zip"}
CONTRACT = "84963"


def contract_of(address: Mapping[str, str]) -> str:
    return address.get("contract", "")


def pages_of(access: Access, today: date, contract: str) -> int:
    if contract == "70001":
        raise NotFound
    return 3


def write_paper(access: Access, today: date, contract: str, out: BinaryIO, *, lang: str, who: str) -> str:
    out.write(f"a paper for {who} of {contract}".encode())
    return f"foglio {contract}.pdf"


@pytest.fixture(params=["pdf", "zip"])
def paper(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a file that is no table."""
    export = Export(contract_of, pages_of, write_paper, "/papers")
    monkeypatch.setitem(exports.EXPORTS, f"paper.{request.param}", export)
    return f"/exports/paper.{request.param}"


def test_a_file_that_is_no_table_is_written_by_its_own_function(at_home: Browser, paper: str, anna: Person) -> None:
    response = at_home.fetch(f"{paper}?contract={CONTRACT}&headers=manual")
    assert response.status_code == 200
    assert response.content.startswith(b"a paper for ")
    assert response.content.endswith(b" of 84963")
    assert response.headers["content-type"] == MEDIA[paper[-3:]]
    assert response.headers["content-length"] == str(len(response.content))
    assert "foglio 84963.pdf" in response.headers["content-disposition"]
    assert response.headers["cache-control"] == "no-store, private"


def test_its_headers_are_given_without_making_it(at_home: Browser, paper: str) -> None:
    response = at_home.fetch(paper, "HEAD")
    assert (response.status_code, response.headers["content-type"]) == (200, MEDIA[paper[-3:]])
    assert "content-disposition" not in response.headers


def test_what_it_refuses_is_refused(at_home: Browser, paper: str) -> None:
    assert at_home.fetch(f"{paper}?contract=70001").status_code == 404


def test_a_large_one_is_waited_for_on_a_page_that_leads_back_to_its_own(
    at_home: Browser, paper: str, elsewhere: Elsewhere
) -> None:
    page = at_home.get(f"{paper}?contract={CONTRACT}", **PAGE)
    assert where_the_file_is(page.text) == f"{paper}?contract={CONTRACT}&wait=1"
    assert 'href="/papers?contract=84963"' in page.text
    elsewhere.done()
    assert at_home.get(where_the_file_is(page.text), **PAGE).content == b"a large file"


def test_the_waiting_page_counts_the_rows_of_a_table_only(
    at_home: Browser, paper: str, two_items: None, elsewhere: Elsewhere
) -> None:
    leads = [
        at_home.get(path, **PAGE).text.partition('class="lead">')[2].partition("<")[0]
        for path in ("/exports/invoices.xlsx", paper)
    ]
    assert ["2 " in leads[0], any(sign.isdigit() for sign in leads[1])] == [True, False]


@pytest.mark.parametrize(("inline", "begun"), [(2, 1), (3, 0), (None, 0)])
def test_an_export_says_itself_how_much_of_it_is_made_at_once(
    at_home: Browser, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch, inline: int | None, begun: int
) -> None:
    monkeypatch.setattr(exports.settings(), "export_rows_inline", 1_000)
    export = Export(contract_of, pages_of, write_paper, "/papers", inline=inline)
    monkeypatch.setitem(exports.EXPORTS, "paper.pdf", export)
    at_home.get("/exports/paper.pdf", **PAGE)
    assert len(elsewhere.begun) == begun


UNKNOWN = (
    "nothing.xlsx nothing.pdf invoices invoices. invoices.pdf invoices.xls invoices.XLSX invoices.zip.csv .xlsx a.b.csv"
)


@pytest.mark.parametrize("file", [*UNKNOWN.split(), "statement.pdf.xlsx", "invoices/xlsx"])
def test_what_nobody_makes_is_not_found(at_home: Browser, file: str) -> None:
    assert at_home.get(f"/exports/{file}").status_code == 404


@pytest.mark.parametrize("name", exports.EXPORTS)
def test_every_file_leads_back_to_a_page_of_the_portal(name: str) -> None:
    assert (ROOT / "pages" / f"{exports.EXPORTS[name].page.removeprefix('/')}.py").is_file()


@pytest.mark.parametrize("name", [name for name in exports.EXPORTS if "." not in name])
def test_filters_that_mean_nothing_give_a_file_or_nothing_and_no_bug(at_home: Browser, name: str) -> None:
    for extension in ("xlsx", "csv"):
        response = at_home.fetch(f"/exports/{name}.{extension}?contract=%00;drop&state=x&since=y&until=z&q={'a' * 999}")
        assert response.status_code in {200, 404, 422}


def test_without_a_session_there_is_no_file_of_any_kind(stranger: Browser, paper: str) -> None:
    assert stranger.fetch(paper).status_code == 401
