"""The plans of the demo book, held against its files. On both databases."""

from collections import defaultdict
from datetime import date
from itertools import accumulate

import pytest
from sqlalchemy import select

from core import db, demo
from core.access import Access, Grant, Role
from core.billing.frames import INDEX_ROW, PlanItem, Rates, plan
from core.book.frames import details
from core.identity.tables import Customer
from core.kit.money import parse_cents
from core.tabular import each
from tests.intake.demobook import DEMO, ItemKey, Row, day, key
from tests.people import SYSTEM

GOLDEN, OCTOBER = date(2024, 4, 5), date(2024, 10, 31)


@pytest.fixture
def book(database: str) -> dict[str, Access]:
    """The demo of the golden day; the access of each customer by code."""
    demo.load(GOLDEN)
    with db.reading(SYSTEM) as connection:
        found = connection.execute(select(Customer.code, Customer.id)).all()
    return {code: Access(Role.CUSTOMER, id_, None, frozenset(Grant), actor=code) for code, id_ in found}


def rows(access: Access, number: str, on: date = GOLDEN) -> list[PlanItem]:
    return each(plan(access, on, number).rows, PlanItem)


def collected(on: date) -> dict[ItemKey, date]:
    """The day on which what had come last reached the gross amount of each item, by the files."""
    paid_on = {(row["method"], row["reference"]): day(row["paid_on"]) for row in DEMO.sheet("payments")}
    by_day: dict[ItemKey, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in DEMO.sheet("allocations"):
        paid = paid_on[row["method"], row["reference"]]
        if paid <= on:
            by_day[key(row)][paid] += parse_cents(row["amount"])
    completed = {}
    for item, sums in by_day.items():
        days = sorted(sums)
        so_far = list(accumulate(sums[paid] for paid in days))
        gross = parse_cents(DEMO.items[item]["gross"])
        if so_far[-1] == gross:
            short = [place for place, cents in enumerate(so_far) if cents != gross]
            completed[item] = days[short[-1] + 1 if short else 0]
    return completed


def item_of(row: Row) -> ItemKey:
    kind = "NOTA_CREDITO" if row["kind"] == INDEX_ROW and row["amount"].startswith("-") else row["kind"]
    return row["contract"], kind, row["number"], row["due_on"]


def told(contract: Row, on: date) -> list[tuple[object, ...]]:
    """The rows of a plan as the files have them on a day, with the day each was collected."""
    ended = contract["terminated_on"] and day(contract["terminated_on"]) <= on
    last = day(contract["terminated_on"]) if ended else date.max
    completed = collected(on)
    found = [
        row
        for row in DEMO.sheet("plan_rows")
        if row["contract"] == contract["number"]
        and day(row["due_on"]) <= last
        and (row["kind"] != INDEX_ROW or day(row["due_on"]) <= on)
    ]
    found.sort(key=lambda row: (row["due_on"], row["kind"] != INDEX_ROW, int(row["number"])))
    amounts = ("amount", "principal", "interest", "outstanding")
    return [
        (
            *(int(row["number"]), day(row["due_on"]), row["kind"], *(parse_cents(row[name]) for name in amounts)),
            *(day(row["accrues_from"]), day(row["accrues_to"]), completed.get(item_of(row))),
        )
        for row in found
    ]


def shown(row: PlanItem) -> tuple[object, ...]:
    return (
        *(row.number, row.due_on, row.kind),
        *(row.amount_cents, row.principal_cents, row.interest_cents, row.outstanding_cents),
        *(row.accrues_from, row.accrues_to, row.collected_on),
    )


def test_every_plan_is_that_of_the_files_with_the_days_its_rows_were_collected(book: dict[str, Access]) -> None:
    contracts = [row for row in DEMO.sheet("contracts") if day(row["signed_on"]) <= GOLDEN]
    for contract in contracts:
        number, access = contract["number"], book[contract["customer"]]
        found = plan(access, GOLDEN, number)
        assert [shown(row) for row in each(found.rows, PlanItem)] == told(contract, GOLDEN), number
        assert found.sums["amount_cents"] == found.sums["principal_cents"] + found.sums["interest_cents"]
        assert found.outstanding_cents == details(access, GOLDEN, number).outstanding_cents, number
        if found.status != "terminated":
            assert found.sums["principal_cents"] == found.price_cents == parse_cents(contract["price"]), number
        assert found.rates is not None, number
    assert len(contracts) > 20


def test_the_dental_studio(book: dict[str, Access]) -> None:
    found = plan(book["10093"], GOLDEN, "84963")
    assert (len(found.rows), found.rents, found.rents_collected) == (88, 87, 87)
    assert (found.sums["principal_cents"], found.outstanding_cents) == (28_150_00, 0)
    assert found.rates == Rates(79_380, 82_333)


def test_the_car_has_56_rows_in_april_and_58_in_october(book: dict[str, Access]) -> None:
    april = rows(book["10093"], "91207")
    assert len(april) == 56
    charges = {row.due_on: row for row in april if row.kind == INDEX_ROW}
    first, second = charges[date(2022, 9, 30)], charges[date(2022, 12, 31)]
    assert [(row.number, row.amount_cents, row.principal_cents) for row in (first, second)] == [
        (0, 187_43, 0),
        (0, 433_29, 0),
    ]
    assert (first.collected_on, second.collected_on) == (date(2022, 10, 27), date(2023, 1, 28))
    rent = april[april.index(first) + 1]
    assert (rent.kind, rent.number, rent.due_on) == ("CANONE", 4, date(2022, 9, 30))
    assert charges[date(2024, 3, 31)].collected_on is None
    assert plan(book["10093"], GOLDEN, "91207").rates == Rates(13_551, 13_636)
    demo.load(OCTOBER)
    assert len(rows(book["10093"], "91207", OCTOBER)) == 58


def test_partial_returned_and_overpaid_rents_are_collected_when_the_last_of_them_came(book: dict[str, Access]) -> None:
    by_number = {row.number: row for row in rows(book["10096"], "91689") if row.kind == "CANONE"}
    returned, parted, overpaid = by_number[4], by_number[3], by_number[5]
    assert (returned.due_on, returned.collected_on) == (date(2023, 3, 31), date(2023, 6, 19))
    assert (parted.due_on, parted.collected_on) == (date(2023, 2, 28), date(2023, 6, 8))
    assert (overpaid.due_on, overpaid.collected_on) == (date(2023, 4, 30), date(2023, 7, 14))
    assert {row.state for row in (by_number[14], by_number[15])} == {"overdue"}


def test_an_early_end_leaves_out_what_is_no_longer_owed(book: dict[str, Access]) -> None:
    found = plan(book["10095"], GOLDEN, "87990")
    assert (found.terminated_on, len(found.rows), found.dropped) == (date(2021, 9, 30), 29, 32)
    assert found.price_cents - found.sums["principal_cents"] == 23_194_41
