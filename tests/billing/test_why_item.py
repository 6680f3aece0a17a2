"""Every due item of the demo book, and every row of its plans, is explained to the cent by the contract's own terms."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Row, select, update

from core import db
from core.access import Access, Grant, Role
from core.billing.frames import charge_explained, item_explained
from core.billing.tables import DueItem, Invoice
from core.book.frames import outstanding_explained, plan_row_explained
from core.book.tables import Contract, PlanRow
from core.kit.errors import NotFound
from core.kit.figures import Explanation, Figure, Unit, Words
from tests.billing.test_why_situation import load
from tests.people import SYSTEM, Person

TODAY = date(2026, 11, 20)


@pytest.fixture
def customers(database: str) -> dict[str, Access]:
    return load(TODAY)


def steps(found: Explanation) -> Iterator[Figure]:
    for figure in found.figures:
        yield from figure.steps()


def rows(statement: object) -> list[Row]:
    with db.reading(SYSTEM) as connection:
        return connection.execute(statement).all()


def names(found: Explanation) -> dict[str, Figure]:
    return {figure.name.message: figure for figure in found.figures if figure.name}


def test_every_due_item_is_what_its_derivation_gives(customers: dict[str, Access]) -> None:
    owners = {access.customer: access for access in customers.values()}
    told: Counter[str] = Counter()
    for item in rows(select(DueItem.__table__)):
        found = item_explained(owners[item.customer_id], TODAY, item.id)
        assert int(found.figures[0]) == item.gross_cents
        assert all(step.recomputed() == step.value for step in steps(found))
        assert not [name for name in names(found) if name.startswith("Difference to the ledger")]
        told[item.kind] += 1
    assert set(told) == {"ANTICIPO", "CANONE", "RISCATTO", "INDICIZZAZIONE", "NOTA_CREDITO"}


def test_every_row_of_every_plan_is_what_its_derivation_gives(customers: dict[str, Access]) -> None:
    owners = {access.customer: access for access in customers.values()}
    wanted = select(PlanRow.__table__, Contract.number.label("contract"), Contract.customer_id)
    for row in rows(wanted.join(Contract, Contract.id == PlanRow.contract_id)):
        found = plan_row_explained(owners[row.customer_id], TODAY, row.contract, row.kind, row.number, row.due_on)
        figures = names(found)
        assert int(found.figures[0]) == row.amount_cents
        assert all(step.recomputed() == step.value for step in steps(found))
        assert not [name for name in figures if name.startswith("Difference")]
        if row.kind != "INDICIZZAZIONE":
            assert int(figures["Outstanding principal"]) == row.outstanding_cents


@pytest.mark.parametrize(("quarter", "cents"), [(date(2022, 9, 30), 18_743), (date(2022, 12, 31), 43_329)])
def test_an_index_charge_is_told_month_by_month_and_beside_its_invoice(
    customers: dict[str, Access], quarter: date, cents: int
) -> None:
    (item,) = rows(
        select(DueItem.id)
        .join(Contract, Contract.id == DueItem.contract_id)
        .where(Contract.number == "91207", DueItem.plan_due_on == quarter, DueItem.kind == "INDICIZZAZIONE")
    )
    found = item_explained(customers["10093"], TODAY, item.id)
    charge = next(step for step in steps(found) if step.name and step.name.message == "Indexation of the quarter")
    months = charge.parts[0].parts
    assert int(charge) == cents
    assert [month.name.params["month"].month for month in months if month.name] == [
        *range(quarter.month - len(months) + 1, quarter.month + 1)
    ]
    assert {fact.unit for month in months for fact in month.steps() if fact.name and not fact.operation} == {
        *(Unit.CENTS, Unit.SHARE, Unit.DAYS)
    }
    assert int(names(found)["Difference to the invoice"]) == 0


def test_an_index_row_of_the_plan_stands_beside_its_invoice_once_there_is_one(customers: dict[str, Access]) -> None:
    rossi = customers["10093"]
    quarter = date(2022, 12, 31)
    assert int(names(charge_explained(rossi, TODAY, "91207", quarter))["Difference to the invoice"]) == 0
    charged = select(DueItem.id, DueItem.net_cents).join(Contract, Contract.id == DueItem.contract_id)
    charged = charged.where(Contract.number == "91207", DueItem.kind == "INDICIZZAZIONE")
    item = rows(charged.where(DueItem.plan_due_on == quarter))[0]
    with db.transaction(SYSTEM) as connection:
        connection.execute(update(DueItem).where(DueItem.id == item.id).values(net_cents=item.net_cents + 11))
    charge, difference = charge_explained(rossi, TODAY, "91207", quarter).figures
    assert (int(charge), int(difference)) == (43_329, 11)
    unbilled = rows(
        select(PlanRow.due_on)
        .join(Contract, Contract.id == PlanRow.contract_id)
        .where(Contract.number == "91207", PlanRow.kind == "INDICIZZAZIONE")
        .where(PlanRow.id.not_in(select(DueItem.plan_row_id).where(DueItem.plan_row_id.is_not(None))))
    )
    for row in unbilled:
        assert len(charge_explained(rossi, TODAY, "91207", row.due_on).figures) == 1
    with pytest.raises(NotFound):
        charge_explained(rossi, TODAY, "91207", date(2022, 12, 30))
    with pytest.raises(NotFound):
        charge_explained(customers["10094"], TODAY, "91207", quarter)


def test_what_was_invoiced_and_the_terms_do_not_give_is_told(customers: dict[str, Access]) -> None:
    wanted = select(DueItem.id, DueItem.net_cents, DueItem.customer_id).where(DueItem.kind == "INDICIZZAZIONE").limit(1)
    (item,) = rows(wanted)
    with db.transaction(SYSTEM) as connection:
        connection.execute(update(DueItem).where(DueItem.id == item.id).values(net_cents=item.net_cents + 7))
    owner = next(access for access in customers.values() if access.customer == item.customer_id)
    figures = names(item_explained(owner, TODAY, item.id))
    assert int(figures["Difference to the invoice"]) == 7
    assert int(figures["Difference to the ledger"]) == 7


def test_what_is_left_of_the_principal_is_the_price_less_what_was_repaid(customers: dict[str, Access]) -> None:
    (figure,) = outstanding_explained(customers["10093"], date(2024, 4, 5), "91207").figures
    assert int(figure) == figure.recomputed() == 4_772_412
    assert len(figure.parts[1].parts) == 23
    (nothing,) = outstanding_explained(customers["10095"], TODAY, "87990").figures
    assert int(nothing) == 0


def test_an_item_without_a_plan_row_is_its_invoice_and_its_vat(database: str) -> None:
    anna = Person("10093", "Anna")
    contract = anna.contract("1")
    invoice = anna.invoice(contract, "7/2024", date(2024, 3, 1))
    item = anna.item(contract, 1, date(2024, 3, 15), 10_000, invoice_id=invoice)
    found = item_explained(anna.access, date(2024, 4, 5), item)
    assert [int(figure) for figure in found.figures] == [12_200]
    sources = [step.source.params for step in steps(found) if step.source]
    assert {"number": "7/2024"} in sources


def test_a_credit_note_that_takes_an_index_charge_back_is_not_told_as_the_charge(database: str) -> None:
    anna, day = Person("10093", "Anna"), date(2024, 3, 31)
    contract = anna.contract("1", index_base_ppm=0)
    charge = {"amount_cents": 10_000, "principal_cents": 0, "interest_cents": 10_000}
    row = anna.plan_row(contract, "INDICIZZAZIONE", 0, day, 0, **charge)
    invoice = anna.invoice(contract, "7/2024", day)
    billed = {"kind": "NOTA_CREDITO", "invoice_id": invoice, "plan_row_id": row}
    note = anna.item(contract, 0, day, -10_000, **billed)
    found = item_explained(anna.access, TODAY, note)
    assert [int(figure) for figure in found.figures] == [-12_200]


def test_what_the_ledger_has_is_a_fact_of_the_ledger(database: str) -> None:
    anna, day = Person("10093", "Anna"), date(2024, 3, 31)
    contract = anna.contract("1")
    items = (
        anna.item(contract, 1, day, 10_000, vat_cents=2_201, invoice_id=anna.invoice(contract, "7/2024", day)),
        anna.item(contract, 2, day, 10_000, vat_cents=2_201),
    )
    for item, source in zip(items, (Words("invoice %(number)s", {"number": "7/2024"}), Words("ledger")), strict=True):
        difference = names(item_explained(anna.access, TODAY, item))["Difference to the ledger"]
        assert (int(difference), difference.parts[0].source) == (1, source)


def test_what_is_anothers_is_not_found(database: str) -> None:
    anna, carla = Person("10093", "Anna"), Person("10094", "Carla")
    contract = anna.contract("1")
    item = anna.item(contract, 1, date(2024, 3, 15), 10_000)
    without = Access(Role.SUB_USER, anna.customer_id, anna.account_id, frozenset({Grant.USE_CREDIT}), "10093.1")
    for access in (carla.access, without):
        with pytest.raises(NotFound):
            item_explained(access, TODAY, item)
    with pytest.raises(NotFound):
        outstanding_explained(carla.access, TODAY, "1")
    with pytest.raises(NotFound):
        plan_row_explained(anna.access, TODAY, "1", "CANONE", 99, TODAY)
    assert rows(select(Invoice.id)) == []


def test_the_recorded_amount_comes_first_where_the_terms_give_another(customers: dict[str, Access]) -> None:
    item = rows(select(DueItem.__table__).where(DueItem.kind == "CANONE", DueItem.paid_cents == 0).limit(1))[0]
    with db.transaction(SYSTEM) as connection:
        connection.execute(update(DueItem).where(DueItem.id == item.id).values(vat_cents=item.vat_cents + 948))
    owner = next(access for access in customers.values() if access.customer == item.customer_id)
    recorded, difference, worked_out = item_explained(owner, TODAY, item.id).figures[:3]
    assert [int(recorded), int(difference), int(worked_out)] == [item.gross_cents + 948, 948, item.gross_cents]


def test_only_a_rent_is_named_by_its_number(customers: dict[str, Access]) -> None:
    for kind, named in (("CANONE", True), ("INDICIZZAZIONE", False), ("ANTICIPO", False)):
        item = rows(select(DueItem.__table__).where(DueItem.kind == kind).limit(1))[0]
        owner = next(access for access in customers.values() if access.customer == item.customer_id)
        assert ("number" in item_explained(owner, TODAY, item.id).subject.params) is named
