"""The two golden contracts rebuilt from what was agreed, row by row as the demo book has them."""

import csv
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from core.book import rules
from core.book.rules import Days, Index
from core.kit.money import parse_cents
from tests.book.leases import CAR, DENTAL, plan

DEMO = Path(__file__).parents[2] / "data" / "demo"
STARTED = date(2016, 6, 1)
DENTAL_DAYS = Days(STARTED, STARTED, STARTED, date(2023, 9, 1))
CAR_DAYS = Days(date(2022, 6, 15), date(2022, 6, 20), date(2022, 6, 30), date(2026, 6, 20))
FEES_OF_FIRST_RENT, VAT_BP = 166_00, 2200
BASE = date(2022, 5, 1)

Written = dict[str, str]


def of_contract(name: str, number: str) -> list[Written]:
    with (DEMO / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter=";") if row["contract"] == number]


@cache
def means() -> dict[date, int]:
    with (DEMO / "index_rates.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        return {date.fromisoformat(f"{row['month']}-01"): percent_ppm(row["percent"]) for row in rows}


def percent_ppm(written: str) -> int:
    return rules.index_ppm(written.replace(",", "."))


def dental() -> tuple[rules.DatedRow, ...]:
    return rules.dated_plan(DENTAL, DENTAL_DAYS, plan(DENTAL))


def car(today: date) -> list[rules.DatedRow]:
    """The plan of the car with the index rows of the quarters that have ended."""
    rows = rules.dated_plan(CAR, CAR_DAYS, plan(CAR), Index(means(), means()[BASE]))
    return [row for row in rows if row.row.kind != "INDICIZZAZIONE" or row.due_on <= today]


def as_written(rows: Iterable[rules.DatedRow]) -> list[tuple[object, ...]]:
    return [
        (
            *(dated.row.kind, dated.row.number, dated.due_on, dated.accrues_from, dated.accrues_to),
            *(dated.row.amount_cents, dated.row.principal_cents, dated.row.interest_cents, dated.row.outstanding_cents),
        )
        for dated in rows
    ]


def plan_in_the_book(number: str) -> list[tuple[object, ...]]:
    return [
        (
            *(row["kind"], int(row["number"])),
            *(date.fromisoformat(row[key]) for key in ("due_on", "accrues_from", "accrues_to")),
            *(parse_cents(row[key]) for key in ("amount", "principal", "interest", "outstanding")),
        )
        for row in of_contract("plan_rows", number)
    ]


def ledger_of_84963() -> list[tuple[object, ...]]:
    """Kind, number, due date, net, fees, VAT and gross of every due item."""
    items: list[tuple[object, ...]] = []
    for dated in dental():
        row, fees = dated.row, 0 if items else FEES_OF_FIRST_RENT
        vat = rules.vat_cents(row.amount_cents + fees, VAT_BP)
        gross = row.amount_cents + fees + vat
        items.append((row.kind, row.number, dated.due_on, row.amount_cents, fees, vat, gross))
    return items


def test_the_88_due_items_of_84963() -> None:
    gross = [int(str(item[-1])) for item in ledger_of_84963()]
    assert (len(gross), gross[0], set(gross[1:87]), gross[87]) == (88, 716_63, {514_11}, 343_43)
    assert (sum(gross[:87]), sum(gross)) == (44_930_09, 45_273_52)


def test_84963_in_the_demo_book_row_by_row() -> None:
    assert as_written(dental()) == plan_in_the_book("84963")
    assert ledger_of_84963() == [
        (
            *(row["kind"], int(row["number"]), date.fromisoformat(row["due_on"])),
            *(parse_cents(row[key]) for key in ("net", "fees", "vat", "gross")),
        )
        for row in of_contract("due_items", "84963")
    ]


def test_the_car_has_58_rows_in_october_2024_and_56_in_april() -> None:
    kinds = [dated.row.kind for dated in car(date(2024, 10, 1))]
    counted = [kinds.count(kind) for kind in ("ANTICIPO", "CANONE", "RISCATTO", "INDICIZZAZIONE")]
    assert (counted, len(kinds)) == ([1, 47, 1, 9], 58)
    assert len(car(date(2024, 4, 5))) == 56


def test_index_rows_of_the_car() -> None:
    charges = [row for row in car(date(2024, 10, 1)) if row.row.kind == "INDICIZZAZIONE"]
    assert [row.row.amount_cents for row in charges[:2]] == [187_43, 433_29]
    assert (charges[0].due_on, charges[-1].due_on) == (date(2022, 9, 30), date(2024, 9, 30))
    assert (charges[0].accrues_from, charges[0].accrues_to) == (date(2022, 6, 21), date(2022, 9, 30))


def test_the_car_in_the_demo_book_row_by_row() -> None:
    assert as_written(car(date.max)) == plan_in_the_book("91207")
