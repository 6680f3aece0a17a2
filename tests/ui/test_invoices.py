"""Fatture e pagamenti, as the page shows it."""

from streamlit.testing.v1 import AppTest

from tests.people import Person
from tests.ui.conftest import Opener, say, statements

NBSP = "\xa0"


def table(app: AppTest) -> list[dict[str, str]]:
    return app.table[0].value.to_dict("records")


def kept(app: AppTest, key: str) -> str:
    """A filter in the address after a run; AppTest gives back a list of what the page wrote."""
    value = app.query_params[key]
    return value if isinstance(value, str) else value[0]


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def test_a_rerun_takes_five_statements_whatever_the_filters(opened: Opener) -> None:
    app = opened("invoices", contract="91207", state="paid", q="2024", sort="gross")
    with statements() as seen:
        app.run()
    assert len(seen) == 5, seen


def test_the_eleven_columns_have_their_canonical_names_in_order(opened: Opener) -> None:
    titles = "State,Contract,Due on,Rent no.,Reason,Payment,Amount,Paid,Balance,Overdue balance,Invoice"
    assert list(table(opened("invoices"))[0]) == [say(title) for title in titles.split(",")]


def test_the_latest_due_date_comes_first_and_a_page_has_25_rows(opened: Opener) -> None:
    app = opened("invoices", contract="91207")
    rows = table(app)
    assert len(rows) == 25
    assert rows[0][say("Rent no.")] == "30"
    range_shown = say("%(first)s - %(last)s of %(total)s") % {"first": 1, "last": 25, "total": 30}
    assert range_shown in {caption.value for caption in app.caption}


def test_the_page_is_in_the_address(opened: Opener) -> None:
    app = opened("invoices", contract="91207", page="2")
    assert [row[say("Rent no.")] for row in table(app)] == ["5", "4", "3", "2", "1"]


def test_a_page_past_the_end_is_the_last(opened: Opener) -> None:
    assert len(table(opened("invoices", contract="91207", page="99"))) == 5


def test_states_are_badges_with_at_most_one_chip(opened: Opener) -> None:
    rows = {row[say("Rent no.")]: row[say("State")] for row in table(opened("invoices", contract="91207"))}
    assert rows["30"] == f":gray-badge[:material/schedule: {say('Not yet due')}]"
    assert rows["23"].startswith(f":green-badge[:material/check_circle: {say('Paid')}]")
    assert rows["24"].endswith(f" :red-badge[:material/cancel: {say('Returned')} AM04]")
    assert [cell.count("-badge[") for cell in rows.values()] == [1] * 5 + [2, 2] + [1] * 18


def test_overdue_amounts_are_red_and_bold_and_zeros_grey(opened: Opener) -> None:
    row = next(r for r in table(opened("invoices", contract="91207")) if r[say("Rent no.")] == "24")
    assert row[say("Overdue balance")] == f":red[**122,00{NBSP}€**]"
    assert row[say("Paid")] == f":gray[0,00{NBSP}€]"


def test_the_state_is_chosen_and_kept_in_the_address(opened: Opener) -> None:
    app = opened("invoices", contract="91207", page="2")
    app.button_group[0].set_value("overdue").run()
    assert sorted(app.query_params) == ["contract", "state"]
    assert kept(app, "state") == "overdue"
    assert {row[say("Rent no.")] for row in table(app)} == {"24", "25"}


def test_an_invoice_is_found_by_its_number(opened: Opener) -> None:
    app = opened("invoices")
    app.text_input[0].set_value("900/").run()
    assert kept(app, "q") == "900/"
    assert [row[say("Contract")] for row in table(app)] == ["84963"]


def test_the_total_is_of_all_filtered_rows(opened: Opener) -> None:
    app = opened("invoices", contract="84963")
    assert f":red[**488,00{NBSP}€**]" in texts(app)
    assert say("contract %(number)s") % {"number": "84963"} in texts(app)


def test_the_export_takes_the_same_filters(opened: Opener) -> None:
    app = opened("invoices", contract="91207", state="paid", q="1/2024", sort="gross")
    link = next(element for element in app.main if element.type == "link_button")
    assert link.proto.url == "/exports/invoices.xlsx?contract=91207&state=paid&q=1%2F2024&sort=gross"


def test_filters_without_a_result_are_named_and_can_be_taken_away(opened: Opener) -> None:
    app = opened("invoices", contract="84963", state="paid")
    assert not app.table
    assert say("contract %(number)s") % {"number": "84963"} in texts(app)
    app.button(key="remove_filters").click().run()
    assert not app.query_params
    assert len(table(app)) == 25


def test_the_contract_can_be_chosen_by_what_it_is(opened: Opener) -> None:
    app = opened("invoices")
    assert app.selectbox[0].options[0] == say("All contracts")
    app.selectbox[0].select("84963").run()
    assert kept(app, "contract") == "84963"


def test_a_number_that_cannot_be_a_contract_is_ignored(opened: Opener) -> None:
    assert len(table(opened("invoices", contract="84963' or '1'='1"))) == 25


def test_another_ones_contract_does_not_exist(opened: Opener, anna: Person) -> None:
    Person("10094", "Carla").contract("70001")
    app = opened("invoices")
    app.query_params["contract"] = "70001"
    app.run()
    assert not app.table
    assert app.title[0].value == say("Invoices and payments")
    assert len(app.exception) == 1
