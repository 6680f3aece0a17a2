"""Every figure of the home page is explained by the rows that make it, on the whole demo book."""

from datetime import date

import pytest
from sqlalchemy import select

from core import db
from core.access import Access, Grant, Role
from core.billing.frames import Situation, situation, situation_explained
from core.identity.tables import Customer
from core.intake.actions import import_book
from core.intake.reading import open_book
from core.intake.story import DEMO
from core.kit.errors import NotFound
from core.kit.figures import Explanation
from tests.people import SYSTEM, Person

FIGURES = {
    "overdue": "overdue_cents",
    "closed_overdue": "closed_overdue_cents",
    "payment": "next_payment_cents",
    "advances": "advances_cents",
}


def accesses() -> dict[str, Access]:
    with db.reading(SYSTEM) as connection:
        rows = connection.execute(select(Customer.code, Customer.id)).all()
    return {code: Access(Role.CUSTOMER, number, None, frozenset(Grant), code) for code, number in rows}


def load(day: date) -> dict[str, Access]:
    import_book(SYSTEM, open_book(DEMO, largest_document=1 << 20), as_of=day)
    return accesses()


def value(found: Explanation) -> int:
    (figure,) = found.figures
    assert figure.recomputed() == figure.value
    return int(figure)


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2024, 4, 5), date(2026, 11, 20)], ids=str)
def test_every_figure_is_what_its_rows_add_up_to(database: str, day: date) -> None:
    seen = set()
    for access in load(day).values():
        figures: Situation = situation(access, day)
        for name, field in FIGURES.items():
            assert value(situation_explained(access, day, name)) == getattr(figures, field), (access.actor, name)
            seen |= {name} if getattr(figures, field) else set()
        earliest = situation_explained(access, day, "due").figures
        assert [date.fromordinal(int(one)) for one in earliest] == [figures.next_due_on] * (len(earliest) or 1)
    assert seen >= {"overdue", "payment", "advances"}


def test_overdue_is_told_row_by_row(database: str) -> None:
    access = load(date(2024, 4, 5))["10096"]
    (figure,) = situation_explained(access, date(2024, 4, 5), "overdue").figures
    assert [int(part) for part in figure.parts] == [31_964, 59_316, 79_910, 23_727, 79_910, 31_964]
    assert figure.parts[0].name is not None
    assert figure.parts[0].name.params == {"number": "12", "contract": "91752", "day": date(2024, 1, 1)}


def test_nothing_to_pay_has_no_next_day(database: str) -> None:
    anna = Person("10093", "Anna")
    assert situation_explained(anna.access, date(2024, 4, 5), "due").figures == ()
    assert value(situation_explained(anna.access, date(2024, 4, 5), "overdue")) == 0


def test_another_name_and_a_missing_grant_are_not_found(database: str) -> None:
    anna = Person("10093", "Anna")
    without = Access(Role.SUB_USER, anna.customer_id, anna.account_id, frozenset(), "10093.1")
    for access, name in ((anna.access, "everything"), (without, "overdue")):
        with pytest.raises(NotFound):
            situation_explained(access, date(2024, 4, 5), name)
