"""La tua situazione, as the page shows it."""

from core.kit import clock
from tests.people import Person
from tests.ui.conftest import Opener, say, statements

NBSP = "\xa0"


def test_the_four_figures_are_of_active_contracts(opened: Opener) -> None:
    app = opened("situation")
    assert {metric.label: metric.value for metric in app.metric} == {
        say("Overdue payments"): f"194,00{NBSP}€",
        say("Next due date"): "18/04/24",
        say("Next payment"): f"122,00{NBSP}€",
        say("Advances paid"): f"0,00{NBSP}€",
    }


def test_each_figure_leads_to_its_rows(opened: Opener) -> None:
    app = opened("situation")
    queries = [element.proto.query_string for element in app.main if element.type == "page_link"]
    assert queries[1:5] == ["view=arrears", "state=upcoming&sort=due_on", "view=next", "view=advances"]


def test_what_explains_a_figure_says_which_one(opened: Opener) -> None:
    labels = [button.label for button in opened("situation").button if (button.key or "").startswith("why_")]
    why, date = say("Why this amount?"), say("Why this date?")
    named = zip(
        (why, date, why, why), ("Overdue payments", "Next due date", "Next payment", "Advances paid"), strict=True
    )
    assert labels == [f"{label} **{say(figure)}**" for label, figure in named]


def test_overdue_on_closed_contracts_stands_apart_with_its_link(opened: Opener) -> None:
    app = opened("situation")
    text = say("Overdue on closed contracts: %(amount)s") % {"amount": f"**488,00{NBSP}€**"}
    assert any(text in element.value for element in app.markdown)


def test_one_contract_and_one_asset_are_singular(opened: Opener) -> None:
    app = opened("situation")
    assert any(":small[:gray[1 contratto (1 bene)]]" in element.value for element in app.markdown)


def test_a_contract_leads_to_its_page(opened: Opener) -> None:
    contracts = opened("situation").table[0].value
    assert contracts.iloc[0].tolist()[0] == "[91207](/contracts?contract=91207)"
    assert len(contracts) == 1


def test_the_next_five_due_items_are_listed_soonest_first(opened: Opener) -> None:
    upcoming = opened("situation").table[1].value
    assert len(upcoming) == 5
    assert upcoming[say("Rent no.")].tolist() == ["26", "27", "28", "29", "30"]


def test_more_than_ten_contracts_are_paged(opened: Opener, anna: Person) -> None:
    for number in range(1000, 1025):
        anna.contract(str(number))
    first, last = opened("situation"), opened("situation", page="3")
    assert len(first.table[0].value) == 10
    assert len(last.table[0].value) == 6


def test_the_day_is_written_in_words(opened: Opener) -> None:
    clock.set_to("2024-04-05T12:00:00")
    assert any("venerdì 5 aprile 2024" in element.value for element in opened("situation").markdown)


def test_no_statement_is_run_for_each_contract(opened: Opener, anna: Person) -> None:
    app = opened("situation")
    with statements() as few:
        app.run()
    for number in range(1000, 1025):
        anna.item(anna.contract(str(number)), 1, clock.today(), 10_000)
    with statements() as many:
        app.run()
    assert len(many) == len(few) <= 7, many
