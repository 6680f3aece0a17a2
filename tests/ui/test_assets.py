"""Beni in locazione, as the page shows it."""

from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from tests.people import Person
from tests.ui.conftest import TODAY, Opener, address, say, statements

NBSP = "\xa0"


@pytest.fixture
def dental(anna: Person) -> Person:
    """Anna with two assets on her contract that is over, beside the one on her running contract."""
    contract_id = anna.contract("84962", ends_on=TODAY - timedelta(days=2))
    anna.asset(contract_id, "166029", description="*POLTRONA* <b>", price_cents=150_000, residual_cents=1_500)
    anna.asset(contract_id, "166030", description="PANORAMICO PAX I 2D", price_cents=1_150_000, residual_cents=0)
    return anna


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def rows(app: AppTest) -> list[list[str]]:
    return [list(row) for row in app.table[0].value.itertuples(index=False)]


def test_the_lead_counts_assets_and_contracts_and_says_their_value(opened: Opener, dental: Person) -> None:
    said = f"3 beni in 2 contratti · valore **23.000,00{NBSP}€** · imponibile"
    assert said in texts(opened("assets"))
    assert f"1 bene in 1 contratto · valore **10.000,00{NBSP}€**" in texts(opened("assets", contract="91207"))


def test_the_one_asset_of_a_contract_is_a_card_with_every_field(opened: Opener, anna: Person) -> None:
    app = opened("assets")
    assert not app.table
    assert "**Poltrona**" in texts(app)
    assert say("asset code %(code)s") % {"code": "A1"} in texts(app)
    assert {metric.label: (metric.value, metric.delta) for metric in app.metric} == {
        say("Contract code"): ("91207", ""),
        say("Asset type"): ("Beni mobili", ""),
        say("Amount"): (f"10.000,00{NBSP}€", say("net of VAT")),
        say("Residual value"): (f"100,00{NBSP}€", f"1{NBSP}%"),
        say("Lease ends on"): ("01/02/28", "tra 1.397 giorni"),
    }


def test_several_assets_are_a_table_that_ends_in_their_total(opened: Opener, dental: Person) -> None:
    app = opened("assets")
    titles = ["Contract code", "Asset code", "Description", "Asset type", "Amount", "Residual value", "Lease ends on"]
    assert list(app.table[0].value.columns) == [say(title) for title in titles]
    chair, scanner, total = rows(app)
    assert chair[:4] == ["84962", "166029", r"\*POLTRONA\* \<b\>", "Beni mobili"]
    assert chair[4:] == [f"1.500,00{NBSP}€", f"15,00{NBSP}€", "03/04/24"]
    assert scanner[5] == f":gray[0,00{NBSP}€]"
    assert total == ["**Totale contratto 84962**", "", "", "", f"**13.000,00{NBSP}€**", f"**15,00{NBSP}€**", ""]


def test_an_ended_contract_is_marked(opened: Opener, dental: Person) -> None:
    assert texts(opened("assets")).count("material/lock") == 1


def test_an_asset_is_found_by_its_plate_and_the_search_is_in_the_address(opened: Opener, anna: Person) -> None:
    anna.asset(anna.contract("70000"), "A2", description="Furgone, targa GX 482 LM")
    app = opened("assets", page="2")
    app.text_input(key="assets_q").set_value("gx482lm").run()
    assert address(app) == {"q": "gx482lm"}
    assert app.metric[0].value == "70000"
    assert len(app.metric) == 5


def test_a_page_has_ten_contracts_and_the_pager_turns_it(opened: Opener, anna: Person) -> None:
    for number in range(11):
        contract_id = anna.contract(f"5{number:04}", ends_on=date(2030, 1, 1) + timedelta(days=number))
        anna.asset(contract_id, f"B{number}")
    assert len(opened("assets").metric) == 10 * 5
    assert [metric.value for metric in opened("assets", page="2").metric][::5] == ["50000", "91207"]


def test_a_search_without_a_result_names_it_and_can_be_taken_away(opened: Opener, dental: Person) -> None:
    app = opened("assets", contract="84962", q="_nothing_")
    assert say("“%(text)s”") % {"text": r"\_nothing\_"} in texts(app)
    app.button(key="remove_filters").click().run()
    assert len(rows(app)) == 3


def test_a_contract_without_assets_says_so(opened: Opener, anna: Person) -> None:
    assert say("contract %(number)s") % {"number": "84963"} in texts(opened("assets", contract="84963"))


def test_the_documents_of_an_asset_are_those_of_its_contract(opened: Opener, dental: Person) -> None:
    links = [link.proto for link in opened("assets").get("page_link") if link.proto.page.endswith("documents")]
    assert [link.query_string for link in links] == ["contract=91207", "contract=84962"]


def test_the_export_takes_the_same_filters_in_both_profiles(opened: Opener, dental: Person) -> None:
    app = opened("assets", contract="84962", q="PAX")
    link = next(element for element in app.main if element.type == "link_button")
    assert link.proto.url == "/exports/assets.xlsx?contract=84962&q=PAX"
    assert "(/exports/assets.xlsx?contract=84962&q=PAX&headers=manual)" in texts(app)


def test_a_rerun_takes_five_statements_whatever_the_number_of_contracts(opened: Opener, anna: Person) -> None:
    app = opened("assets")
    for number in range(30):
        anna.asset(anna.contract(f"5{number:04}"), f"B{number}")
    with statements() as seen:
        app.run()
    assert len(seen) == 5, seen


def test_another_ones_contract_does_not_exist(opened: Opener, anna: Person) -> None:
    Person("10094", "Carla").contract("70001")
    app = opened("assets")
    app.query_params["contract"] = "70001"
    app.run()
    assert not app.metric
    assert len(app.exception) == 1
