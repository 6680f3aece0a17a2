"""The agenda of a customer: what is owed on which day, and which contracts end when."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from sqlalchemy import insert

from core import db
from core.access import Access, Grant
from core.billing.frames import Due, End, Entry, agenda
from core.billing.frames import calendar as bounds
from core.book.tables import PlanRow
from core.kit.errors import NotFound
from tests.billing.conftest import GROSS, TODAY
from tests.people import SYSTEM, Person
from tests.test_db import sent

MAY = date(2024, 5, 31)
of_today = partial(agenda, today=TODAY)


def rent(number: int, cents: int | None = GROSS, method: str = "SDD") -> Entry:
    return Entry(number, "CANONE", "Pagamento", method, cents)


def overdue(person: Person, contract_id: int, number: int, due_on: date) -> int:
    invoice = person.invoice(contract_id, f"{contract_id}-{number}/2024", due_on)
    return person.item(contract_id, number, due_on, 10_000, invoice_id=invoice)


def plan_row(contract_id: int) -> int:
    of_may = {"due_on": MAY, "accrues_from": date(2024, 5, 1), "accrues_to": MAY}
    cents = {"amount_cents": 10_000, "principal_cents": 9_000, "interest_cents": 1_000, "outstanding_cents": 0}
    with db.transaction(SYSTEM) as connection:
        values = {"contract_id": contract_id, "kind": "CANONE", "number": 2, **of_may, **cents}
        return connection.execute(insert(PlanRow).values(**values)).inserted_primary_key[0]


def test_what_is_still_to_pay_stands_on_its_day(anna: Person) -> None:
    contract = anna.contract("91207")
    anna.item(contract, 2, MAY, 10_000)
    overdue(anna, contract, 1, date(2024, 3, 31))
    assert of_today(anna.access).dues == [
        Due(date(2024, 3, 31), "91207", True, (rent(1),)),
        Due(MAY, "91207", False, (rent(2),)),
    ]


def test_items_of_a_contract_and_day_are_one_event_with_the_sum_of_their_balances(anna: Person) -> None:
    first, second = anna.contract("91207"), anna.contract("91208")
    partly = overdue(anna, first, 1, MAY)
    anna.payment(TODAY, 2_200, "P1", [(partly, 2_200)])
    anna.item(first, 2, MAY, 10_000, method="BONIFICO")
    anna.item(second, 1, MAY, 10_000)
    one, other = of_today(anna.access).dues
    assert (one.contract, one.balance_cents) == ("91207", 2 * GROSS - 2_200)
    assert one.entries == (rent(1, GROSS - 2_200), rent(2, method="BONIFICO"))
    assert (other.contract, other.balance_cents) == ("91208", GROSS)


def test_what_is_paid_credited_or_older_than_a_year_is_left_out(anna: Person) -> None:
    contract = anna.contract("91207")
    paid = overdue(anna, contract, 1, MAY)
    anna.payment(TODAY, GROSS, "P1", [(paid, GROSS)])
    credit = anna.invoice(contract, "7/2024", MAY)
    anna.item(contract, 2, MAY, -5_000, kind="NOTA_CREDITO", invoice_id=credit)
    overdue(anna, contract, 3, date(2023, 4, 4))
    overdue(anna, contract, 4, date(2023, 4, 5))
    assert [due.due_on for due in of_today(anna.access).dues] == [date(2023, 4, 5)]


def test_what_an_early_end_cut_off_is_owed_no_more(anna: Person) -> None:
    over = anna.contract("91208", terminated_on=date(2024, 4, 1))
    overdue(anna, over, 1, date(2024, 3, 31))
    anna.item(over, 2, MAY, 10_000, plan_row_id=plan_row(over))
    found = of_today(anna.access)
    assert ([due.due_on for due in found.dues], found.ends) == ([date(2024, 3, 31)], [])


def test_running_contracts_end_on_their_last_day_or_when_they_are_ended(anna: Person) -> None:
    anna.contract("1", ends_on=TODAY, product="Auto")
    anna.contract("2", ends_on=date(2024, 4, 4))
    anna.contract("3", terminated_on=date(2024, 12, 1))
    assert of_today(anna.access).ends == [
        End(TODAY, "1", "Auto"),
        End(date(2024, 12, 1), "3", "Beni mobili"),
    ]


def test_without_the_grant_there_are_dates_and_no_amounts(anna: Person) -> None:
    anna.item(anna.contract("91207"), 1, MAY, 10_000)
    plain = replace(anna.access, grants=frozenset(Grant) - {Grant.SEE_INVOICES})
    (due,) = of_today(plain).dues
    assert due == Due(MAY, "91207", False, (rent(1, None),))
    assert due.balance_cents is None


def test_nothing_of_another_customer_is_in_it(anna: Person, carla: Person) -> None:
    anna.item(anna.contract("91207"), 1, MAY, 10_000)
    carla.item(carla.contract("77777"), 1, MAY, 99_900)
    found = of_today(anna.access)
    assert {day.contract for day in (*found.dues, *found.ends)} == {"91207"}


def test_nobody_without_a_customer_has_an_agenda(database: str) -> None:
    with pytest.raises(NotFound):
        of_today(Access.system("test"))


def test_of_too_many_the_soonest_are_kept_in_two_statements(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        anna.item(anna.contract(str(number)), 1, date(2024, 5, 10 - number), 10_000)
    with sent() as statements:
        found = of_today(anna.access)
    assert ([due.contract for due in found.dues], len(found.ends)) == (["4", "3", "2", "1", "0"], 5)
    assert len([text for text in statements if text.startswith("SELECT")]) == 2
    monkeypatch.setattr(bounds, "MOST_ITEMS", 3)
    monkeypatch.setattr(bounds, "MOST_ENDS", 2)
    found = of_today(anna.access)
    assert ([due.contract for due in found.dues], len(found.ends)) == (["4", "3"], 2)
