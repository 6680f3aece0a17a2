"""The documents of a customer: every kind, what each filter lets through, pages. On both databases."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event, select

from core import db
from core.access import Access
from core.audit import AuditLine
from core.billing.frames import PAPER_KINDS, DocumentFilters, Paper, documents
from core.kit.errors import NotFound, WrongPeriod
from core.tabular import each
from tests.billing.conftest import TODAY
from tests.billing.papers import bill, paper
from tests.people import SYSTEM, Person


@pytest.fixture
def shelf(anna: Person) -> Person:
    """Two contracts, and a document of every kind."""
    one, other = anna.contract("84963"), anna.contract("84964")
    paper(anna, "Contratto 84963", kind="CONTRATTO", issued_on=date(2024, 1, 10), contract_id=one)
    paper(anna, "Piano 84963", kind="PIANO", issued_on=date(2024, 2, 1), contract_id=one)
    paper(anna, "Certificazione 2023", kind="CERTIFICAZIONE", issued_on=date(2024, 2, 15), contract_id=other)
    paper(anna, "Nuovi orari", kind="COMUNICAZIONE", issued_on=date(2024, 3, 20))
    bill(anna, "1/2024", date(2024, 2, 1), (one, 1, 10_000))
    bill(anna, "2/2024", date(2024, 3, 1), (one, 2, 10_000), (other, 1, 20_000))
    bill(anna, "3/2024", date(2024, 3, 15), (one, 3, -500))
    return anna


def titles(person: Person, **filters: object) -> list[str]:
    found = documents(person.access, TODAY, DocumentFilters(**filters))
    return [row.title for row in each(found.rows, Paper)]


def test_every_document_is_there_newest_first_under_its_kind(shelf: Person) -> None:
    page = documents(shelf.access, TODAY, DocumentFilters())
    assert [(row.kind, row.issued_on, row.contract, row.number) for row in each(page.rows, Paper)] == [
        ("letter", date(2024, 3, 20), None, None),
        ("credit_note", date(2024, 3, 15), "84963", "3/2024"),
        ("invoice", date(2024, 3, 1), "84963, 84964", "2/2024"),
        ("certificate", date(2024, 2, 15), "84964", None),
        ("invoice", date(2024, 2, 1), "84963", "1/2024"),
        ("plan", date(2024, 2, 1), "84963", None),
        ("contract", date(2024, 1, 10), "84963", None),
    ]
    assert page.counts == {"all": 7, **dict.fromkeys(PAPER_KINDS, 1), "invoice": 2}


def test_an_invoice_over_two_contracts_is_listed_under_each(shelf: Person) -> None:
    assert titles(shelf, contract="84964") == ["Fattura 2/2024", "Certificazione 2023"]
    assert "Fattura 2/2024" in titles(shelf, contract="84963")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"kind": "credit_note"}, ["Fattura 3/2024"]),
        ({"kind": "plan"}, ["Piano 84963"]),
        ({"since": date(2024, 3, 15)}, ["Nuovi orari", "Fattura 3/2024"]),
        ({"until": date(2024, 1, 10)}, ["Contratto 84963"]),
        ({"since": date(2024, 2, 15), "until": date(2024, 3, 1)}, ["Fattura 2/2024", "Certificazione 2023"]),
        ({"query": "ORARI"}, ["Nuovi orari"]),
        ({"query": "2/2024"}, ["Fattura 2/2024"]),
        ({"query": "%"}, []),
        ({"state": "overdue"}, ["Fattura 2/2024", "Fattura 1/2024"]),
        ({"state": "paid"}, ["Fattura 3/2024"]),
        ({"kind": "letter", "contract": "84963"}, []),
    ],
)
def test_a_filter_lets_through_what_it_says(shelf: Person, filters: dict[str, object], found: list[str]) -> None:
    assert titles(shelf, **filters) == found


def test_counts_by_kind_are_of_the_other_filters(shelf: Person) -> None:
    page = documents(shelf.access, TODAY, DocumentFilters(kind="plan", contract="84964"))
    assert (page.total_rows, page.counts["all"], page.counts["invoice"], page.counts["plan"]) == (0, 2, 1, 0)


def test_pages_hold_25_and_one_past_the_end_is_the_last(anna: Person) -> None:
    for number in range(30):
        paper(anna, f"Lettera {number}", kind="COMUNICAZIONE", issued_on=date(2024, 1, 1))
    first, last = (documents(anna.access, TODAY, DocumentFilters(), page) for page in (1, 9))
    assert (len(first.rows), len(last.rows), last.number, last.total_rows) == (25, 5, 2, 30)
    assert len({row.document_id for page in (first, last) for row in each(page.rows, Paper)}) == 30


def test_the_place_of_a_document_without_its_invoice_is_no_document(anna: Person) -> None:
    paper(anna, "Fattura 9/2024")
    assert titles(anna) == []


def test_nothing_of_another_customer_is_listed(shelf: Person, carla: Person) -> None:
    assert titles(carla) == []
    with pytest.raises(NotFound):
        titles(carla, contract="84963")
    with db.reading(SYSTEM) as connection:
        assert connection.execute(select(AuditLine.action, AuditLine.entity)).all() == [("denied", "contract")]


def test_who_may_not_see_invoices_sees_no_documents(shelf: Person) -> None:
    blind: Access = replace(shelf.access, grants=frozenset())
    with pytest.raises(NotFound):
        documents(blind, TODAY, DocumentFilters())


def test_a_period_that_ends_before_it_begins_is_refused(shelf: Person) -> None:
    with pytest.raises(WrongPeriod):
        titles(shelf, since=date(2024, 2, 2), until=date(2024, 2, 1))


def test_a_page_takes_two_statements_however_many_documents(shelf: Person) -> None:
    asked: list[str] = []
    event.listen(db.database().engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    documents(shelf.access, TODAY, DocumentFilters(contract="84963"))
    assert len([statement for statement in asked if "SELECT" in statement]) == 2


def test_filters_of_an_address_are_what_can_be_one() -> None:
    address = {
        "contract": "84963",
        "kind": "plan",
        "from": "2024-02-30",
        "to": "2024-03-01",
        "q": "x" * 41,
        "state": "?",
    }
    assert DocumentFilters.of(address) == DocumentFilters("84963", "plan", None, date(2024, 3, 1))
