"""Contracts to choose from: found by what a customer knows of them, and never another customer's. On both databases."""

from dataclasses import fields
from datetime import date, timedelta

import pytest

from core.book.frames import Choice, chosen, find, known, latest
from core.book.frames import choices as statements
from core.db import Rows
from core.kit.errors import NotFound
from core.tabular import each
from tests.book.conftest import TODAY, audited
from tests.people import Person


@pytest.fixture
def fleet(anna: Person, carla: Person) -> Person:
    """A van and a scanner of Anna's; Carla has the same van."""
    van, scanner = anna.contract("91207", product="Leasing targato"), anna.contract("94118", ends_on=date(2030, 3, 20))
    anna.asset(van, "171844", description="Furgone elettrico, targa GX 482 LM")
    anna.asset(scanner, "177303", description="Scanner intraorale, matricola SI-00977_B")
    theirs = carla.contract("91208", product="Leasing targato")
    carla.asset(theirs, "171845", description="Furgone elettrico, targa GX 482 LM")
    return anna


def numbers(person: Person, text: str = "", status: str | None = None, limit: int = 25) -> list[str]:
    return [choice.number for choice in each(find(person.access, TODAY, text, status, limit), Choice)]


@pytest.mark.parametrize(
    "text",
    ["91207", "912", "171844", "GX 482 LM", "GX482LM", "gx482lm", " g x482 LM ", "targato", "LEASING TARGATO"],
)
def test_a_contract_is_found_by_number_asset_code_plate_and_product(fleet: Person, text: str) -> None:
    assert numbers(fleet, text) == ["91207"]


@pytest.mark.parametrize("text", ["SI-00977", "si-00977_b", "matricola SI-00977", "177303"])
def test_a_contract_is_found_by_the_serial_number_of_an_asset(fleet: Person, text: str) -> None:
    assert numbers(fleet, text) == ["94118"]


@pytest.mark.parametrize("text", ["SOCIETÀ È", "società è"])
def test_the_case_of_a_letter_with_an_accent_means_nothing(anna: Person, text: str) -> None:
    anna.contract("1", product="Società è partner")
    assert numbers(anna, text) == ["1"]


@pytest.mark.parametrize("text", ["91208", "171845", "%", "__", "SI-00977%", "GX%LM", "/", "' or ''='"])
def test_nothing_is_found_that_is_not_there(fleet: Person, text: str) -> None:
    assert numbers(fleet, text) == []


def test_a_text_of_blanks_is_no_text(fleet: Person) -> None:
    assert numbers(fleet, "   ") == ["94118", "91207"]


def test_no_more_are_read_than_are_asked_for(anna: Person) -> None:
    for number in range(30):
        anna.contract(f"8{number:04}", ends_on=TODAY + timedelta(days=number))
    assert len(numbers(anna)) == 25
    assert numbers(anna, limit=2) == ["80029", "80028"]


def test_a_contract_is_active_through_its_last_day_and_until_the_day_before_its_termination(anna: Person) -> None:
    anna.contract("1", ends_on=TODAY)
    anna.contract("2", ends_on=TODAY - timedelta(days=1))
    anna.contract("3", terminated_on=TODAY)
    anna.contract("4", terminated_on=TODAY + timedelta(days=1))
    found = {choice.number: choice.status for choice in each(find(anna.access, TODAY), Choice)}
    assert found == {"1": "active", "2": "closed", "3": "terminated", "4": "active"}
    assert set(numbers(anna, status="active")) == {"1", "4"}
    assert set(numbers(anna, status="closed")) == {"2", "3"}


def test_the_latest_is_the_active_one_that_ends_last_else_the_last_that_ended(anna: Person) -> None:
    assert latest(anna.access, TODAY) is None
    anna.contract("1", ends_on=date(2024, 4, 4))
    anna.contract("2", ends_on=date(2031, 1, 1), terminated_on=date(2024, 1, 1))
    assert latest(anna.access, TODAY).number == "2"
    anna.contract("3", ends_on=date(2025, 1, 1))
    anna.contract("4", ends_on=date(2026, 1, 1))
    assert latest(anna.access, TODAY).number == "4"
    assert latest(anna.access, TODAY, "closed").number == "2"


def test_one_is_chosen_by_its_number(fleet: Person) -> None:
    choice = chosen(fleet.access, TODAY, "94118")
    assert choice == Choice("94118", "Beni mobili", "active", date(2030, 3, 20))
    assert known(fleet.access, TODAY, "94118") == choice


@pytest.mark.parametrize("number", ["91208", "0"])
def test_a_contract_that_is_not_the_customers_is_refused_and_leaves_an_audit_line(fleet: Person, number: str) -> None:
    assert known(fleet.access, TODAY, number) is None
    assert audited() == []
    with pytest.raises(NotFound):
        chosen(fleet.access, TODAY, number)
    assert audited() == [("denied", "contract", number)]


@pytest.mark.parametrize("statement", [statements._found(None, True), statements._latest("active"), statements._ONE])
def test_the_columns_of_a_statement_are_the_fields_of_its_rows_in_order(statement: Rows) -> None:
    assert [column.name for column in statement.selected_columns] == [field.name for field in fields(Choice)]
