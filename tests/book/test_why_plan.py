"""What is said of a plan agrees with what the pages show, also where the plan does not add up. On both databases."""

from datetime import date

from core.book.frames import details, outstanding_explained
from tests.book.conftest import TODAY
from tests.people import Person


def test_what_the_plan_leaves_and_its_rows_do_not_give_is_a_difference(anna: Person) -> None:
    contract_id = anna.contract("84963")
    anna.plan_row(contract_id, "CANONE", 1, date(2024, 2, 29), 990_000)
    assert [int(figure) for figure in outstanding_explained(anna.access, TODAY, "84963").figures] == [990_000]
    anna.plan_row(contract_id, "CANONE", 2, date(2024, 3, 31), 979_990)
    recorded, difference, left = outstanding_explained(anna.access, TODAY, "84963").figures
    assert (int(left), int(difference)) == (980_000, -10)
    assert int(recorded) == int(left) + int(difference) == details(anna.access, TODAY, "84963").outstanding_cents


def test_before_the_first_row_the_price_is_left(anna: Person) -> None:
    anna.contract("84963")
    (left,) = outstanding_explained(anna.access, TODAY, "84963").figures
    assert int(left) == details(anna.access, TODAY, "84963").outstanding_cents == 1_000_000
