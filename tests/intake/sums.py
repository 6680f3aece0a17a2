"""What every book of the story keeps to, on every date: names, identifiers, plans, invoices and money."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

from schwifty import IBAN
from stdnum.it import codicefiscale, iva

from core.book.rules import vat_cents
from core.kit.money import parse_cents
from tests.intake.demobook import ItemKey, Row, Told, day, key

DATES = [
    date(2016, 5, 19),
    date(2021, 10, 1),
    date(2022, 12, 31),
    date(2024, 4, 5),
    date(2026, 11, 20),
    date(2029, 7, 14),
    date(2032, 6, 1),
]
NAMED_BY = {
    "customers": ("code",),
    "contracts": ("number",),
    "assets": ("code",),
    "plan_rows": ("contract", "kind", "number", "due_on"),
    "invoices": ("number",),
    "due_items": ("contract", "kind", "number", "plan_due_on"),
    "payments": ("method", "reference"),
    "allocations": ("method", "reference", "contract", "kind", "number", "plan_due_on"),
}


def identifiers_are_valid_and_addresses_lead_nowhere(book: Told) -> None:
    for row in book.sheet("customers"):
        assert iva.is_valid(row["vat_no"])
        assert codicefiscale.is_valid(row["tax_code"]) or iva.is_valid(row["tax_code"])
        assert row["pec"].endswith("pec.example")
    for row in book.contracts.values():
        assert not row["iban"] or IBAN(row["iban"]).validate(validate_bban=True)


def returned_debits_name_their_reason_and_take_everything_back(book: Told) -> None:
    by_reference = {row["reference"]: row for row in book.sheet("payments")}
    taken: dict[str, dict[ItemKey, int]] = defaultdict(dict)
    for row in book.sheet("allocations"):
        taken[row["reference"]][key(row)] = parse_cents(row["amount"])
    for row in (row for row in book.sheet("payments") if row["reverses"]):
        debit = by_reference[row["reverses"]]
        assert row["reason"] in {"AM04", "MS03"}
        assert parse_cents(row["amount"]) == -parse_cents(debit["amount"]) < 0
        assert row["method"] == debit["method"] == "SDD"
        assert taken[row["reference"]] == {name: -cents for name, cents in taken[row["reverses"]].items()}


def what_is_paid_lies_between_nothing_and_the_gross(book: Told) -> None:
    for on in DATES:
        for name, paid in book.paid_by(on).items():
            low, high = sorted((0, parse_cents(book.items[name]["gross"])))
            assert low <= paid <= high, name


def a_payment_pays_at_most_its_amount(book: Told) -> None:
    assert all(left > 0 for _, left in book.unapplied())


def money_meets_only_items_already_invoiced_of_its_customer(book: Told) -> None:
    paid = {(row["method"], row["reference"]): row for row in book.sheet("payments")}
    for row in book.sheet("allocations"):
        payment = paid[row["method"], row["reference"]]
        assert book.issued[book.items[key(row)]["invoice"]] <= day(payment["paid_on"])
        assert book.contracts[row["contract"]]["customer"] == payment["customer"]


def the_ledger_is_the_plan_with_fees_and_vat(book: Told) -> None:
    plan = {
        (row["contract"], row["kind"], row["number"], row["due_on"]): row["amount"] for row in book.sheet("plan_rows")
    }
    for (contract, kind, *named), row in book.items.items():
        net, fees, vat, gross = (parse_cents(row[column]) for column in ("net", "fees", "vat", "gross"))
        assert (vat, gross) == (vat_cents(net + fees, 2200), net + fees + vat)
        planned = plan.get((contract, "INDICIZZAZIONE" if kind == "NOTA_CREDITO" else kind, *named))
        if planned is None:
            assert row["due_on"] == book.contracts[contract]["terminated_on"]
        else:
            assert net == parse_cents(planned)


def every_planned_payment_is_in_the_ledger(book: Told) -> None:
    for row in book.sheet("plan_rows"):
        if row["kind"] != "INDICIZZAZIONE":
            assert (row["contract"], row["kind"], row["number"], row["due_on"]) in book.items


def only_what_an_early_termination_took_away_is_never_invoiced(book: Told) -> None:
    for row in book.items.values():
        ended = book.contracts[row["contract"]]["terminated_on"]
        assert bool(row["invoice"]) is not bool(ended and row["due_on"] > ended)


def plans_repay_the_price_and_never_fall_below_nothing(book: Told) -> None:
    left = {number: parse_cents(row["price"]) for number, row in book.contracts.items()}
    for row in book.sheet("plan_rows"):
        amount, principal, interest, outstanding = (
            parse_cents(row[column]) for column in ("amount", "principal", "interest", "outstanding")
        )
        assert amount == principal + interest
        left[row["contract"]] -= principal
        assert outstanding >= 0
        assert row["kind"] == "INDICIZZAZIONE" or outstanding == left[row["contract"]]
    assert set(left.values()) <= {0}


def competences_of_a_plan_follow_one_another(book: Told) -> None:
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in book.sheet("plan_rows"):
        assert row["accrues_from"] <= row["accrues_to"]
        if row["kind"] not in ("INDICIZZAZIONE", "RISCATTO"):
            rows[row["contract"]].append(row)
    for plan in rows.values():
        for before, after in pairwise(plan):
            assert day(after["accrues_from"]) == day(before["accrues_to"]) + timedelta(days=1)


def a_rent_accrues_from_its_due_date_in_advance_and_to_it_in_arrears(book: Told) -> None:
    for row in book.sheet("plan_rows"):
        if row["kind"] == "CANONE":
            in_advance = book.contracts[row["contract"]]["in_advance"] == "yes"
            assert row["due_on"] == row["accrues_from" if in_advance else "accrues_to"]


def assets_add_up_to_their_contract(book: Told) -> None:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in book.sheet("assets"):
        sums[row["contract"]][0] += parse_cents(row["price"])
        sums[row["contract"]][1] += parse_cents(row["residual"])
    assert sums == {
        number: [parse_cents(row["price"]), parse_cents(row["residual"])] for number, row in book.contracts.items()
    }


def invoice_numbers_count_up_by_day_of_issue_in_each_series_and_year(book: Told) -> None:
    counted: Counter[str] = Counter()
    last: dict[str, date] = {}
    for number, issued_on in book.issued.items():
        counts, series = number.split("/", 1)
        counted[series] += 1
        assert int(counts) == counted[series]
        assert series.rpartition("/")[2] == str(issued_on.year)
        assert last.get(series, issued_on) <= issued_on
        last[series] = issued_on


def an_invoice_carries_items_of_its_customer_and_names_the_contract_if_it_is_one(book: Told) -> None:
    carried: dict[str, set[str]] = defaultdict(set)
    for row in book.items.values():
        carried[row["invoice"]].add(row["contract"])
    for row in book.sheet("invoices"):
        on_it = carried[row["number"]]
        assert {book.contracts[number]["customer"] for number in on_it} == {row["customer"]}
        assert row["contract"] == (min(on_it) if len(on_it) == 1 else "")


def no_two_rows_share_a_name(book: Told) -> None:
    for name, columns in NAMED_BY.items():
        names = Counter(tuple(row[column] for column in columns) for row in book.sheet(name))
        assert [found for found, times in names.items() if times > 1] == []


def no_payment_looks_like_another_one(book: Told) -> None:
    alike = Counter(
        (
            row["customer"],
            row["paid_on"],
            row["method"],
            row["amount"],
            "".join(filter(str.isalnum, row["reference"])).upper(),
        )
        for row in book.sheet("payments")
    )
    assert max(alike.values()) == 1


RULES: list[Callable[[Told], None]] = [
    identifiers_are_valid_and_addresses_lead_nowhere,
    returned_debits_name_their_reason_and_take_everything_back,
    what_is_paid_lies_between_nothing_and_the_gross,
    a_payment_pays_at_most_its_amount,
    money_meets_only_items_already_invoiced_of_its_customer,
    the_ledger_is_the_plan_with_fees_and_vat,
    every_planned_payment_is_in_the_ledger,
    only_what_an_early_termination_took_away_is_never_invoiced,
    plans_repay_the_price_and_never_fall_below_nothing,
    competences_of_a_plan_follow_one_another,
    a_rent_accrues_from_its_due_date_in_advance_and_to_it_in_arrears,
    assets_add_up_to_their_contract,
    invoice_numbers_count_up_by_day_of_issue_in_each_series_and_year,
    an_invoice_carries_items_of_its_customer_and_names_the_contract_if_it_is_one,
    no_two_rows_share_a_name,
    no_payment_looks_like_another_one,
]
