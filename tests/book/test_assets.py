"""Leased assets, contract by contract, with their sums. On both databases."""

from dataclasses import fields
from datetime import timedelta
from importlib import import_module

import pytest

from core.book.frames import AssetFilters, AssetSums, LeasedAsset, asset_list, asset_sums, assets
from core.kit.errors import NotFound
from core.tabular import each
from tests.book.conftest import TODAY, audited
from tests.people import Person

# The package has a function of the same name.
ASSETS = import_module("core.book.frames.assets")


@pytest.fixture
def fleet(anna: Person, carla: Person) -> Person:
    """Two assets on a contract that is over, one on each of twelve that run; the same van is Carla's."""
    closed = anna.contract("84963", ends_on=TODAY - timedelta(days=1))
    anna.asset(closed, "166030", description="Mobili", price_cents=200, residual_cents=2)
    anna.asset(closed, "166029", description="Poltrona", price_cents=100, residual_cents=1)
    for number in range(12):
        running = anna.contract(f"9{number:04}", ends_on=TODAY + timedelta(days=number), product="Leasing targato")
        plate = f"Furgone, targa GX {number:03} LM"
        anna.asset(running, f"17{number:04}", description=plate, price_cents=10, residual_cents=0)
    carla.asset(carla.contract("70001"), "999999", description="Furgone, targa GX 001 LM")
    return anna


def shown(person: Person, page: int = 1, size: int = 10, **filters: str) -> list[tuple[str, str]]:
    rows = each(assets(person.access, TODAY, AssetFilters(**filters), page, size).rows, LeasedAsset)
    return [(row.contract, row.code) for row in rows]


def test_a_page_has_ten_contracts_the_running_ones_first_and_the_last_page_the_rest(fleet: Person) -> None:
    first, last = shown(fleet), shown(fleet, 2)
    assert [contract for contract, _ in first] == [f"9{number:04}" for number in range(11, 1, -1)]
    assert last == [("90001", "170001"), ("90000", "170000"), ("84963", "166029"), ("84963", "166030")]


def test_a_page_past_the_end_is_the_last_one(fleet: Person) -> None:
    page = assets(fleet.access, TODAY, AssetFilters(), 99)
    assert (page.number, len(page.rows)) == (2, 4)


@pytest.mark.parametrize(
    ("filters", "sums"),
    [
        (AssetFilters(), AssetSums(13, 14, 420, 3)),
        (AssetFilters("84963"), AssetSums(1, 2, 300, 3)),
        (AssetFilters(query="gx001lm"), AssetSums(1, 1, 10, 0)),
        (AssetFilters(query="poltrona"), AssetSums(1, 1, 100, 1)),
        (AssetFilters(query="targato"), AssetSums(12, 12, 120, 0)),
        (AssetFilters("84963", "mobili"), AssetSums(1, 2, 300, 3)),
        (AssetFilters("84963", "GX"), AssetSums(0, 0, 0, 0)),
        (AssetFilters(query="999999"), AssetSums(0, 0, 0, 0)),
    ],
)
def test_page_list_and_sums_agree_on_what_the_filters_let_through(
    fleet: Person, filters: AssetFilters, sums: AssetSums
) -> None:
    with asset_list(fleet.access, TODAY, filters) as (of_list, found):
        rows = list(found)
    page = assets(fleet.access, TODAY, filters, size=50)
    assert each(page.rows, LeasedAsset) == rows
    assert page.sums == of_list == asset_sums(fleet.access, TODAY, filters) == sums
    assert (len(rows), sum(row.price_cents for row in rows)) == (sums.assets, sums.price_cents)


def test_the_list_and_its_sums_are_of_one_state(anna: Person) -> None:
    contract_id = anna.contract("1")
    anna.asset(contract_id, "1")
    with asset_list(anna.access, TODAY, AssetFilters()) as (sums, found):
        anna.asset(contract_id, "2")
        assert (sums.assets, [asset.code for asset in found]) == (1, ["1"])


def test_a_contract_without_assets_is_the_customers_all_the_same(anna: Person) -> None:
    anna.contract("1")
    assert shown(anna, contract="1") == []
    assert asset_sums(anna.access, TODAY, AssetFilters("1")) == AssetSums(0, 0, 0, 0)


def test_another_customers_contract_is_refused_and_leaves_an_audit_line(fleet: Person) -> None:
    for call in (assets, asset_sums):
        with pytest.raises(NotFound):
            call(fleet.access, TODAY, AssetFilters("70001"))
    assert audited() == [("denied", "contract", "70001")] * 2


@pytest.mark.parametrize(
    ("address", "filters"),
    [
        ({}, AssetFilters()),
        ({"contract": "84963", "q": "GX 482"}, AssetFilters("84963", "GX 482")),
        ({"contract": "x" * 13, "q": "x" * 41}, AssetFilters()),
        ({"contract": "8\n", "q": "\x00"}, AssetFilters()),
    ],
)
def test_what_cannot_be_a_filter_counts_as_absent(address: dict[str, str], filters: AssetFilters) -> None:
    assert AssetFilters.of(address) == filters


def test_the_columns_of_the_statement_are_the_fields_of_its_rows_in_order() -> None:
    names = [column.name for column in ASSETS._page(False, True).selected_columns]
    assert names == [field.name for field in fields(LeasedAsset)]
