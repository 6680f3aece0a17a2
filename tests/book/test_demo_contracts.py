"""The contracts and assets of the demo book, as its files have them. On both databases."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from core import db, demo
from core.access import Access, Grant, Role
from core.book.frames import AssetFilters, Choice, asset_sums, details, find
from core.identity.tables import Customer
from core.kit.money import parse_cents
from core.tabular import each
from tests.intake.demobook import DEMO, day
from tests.people import SYSTEM

GOLDEN = date(2024, 4, 5)
DAYS = (date(2016, 6, 1), date(2021, 9, 29), date(2021, 9, 30), date(2022, 6, 14), date(2023, 8, 31), GOLDEN)
PLATE, SERIAL = re.compile(r"targa (\w\w \d{3} \w\w)"), re.compile(r"matricola (\S+)")


@pytest.fixture
def book(database: str) -> dict[str, Access]:
    """The demo of the golden day; the access of each customer by code."""
    demo.load(GOLDEN)
    with db.reading(SYSTEM) as connection:
        found = connection.execute(select(Customer.code, Customer.id)).all()
    return {code: Access(Role.CUSTOMER, id_, None, frozenset(Grant), actor=code) for code, id_ in found}


def signed() -> Iterator[dict[str, str]]:
    return (row for row in DEMO.sheet("contracts") if day(row["signed_on"]) <= GOLDEN)


def told(contract: dict[str, str], on: date) -> int:
    """The outstanding that the files have for a day, in cents."""
    if contract["terminated_on"] and day(contract["terminated_on"]) <= on:
        return 0
    due = [row for row in DEMO.sheet("plan_rows") if row["contract"] == contract["number"] and day(row["due_on"]) <= on]
    last = max(due, key=lambda row: (row["due_on"], row["kind"] != "INDICIZZAZIONE", int(row["number"])), default=None)
    return parse_cents(last["outstanding"] if last else contract["price"])


def test_the_outstanding_of_every_contract_is_that_of_its_plan_on_every_day(book: dict[str, Access]) -> None:
    for contract in signed():
        for on in DAYS:
            lease = details(book[contract["customer"]], on, contract["number"])
            assert lease.outstanding_cents == told(contract, on), (contract["number"], on)


def test_the_golden_contracts_on_the_golden_day(book: dict[str, Access]) -> None:
    car, dental = (details(book["10093"], GOLDEN, number) for number in ("91207", "84963"))
    assert (car.outstanding_cents, car.row_kind, car.row_number) == (47_724_12, "CANONE", 22)
    assert (dental.status, dental.outstanding_cents, dental.row_kind) == ("closed", 0, "RISCATTO")
    assert (car.last_rent_on, car.ends_on) == (date(2026, 4, 30), date(2026, 6, 20))


def keys(asset: dict[str, str]) -> Iterator[str]:
    """What a customer knows of an asset: contract, code, plate with and without blanks, serial number."""
    yield from (asset["contract"], asset["code"])
    for plate in PLATE.findall(asset["description"]):
        yield from (plate, plate.replace(" ", ""), plate.lower())
    yield from SERIAL.findall(asset["description"])


def test_every_asset_is_found_by_each_of_its_keys_and_by_its_owner_only(book: dict[str, Access]) -> None:
    owners = {row["number"]: row["customer"] for row in signed()}
    assets = [row for row in DEMO.sheet("assets") if row["contract"] in owners]
    for asset in assets:
        for text in keys(asset):
            for code, access in book.items():
                found = {choice.number for choice in each(find(access, GOLDEN, text, limit=50), Choice)}
                assert (asset["contract"] in found) is (owners[asset["contract"]] == code), (text, code)
                assert all(owners[number] == code for number in found)


def test_the_residuals_of_the_assets_are_the_residual_of_their_contract(book: dict[str, Access]) -> None:
    for contract in signed():
        sums = asset_sums(book[contract["customer"]], GOLDEN, AssetFilters(contract["number"]))
        told_sums = (parse_cents(contract["price"]), parse_cents(contract["residual"]))
        assert (sums.price_cents, sums.residual_cents) == told_sums, contract["number"]
