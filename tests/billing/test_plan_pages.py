"""The pages of a plan: 25 rows of those a filter lets through, and the sums of all of them."""

from datetime import date, timedelta

import pytest

from core.billing.frames import Plan, PlanItem, plan
from core.tabular import each
from tests.billing.conftest import TODAY
from tests.people import Person

FIRST = date(2023, 1, 31)


@pytest.fixture
def found(anna: Person) -> Plan:
    """Thirty rents, every third with an index row: the first paid, the second not, the others not invoiced."""
    contract_id = anna.contract("84963")
    for number in range(1, 31):
        due_on = FIRST + timedelta(days=31 * number)
        row = anna.plan_row(contract_id, "CANONE", number, due_on, 0)
        if number % 3 == 0:
            index = {"amount_cents": 300, "principal_cents": 0, "interest_cents": 300}
            anna.plan_row(contract_id, "INDICIZZAZIONE", 0, due_on, 0, **index)
        if number < 3:
            invoice_id = anna.invoice(contract_id, f"{number}/2023", due_on)
            item = anna.item(contract_id, number, due_on, 10_000, invoice_id=invoice_id, plan_row_id=row)
            if number == 1:
                anna.payment(due_on, 12_200, "A", [(item, 12_200)])
    return plan(anna.access, TODAY, "84963")


def test_a_page_has_25_rows_and_counts_all_of_them_by_state(found: Plan) -> None:
    page = found.page(1)
    assert (len(page.rows), page.number, page.total_rows) == (25, 1, 40)
    assert page.counts == {"all": 40, "collected": 1, "upcoming": 38, "overdue": 1}
    assert page.sums == found.sums == {"amount_cents": 303_000, "principal_cents": 300_000, "interest_cents": 3_000}


def test_the_pages_together_are_the_plan(found: Plan) -> None:
    pages = [each(found.page(number).rows, PlanItem) for number in (1, 2)]
    assert [row for page in pages for row in page] == each(found.rows, PlanItem)
    assert found.page(99).number == 2


@pytest.mark.parametrize(("state", "numbers"), [("collected", [1]), ("overdue", [2])])
def test_a_state_lets_its_rows_through_and_sums_them_alone(found: Plan, state: str, numbers: list[int]) -> None:
    page = found.page(1, state=state)
    assert [row.number for row in each(page.rows, PlanItem)] == numbers
    assert (page.total_rows, page.sums["amount_cents"], page.counts["all"]) == (1, 10_000, 40)


def test_index_rows_can_be_left_out_of_rows_counts_and_sums(found: Plan) -> None:
    page = found.page(2, index_rows=False)
    assert (page.total_rows, len(page.rows), page.counts["all"]) == (30, 5, 30)
    assert page.sums["interest_cents"] == 0


def test_nothing_let_through_is_an_empty_first_page(found: Plan, anna: Person) -> None:
    anna.contract("84964")
    page = plan(anna.access, TODAY, "84964").page(7, state="overdue")
    assert (page.number, page.total_rows, page.rows.empty, set(page.sums.values())) == (1, 0, True, {0})
