"""Contracts as pages say them: how many there are, and the selector of one of them."""

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd
import pytest

from core.book.frames import Lease
from core.tabular import frame
from core.ui import contracts
from core.ui.guard import View
from tests.people import Person
from tests.ui.conftest import TODAY, Opener, address, plain_view, say, statements


@pytest.fixture
def view() -> View:
    return plain_view()


@pytest.mark.parametrize(("assets", "text"), [([1], "1 contract (1 asset)"), ([3, 4], "2 contracts (7 assets)")])
def test_contracts_and_assets_are_counted_in_the_right_number(view: View, assets: list[int], text: str) -> None:
    day = date(2024, 1, 10)
    leases = [("1", "Beni mobili", "active", count, 100, day, day) for count in assets]
    assert contracts.counted(view, frame(leases, Lease)) == text


def more(person: Person, count: int) -> None:
    """Contracts that end before the one that Anna has."""
    for number in range(count):
        contract_id = person.contract(f"5{number:04}", ends_on=TODAY + timedelta(days=number))
        person.asset(contract_id, f"B{number}", description=f"Furgone, targa GX {number:03} LM")


def test_few_contracts_stand_in_the_selector_all_of_them(opened: Opener, anna: Person) -> None:
    more(anna, 8)
    options = opened("invoices").selectbox[0].options
    assert options[0] == say("All contracts")
    assert len(options) == 1 + 10


def test_many_contracts_are_offered_as_a_short_list_that_a_search_narrows(opened: Opener, anna: Person) -> None:
    more(anna, 110)
    app = opened("invoices")
    assert len(app.selectbox[0].options) == 1 + 25
    app.text_input(key="invoices_find").set_value("gx007lm").run()
    assert [option[:5] for option in app.selectbox[0].options[1:]] == ["50007"]
    app.selectbox[0].select("50007").run()
    assert address(app)["contract"] == "50007"


def test_the_chosen_contract_stays_in_a_short_list_that_it_is_not_on(opened: Opener, anna: Person) -> None:
    more(anna, 110)
    app = opened("invoices", contract="50000")
    assert app.selectbox[0].value == "50000"
    assert len(app.selectbox[0].options) == 2 + 25


def test_a_page_of_one_contract_begins_with_the_latest_active_one(opened: Opener, anna: Person) -> None:
    anna.contract("99999", ends_on=date(2040, 1, 1), terminated_on=TODAY)
    assert opened("contracts", state="all").selectbox[0].value == "91207"


def test_a_page_of_one_contract_goes_on_with_the_one_looked_at_before(opened: Opener, anna: Person) -> None:
    more(anna, 3)
    app = opened("invoices", contract="50001")
    app.query_params.clear()
    app.switch_page("pages/contracts.py").run()
    assert app.selectbox[0].value == "50001"


def test_the_contract_looked_at_before_is_forgotten_where_it_is_not_the_customers(opened: Opener, anna: Person) -> None:
    Person("10094", "Carla").contract("70001")
    app = opened("invoices")
    app.session_state["contract_last_seen"] = "70001"
    app.switch_page("pages/contracts.py").run()
    assert app.selectbox[0].value == "91207"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many contracts each search for them has read."""
    read: list[int] = []
    real = contracts.book.find

    def find(*args: object, **options: object) -> pd.DataFrame:
        found = real(*args, **options)
        read.append(len(found))
        return found

    monkeypatch.setattr(contracts.book, "find", find)
    return read


def test_a_page_costs_as_much_with_five_hundred_contracts_as_with_a_hundred(
    opened: Opener, anna: Person, counted: list[int]
) -> None:
    more(anna, 120)
    app = opened("contracts")
    with statements() as few:
        app.run()
    options, rows = len(app.selectbox[0].options), counted[-1]
    for number in range(120, 500):
        anna.contract(f"5{number:04}")
    with statements() as many:
        app.run()
    assert (len(many), counted[-1], len(app.selectbox[0].options)) == (len(few), rows, options) == (4, 101, 25)
