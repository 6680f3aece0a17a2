"""What the ledger says of a contract: rents collected, principal overdue. On both databases."""

from datetime import date, timedelta

import pytest

from core.access import Access, Grant, Role
from core.billing.frames import Standing, standing
from core.kit.errors import NotFound
from tests.billing.conftest import GROSS, TODAY
from tests.book.conftest import audited
from tests.people import Person

LATE = date(2024, 3, 1)


def rent(anna: Person, contract_id: int, number: int, due_on: date, *, principal: int, paid: int = 0) -> None:
    """An invoiced rent of 122.00 whose plan row has so much principal."""
    row = anna.plan_row(
        contract_id,
        "CANONE",
        number,
        due_on,
        0,
        amount_cents=10_000,
        principal_cents=principal,
        interest_cents=10_000 - principal,
    )
    invoice = anna.invoice(contract_id, f"{contract_id}-{number}", due_on)
    item = anna.item(contract_id, number, due_on, 10_000, invoice_id=invoice, plan_row_id=row)
    if paid:
        anna.payment(due_on, paid, f"{contract_id}-{number}", [(item, paid)])


@pytest.fixture
def contract(anna: Person) -> int:
    return anna.contract("84963")


def test_rents_paid_in_full_are_counted(anna: Person, contract: int) -> None:
    rent(anna, contract, 1, LATE, principal=8_000, paid=GROSS)
    rent(anna, contract, 2, LATE + timedelta(days=1), principal=8_000, paid=GROSS - 1)
    rent(anna, contract, 3, TODAY + timedelta(days=9), principal=8_000)
    assert standing(anna.access, TODAY, "84963").rents_paid == 1


def test_only_rents_count_as_rents(anna: Person, contract: int) -> None:
    invoice = anna.invoice(contract, "1", LATE)
    item = anna.item(contract, 0, LATE, 10_000, kind="ANTICIPO", invoice_id=invoice)
    anna.payment(LATE, GROSS, "A", [(item, GROSS)])
    assert standing(anna.access, TODAY, "84963") == Standing(0, 0)


def test_the_principal_of_an_item_is_overdue_from_the_day_after_it_is_due(anna: Person, contract: int) -> None:
    rent(anna, contract, 1, TODAY, principal=8_000)
    assert standing(anna.access, TODAY, "84963").overdue_principal_cents == 0
    assert standing(anna.access, TODAY + timedelta(days=1), "84963").overdue_principal_cents == 8_000


@pytest.mark.parametrize(("paid", "left"), [(0, 8_001), (6_100, 4_001), (GROSS - 1, 1), (GROSS, 0)])
def test_a_part_payment_leaves_its_share_of_the_principal_rounded_half_up(
    anna: Person, contract: int, paid: int, left: int
) -> None:
    rent(anna, contract, 1, LATE, principal=8_001, paid=paid)
    assert standing(anna.access, TODAY, "84963").overdue_principal_cents == left


def test_the_principal_of_a_large_item_is_exact(anna: Person, contract: int) -> None:
    """30 million, three cents of them paid: the products do not fit into the integers of a database."""
    amounts = {"amount_cents": 3_000_000_001, "principal_cents": 3_000_000_001, "interest_cents": 0}
    row = anna.plan_row(contract, "ANTICIPO", 0, LATE, 0, **amounts)
    invoice = anna.invoice(contract, "1", LATE)
    billed = {"kind": "ANTICIPO", "invoice_id": invoice, "plan_row_id": row}
    item = anna.item(contract, 0, LATE, 3_000_000_001, **billed)
    anna.payment(LATE, 3, "A", [(item, 3)])
    assert standing(anna.access, TODAY, "84963").overdue_principal_cents == 2_999_999_999


def test_what_has_no_principal_adds_none(anna: Person, contract: int) -> None:
    invoice = anna.invoice(contract, "1", LATE)
    anna.item(contract, 0, LATE, 10_000, kind="INDICIZZAZIONE", invoice_id=invoice)
    anna.item(contract, 0, LATE, -5_000, kind="NOTA_CREDITO", invoice_id=invoice)
    assert standing(anna.access, TODAY, "84963").overdue_principal_cents == 0


def test_other_contracts_add_nothing(anna: Person, carla: Person, contract: int) -> None:
    rent(anna, anna.contract("84964"), 1, LATE, principal=8_000)
    rent(carla, carla.contract("99001"), 1, LATE, principal=8_000)
    assert standing(anna.access, TODAY, "84963") == Standing(0, 0)


def test_anothers_contract_is_not_found_and_leaves_an_audit_line(anna: Person, carla: Person) -> None:
    rent(carla, carla.contract("99001"), 1, LATE, principal=8_000)
    with pytest.raises(NotFound):
        standing(anna.access, TODAY, "99001")
    assert audited() == [("denied", "contract", "99001")]


def test_without_the_grant_to_see_invoices_nothing_is_said(anna: Person, contract: int) -> None:
    blind = Access(Role.SUB_USER, anna.customer_id, anna.account_id, frozenset({Grant.SEND_REQUESTS}), actor="10093.1")
    with pytest.raises(NotFound):
        standing(blind, TODAY, "84963")
