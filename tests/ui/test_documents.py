"""Documenti, as the page shows it."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from tests.billing.papers import bill, paper
from tests.people import Person
from tests.ui.conftest import Opener, address, say, statements


@pytest.fixture
def shelf(anna: Person) -> Person:
    contract_id = anna.contract("91208")
    paper(anna, "Contratto *91208*", kind="CONTRATTO", issued_on=date(2024, 1, 10), contract_id=contract_id)
    paper(anna, "Nuovi orari", kind="COMUNICAZIONE", issued_on=date(2024, 3, 20))
    bill(anna, "501/2024", date(2024, 2, 1), (contract_id, 1, 10_000))
    bill(anna, "502/2024", date(2024, 3, 1), (contract_id, 2, -500))
    return anna


def table(app: AppTest) -> list[dict[str, str]]:
    return app.table[0].value.to_dict("records")


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def archive(app: AppTest) -> list[str]:
    return [button.proto.url for button in app.get("link_button")]


def test_every_document_has_a_link_to_open_and_one_to_save(opened: Opener, shelf: Person) -> None:
    rows = table(opened("documents"))
    assert list(rows[0]) == [say(title) for title in ("Date", "Type", "Document", "Contract", "Download")]
    assert [row[say("Date")] for row in rows] == ["20/03/24", "01/03/24", "01/02/24", "10/01/24"]
    assert rows[3][say("Document")].startswith(r"[Contratto \*91208\*](/documents/")
    assert all(row[say("Download")].endswith("?download=1)") for row in rows)
    assert say("Credit note") in rows[1][say("Type")]
    assert rows[0][say("Contract")] == "–"


def test_a_title_without_the_number_of_its_invoice_shows_it(opened: Opener, anna: Person) -> None:
    contract_id = anna.contract("91208")
    bill(anna, "501/2024", date(2024, 2, 1), (contract_id, 1, 10_000), title="Canone di febbraio")
    row = table(opened("documents"))[0]
    assert row[say("Document")].startswith(r"[Canone di febbraio \(501\/2024\)](/documents/")


def test_a_filter_narrows_the_rows_and_the_file_of_invoices(opened: Opener, shelf: Person) -> None:
    app = opened("documents", kind="credit_note", contract="91208", **{"from": "2024-02-02"})
    assert len(table(app)) == 1
    assert archive(app) == ["/exports/invoices.zip?contract=91208&kind=credit_note&from=2024-02-02"]


def test_kinds_without_a_document_are_not_offered(opened: Opener, shelf: Person) -> None:
    labels = opened("documents").segmented_control[0].options
    kinds = ("All", "Contracts", "Invoices", "Credit notes", "Letters")
    assert labels == [f"{say(kind)} {count}" for kind, count in zip(kinds, (4, 1, 1, 1, 1), strict=True)]


def test_there_is_no_file_of_no_invoices(opened: Opener, shelf: Person) -> None:
    assert archive(opened("documents", kind="letter")) == []


def test_a_filter_without_rows_is_named_and_can_be_taken_away(opened: Opener, shelf: Person) -> None:
    app = opened("documents", q="nothing", to="2024-01-01")
    assert "01/01/2024" in texts(app)
    assert "nothing" in texts(app)
    app.button(key="remove_filters").click().run()
    assert len(table(app)) == 4
    assert address(app) == {}


def test_a_customer_without_documents_is_told_so(opened: Opener) -> None:
    app = opened("documents")
    assert not app.table
    assert say("There are no documents") in texts(app)


def test_a_period_that_ends_before_it_begins_is_said(opened: Opener, shelf: Person) -> None:
    app = opened("documents", **{"from": "2024-03-01", "to": "2024-02-01"})
    assert [error.value for error in app.error] == [
        say("The first day is after the last one. Choose the two dates again.")
    ]
    assert len(app.date_input) == 2


def test_the_days_of_a_period_go_to_the_address(opened: Opener, shelf: Person) -> None:
    app = opened("documents", page="2")
    app.date_input(key="documents_from").set_value(date(2024, 3, 1)).run()
    assert address(app) == {"from": "2024-03-01"}
    assert len(table(app)) == 2


def test_a_rerun_takes_four_statements(opened: Opener, shelf: Person) -> None:
    app = opened("documents", contract="91208")
    with statements() as seen:
        app.run()
    assert len(seen) == 4, seen
