import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from sqlalchemy import insert

from core import db, files
from core.book.tables import Document
from core.kit import clock
from core.web.files import disposition
from tests.people import SYSTEM, Person
from tests.server import running
from tests.web.conftest import Browser, actions_of, new_browser
from tests.web.streaming import PATIENCE, sign_in

PDF = b"%PDF-1.7 a small file"


def document(person: Person) -> int:
    values = {"title": "Fattura 12", "filename": "fattura 12.pdf", "mime": "application/pdf", "created_at": clock.now()}
    statement = insert(Document).values(customer_id=person.customer_id, sha256=files.put(PDF), **values)
    with db.transaction(SYSTEM) as connection:
        return connection.execute(statement).inserted_primary_key[0]


def test_a_document_opens_in_the_browser(at_home: Browser, anna: Person) -> None:
    response = at_home.get(f"/documents/{document(anna)}")
    assert (response.status_code, response.content) == (200, PDF)
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"].startswith("inline;")
    assert response.headers["cache-control"] == "no-store, private"


def test_a_document_is_saved_on_request(at_home: Browser, anna: Person) -> None:
    response = at_home.fetch(f"/documents/{document(anna)}?download=1")
    assert response.headers["content-disposition"].startswith("attachment;")


def test_another_customers_document_does_not_exist(at_home: Browser, anna: Person, carla: Person) -> None:
    foreign, missing = at_home.get(f"/documents/{document(carla)}"), at_home.get("/documents/999999")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text == missing.text
    assert "denied" in actions_of(anna)


def test_after_logout_a_document_is_out_of_reach(at_home: Browser, anna: Person) -> None:
    number, token = document(anna), at_home.cookie("sid")
    at_home.post("/logout")
    other = new_browser()
    other.client.cookies.set("sid", token)
    assert other.fetch(f"/documents/{number}").status_code == 401


@pytest.mark.parametrize("number", ["0", "-1", "abc", "1.5", "9" * 19, "9" * 400, "%D9%A1", "1/2"])
def test_what_is_no_document_number_is_not_found(at_home: Browser, number: str) -> None:
    assert at_home.get(f"/documents/{number}").status_code == 404


def test_the_page_for_what_does_not_exist_speaks_the_visitors_language(at_home: Browser) -> None:
    response = at_home.get("/documents/0")
    assert response.headers["content-type"].startswith("text/html")
    assert '<html lang="it">' in response.text


@pytest.mark.parametrize("path", ["/exports/nothing.xlsx", "/exports/", "/exports/a/b", "/documents/"])
def test_a_file_route_that_does_not_exist_is_not_found(at_home: Browser, path: str) -> None:
    assert at_home.get(path).status_code == 404


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", 'a"\r\nX-Evil: 1.pdf', "x" * 300 + ".pdf", "", "…", "a\x00b.pdf", "\ud800.pdf"]
)
@pytest.mark.parametrize("save", [False, True])
def test_no_file_name_breaks_out_of_its_header(name: str, save: bool) -> None:
    header = disposition(name, save=save)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert "/" not in header.replace("''", "")
    assert len(header) < 1_000


def test_a_file_name_with_accents_arrives_whole() -> None:
    header = disposition("fattura n° 12 – città.pdf", save=True)
    assert unquote(header.partition("filename*=UTF-8''")[2]) == "fattura n° 12 – città.pdf"


def test_what_is_compressed_arrives_as_it_is_and_says_its_length(tmp_path: Path) -> None:
    with running(tmp_path, PORTAL_CLOCK="2024-04-05") as server:
        with closing(sqlite3.connect(tmp_path / "portal.db")) as connection:
            mine = "select document.id from document join customer on customer.id = customer_id where code = '10093'"
            number = connection.execute(mine).fetchone()[0]
        cookies, gzip = {"sid": sign_in(server.url, "10093")}, {"Accept-Encoding": "gzip"}
        with httpx.Client(base_url=server.url, cookies=cookies, headers=gzip, timeout=PATIENCE) as http:
            for path, begins in ((f"/documents/{number}", b"%PDF"), ("/exports/invoices.xlsx", b"PK")):
                with http.stream("GET", path) as response:
                    sent = b"".join(response.iter_raw())
                assert sent.startswith(begins)
                assert int(response.headers["content-length"]) == len(sent)
            assert http.get("/exports/invoices.csv").headers["content-encoding"] == "gzip"
