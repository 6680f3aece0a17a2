"""The demo book adds up: names, identifiers, plans, invoices and money, on every date."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest
from schwifty import IBAN
from stdnum.it import codicefiscale, iva

from core.kit.money import parse_cents, vat_cents
from tests.intake.demobook import Row, contracts, day, issued, items, key, paid_by, sheet

DATES = [
    date(2016, 5, 19),
    date(2021, 10, 1),
    date(2022, 12, 31),
    date(2024, 4, 5),
    date(2026, 11, 20),
    date(2029, 7, 14),
    date(2032, 6, 1),
]


def test_identifiers_are_valid_and_addresses_lead_nowhere() -> None:
    for row in sheet("customers"):
        assert iva.is_valid(row["vat_no"])
        assert codicefiscale.is_valid(row["tax_code"]) or iva.is_valid(row["tax_code"])
        assert row["pec"].endswith("pec.example")
    for row in sheet("contracts"):
        assert not row["iban"] or IBAN(row["iban"]).validate(validate_bban=True)


def test_one_payment_is_more_than_what_it_pays() -> None:
    allocated: dict[tuple[str, str], int] = defaultdict(int)
    for row in sheet("allocations"):
        allocated[row["method"], row["reference"]] += parse_cents(row["amount"])
    rest = [
        (row["customer"], left)
        for row in sheet("payments")
        if (left := parse_cents(row["amount"]) - allocated[row["method"], row["reference"]])
    ]
    assert rest == [("10096", 50_00)]


def test_returned_debits_name_their_reason_and_take_everything_back() -> None:
    by_reference = {row["reference"]: row for row in sheet("payments")}
    returned = [row for row in sheet("payments") if row["reverses"]]
    assert {row["reason"] for row in returned} == {"AM04", "MS03"}
    for row in returned:
        debit = by_reference[row["reverses"]]
        assert parse_cents(row["amount"]) == -parse_cents(debit["amount"]) < 0
        assert row["method"] == debit["method"] == "SDD"


@pytest.mark.parametrize("on", DATES)
def test_what_is_paid_lies_between_nothing_and_the_gross(on: date) -> None:
    for name, paid in paid_by(on).items():
        low, high = sorted((0, parse_cents(items()[name]["gross"])))
        assert low <= paid <= high, name


def test_money_meets_only_items_already_invoiced() -> None:
    paid_on = {(row["method"], row["reference"]): day(row["paid_on"]) for row in sheet("payments")}
    for row in sheet("allocations"):
        assert issued()[items()[key(row)]["invoice"]] <= paid_on[row["method"], row["reference"]]


def test_the_ledger_is_the_plan_with_fees_and_vat() -> None:
    plan = {(row["contract"], row["kind"], row["number"], row["due_on"]): row["amount"] for row in sheet("plan_rows")}
    alone = set()
    for name, row in items().items():
        net, fees, vat, gross = (parse_cents(row[column]) for column in ("net", "fees", "vat", "gross"))
        contract, kind, number, plan_due_on = name
        planned = plan.get((contract, "INDICIZZAZIONE" if kind == "NOTA_CREDITO" else kind, number, plan_due_on))
        if planned is None:
            alone.add((contract, row["causale"]))
        else:
            assert net == parse_cents(planned)
        assert (vat, gross) == (vat_cents(net + fees, 2200), net + fees + vat)
    assert alone == {("87990", "Estinzione anticipata")}


def test_every_planned_payment_is_in_the_ledger() -> None:
    for row in sheet("plan_rows"):
        if row["kind"] != "INDICIZZAZIONE":
            assert (row["contract"], row["kind"], row["number"], row["due_on"]) in items()


def test_only_what_an_early_termination_took_away_is_never_invoiced() -> None:
    never = [row for row in sheet("due_items") if not row["invoice"]]
    assert {row["contract"] for row in never} == {"87990"}
    assert min(row["due_on"] for row in never) > contracts()["87990"]["terminated_on"]
    assert len(never) == 32


def test_plans_repay_the_price_and_never_fall_below_nothing() -> None:
    repaid: dict[str, int] = defaultdict(int)
    for row in sheet("plan_rows"):
        amount, principal, interest, left = (
            parse_cents(row[column]) for column in ("amount", "principal", "interest", "outstanding")
        )
        assert amount == principal + interest
        assert left >= 0
        repaid[row["contract"]] += principal
    assert repaid == {number: parse_cents(row["price"]) for number, row in contracts().items()}


def test_competences_of_a_plan_follow_one_another() -> None:
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in sheet("plan_rows"):
        if row["kind"] != "INDICIZZAZIONE":
            rows[row["contract"]].append(row)
    for plan in rows.values():
        assert all(row["accrues_from"] <= row["accrues_to"] for row in plan)
        for before, after in pairwise(row for row in plan if row["kind"] != "RISCATTO"):
            assert day(after["accrues_from"]) == day(before["accrues_to"]) + timedelta(days=1)


def test_a_rent_accrues_from_its_due_date_in_advance_and_to_it_in_arrears() -> None:
    for row in sheet("plan_rows"):
        if row["kind"] == "CANONE":
            in_advance = contracts()[row["contract"]]["in_advance"] == "yes"
            assert row["due_on"] == row["accrues_from" if in_advance else "accrues_to"]


def test_assets_add_up_to_their_contract() -> None:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in sheet("assets"):
        sums[row["contract"]][0] += parse_cents(row["price"])
        sums[row["contract"]][1] += parse_cents(row["residual"])
    assert sums == {
        number: [parse_cents(row["price"]), parse_cents(row["residual"])] for number, row in contracts().items()
    }


def test_invoice_numbers_count_up_by_day_of_issue_in_each_year() -> None:
    counted: Counter[int] = Counter()
    for before, after in pairwise(issued().values()):
        assert before <= after
    for number, issued_on in issued().items():
        counted[issued_on.year] += 1
        assert number == f"{counted[issued_on.year]}/{issued_on.year}"


def test_an_invoice_carries_items_and_some_carry_several() -> None:
    carried = Counter(row["invoice"] for row in sheet("due_items") if row["invoice"])
    assert carried.keys() == issued().keys()
    assert set(carried.values()) == {1, 3}
    shared = [row for row in sheet("invoices") if carried[row["number"]] == 3]
    assert {row["contract"] for row in shared} == {""}


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("customers", ("code",)),
        ("contracts", ("number",)),
        ("assets", ("code",)),
        ("plan_rows", ("contract", "kind", "number", "due_on")),
        ("invoices", ("number",)),
        ("due_items", ("contract", "kind", "number", "plan_due_on")),
        ("payments", ("method", "reference")),
        ("allocations", ("method", "reference", "contract", "kind", "number", "plan_due_on")),
        ("index_rates", ("code", "month")),
    ],
)
def test_no_two_rows_share_a_name(name: str, columns: tuple[str, ...]) -> None:
    names = Counter(tuple(row[column] for column in columns) for row in sheet(name))
    assert [found for found, times in names.items() if times > 1] == []


def test_no_payment_looks_like_another_one() -> None:
    alike = Counter(
        (
            row["customer"],
            row["paid_on"],
            row["method"],
            row["amount"],
            "".join(filter(str.isalnum, row["reference"])).upper(),
        )
        for row in sheet("payments")
    )
    assert max(alike.values()) == 1


def test_index_rates_are_the_reference_means_rounded_once() -> None:
    rates = {row["month"]: row["percent"] for row in sheet("index_rates")}
    assert (len(rates), rates["2022-05"], rates["2022-12"], rates["2026-09"]) == (129, "-0,386", "2,063", "2,635")
