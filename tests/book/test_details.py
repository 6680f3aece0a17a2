"""What a contract says of itself, and all of them for a file. On both databases."""

from dataclasses import fields
from datetime import date, timedelta
from importlib import import_module

import pytest

from core.book import frames
from core.book.frames import ContractFilters, Details, Lease, RegisterSums, details, register, register_sums
from core.db import Rows
from core.kit.errors import NotFound
from core.tabular import each
from tests.book.conftest import TODAY, audited
from tests.people import Person

# The package has functions of the same names.
CONTRACTS, DETAILS = (import_module(f"core.book.frames.{name}") for name in ("contracts", "details"))


@pytest.fixture
def indexed(anna: Person) -> Person:
    """A contract of 10,000.00 with an advance, an index row on the day of a rent, and one after the redemption."""
    contract_id = anna.contract(
        "91207", deposit_cents=100_000, index_code="EURIBOR3M", iban="IT60X0542811101000000123456"
    )
    for kind, number, due_on, left in (
        ("ANTICIPO", 0, date(2024, 2, 1), 900_000),
        ("INDICIZZAZIONE", 0, date(2024, 3, 31), 900_000),
        ("CANONE", 1, date(2024, 3, 31), 890_000),
        ("CANONE", 2, date(2024, 4, 30), 880_000),
        ("RISCATTO", 3, date(2028, 2, 1), 0),
        ("INDICIZZAZIONE", 0, date(2028, 3, 31), 0),
    ):
        anna.plan_row(contract_id, kind, number, due_on, left)
    anna.asset(contract_id, "171844")
    return anna


@pytest.mark.parametrize(
    ("today", "row", "cents"),
    [
        (date(2024, 1, 31), (None, None), 1_000_000),
        (date(2024, 2, 1), ("ANTICIPO", 0), 900_000),
        (date(2024, 3, 30), ("ANTICIPO", 0), 900_000),
        (date(2024, 3, 31), ("CANONE", 1), 890_000),
        (date(2024, 4, 30), ("CANONE", 2), 880_000),
        (date(2028, 2, 1), ("RISCATTO", 3), 0),
        (date(2028, 3, 31), ("INDICIZZAZIONE", 0), 0),
    ],
)
def test_the_outstanding_is_that_of_the_last_row_due_by_the_day(
    indexed: Person, today: date, row: tuple[str | None, int | None], cents: int
) -> None:
    lease = details(indexed.access, today, "91207")
    assert (lease.row_kind, lease.row_number) == row
    assert lease.outstanding_cents == cents


@pytest.mark.parametrize("kinds", [("ANTICIPO", "PREAMMORTAMENTO"), ("PREAMMORTAMENTO", "ANTICIPO")])
def test_interest_before_the_lease_stands_before_the_advance_of_its_day(anna: Person, kinds: tuple[str, str]) -> None:
    contract_id = anna.contract("91207")
    for kind in kinds:
        left = 990_000 if kind == "ANTICIPO" else 1_000_000
        anna.plan_row(contract_id, kind, 0, date(2024, 2, 1), left)
    lease = details(anna.access, TODAY, "91207")
    assert (lease.first_kind, lease.row_kind, lease.outstanding_cents) == ("PREAMMORTAMENTO", "ANTICIPO", 990_000)


def test_nothing_is_outstanding_after_an_early_end(indexed: Person) -> None:
    contract_id = indexed.contract("87990", terminated_on=TODAY)
    indexed.plan_row(contract_id, "CANONE", 1, date(2024, 3, 1), 990_000)
    before, after = (details(indexed.access, day, "87990") for day in (TODAY - timedelta(days=1), TODAY))
    assert (before.status, before.outstanding_cents) == ("active", 990_000)
    assert (after.status, after.outstanding_cents) == ("terminated", 0)


def test_a_contract_says_who_holds_it_and_how_its_plan_begins_and_ends(indexed: Person) -> None:
    lease = details(indexed.access, TODAY, "91207")
    assert (lease.holder_code, lease.holder, lease.assets) == ("10093", "Anna S.r.l.", 1)
    assert (lease.first_kind, lease.first_due_on, lease.first_cents) == ("ANTICIPO", date(2024, 2, 1), 10_000)
    assert (lease.last_rent_on, lease.ends_on) == (date(2024, 4, 30), date(2028, 2, 1))


def test_a_contract_without_a_plan_owes_its_price(anna: Person) -> None:
    anna.contract("1")
    lease = details(anna.access, TODAY, "1")
    assert (lease.outstanding_cents, lease.row_kind, lease.first_kind, lease.last_rent_on) == (
        1_000_000,
        None,
        None,
        None,
    )


def test_another_customers_contract_is_refused_and_leaves_an_audit_line(anna: Person, carla: Person) -> None:
    carla.contract("99001")
    with pytest.raises(NotFound):
        details(anna.access, TODAY, "99001")
    assert audited() == [("denied", "contract", "99001")]


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (ContractFilters(), ["3", "1"]),
        (ContractFilters("closed"), ["4", "2"]),
        (ContractFilters(None), ["4", "3", "2", "1"]),
        (ContractFilters(None, "gx482"), ["2"]),
        (ContractFilters("active", "gx482"), []),
    ],
)
def test_the_register_has_the_filtered_contracts_and_its_sums_are_theirs(
    anna: Person, carla: Person, filters: ContractFilters, numbers: list[str]
) -> None:
    anna.contract("1", price_cents=100, signed_on=date(2024, 1, 1))
    closed = anna.contract("2", price_cents=200, ends_on=TODAY - timedelta(days=1), signed_on=date(2024, 1, 2))
    anna.asset(closed, "7", description="targa GX 482 LM")
    anna.contract("3", price_cents=300, deposit_cents=30, signed_on=date(2024, 1, 3))
    anna.contract("4", price_cents=400, terminated_on=TODAY, signed_on=date(2024, 1, 4))
    carla.contract("5")
    with register(anna.access, TODAY, filters) as (sums, found):
        rows = list(found)
    assert [lease.number for lease in rows] == numbers
    names = ("price_cents", "deposit_cents", "residual_cents", "outstanding_cents")
    assert sums == RegisterSums(len(rows), *(sum(getattr(lease, name) for lease in rows) for name in names))
    assert register_sums(anna.access, TODAY, filters) == sums


def test_the_register_and_its_sums_are_of_one_state(anna: Person) -> None:
    anna.contract("1")
    with register(anna.access, TODAY, ContractFilters()) as (sums, found):
        anna.contract("2")
        assert (sums.contracts, [lease.number for lease in found]) == (1, ["1"])


def test_the_home_page_lists_active_contracts_only(anna: Person) -> None:
    anna.contract("1", ends_on=TODAY)
    anna.contract("2", ends_on=TODAY - timedelta(days=1))
    assert [lease.number for lease in each(frames.contracts(anna.access, TODAY), Lease)] == ["1"]


@pytest.mark.parametrize(
    ("address", "filters"),
    [
        ({}, ContractFilters("active")),
        ({"state": "all", "q": "GX"}, ContractFilters(None, "GX")),
        ({"state": "closed"}, ContractFilters("closed")),
        ({"state": "open", "q": "x" * 41}, ContractFilters("active")),
        ({"q": "\x00"}, ContractFilters("active")),
    ],
)
def test_what_cannot_be_a_filter_counts_as_absent(address: dict[str, str], filters: ContractFilters) -> None:
    assert ContractFilters.of(address) == filters


@pytest.mark.parametrize(("statement", "row"), [(DETAILS._ONE, Details), (CONTRACTS._CONTRACTS, Lease)])
def test_the_columns_of_a_statement_are_the_fields_of_its_rows_in_order(statement: Rows, row: type) -> None:
    assert [column.name for column in statement.selected_columns] == [field.name for field in fields(row)]
