"""Contratti attivi, as the page shows it."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from core.access import Grant
from core.identity import rules
from tests.people import Person
from tests.ui.conftest import TODAY, Opener, address, say

NBSP = "\xa0"


@pytest.fixture
def car(anna: Person) -> Person:
    """Anna with a car, indexed, of which one rent is overdue, with a third of it paid."""
    contract_id = anna.contract(
        "94118",
        product="Leasing targato",
        ends_on=date(2029, 6, 20),
        deposit_cents=100_000,
        index_code="EURIBOR3M",
        iban="IT60X0542811101000000123456",
        months=60,
        instalments=59,
    )
    anna.asset(contract_id, "171844", description="Berlina, targa GX 482 LM")
    anna.plan_row(contract_id, "ANTICIPO", 0, date(2024, 2, 1), 900_000)
    row = anna.plan_row(contract_id, "CANONE", 1, date(2024, 3, 31), 890_000)
    anna.plan_row(contract_id, "CANONE", 59, date(2029, 1, 31), 10_000)
    invoice = anna.invoice(contract_id, "901/2024", date(2024, 3, 1))
    item = anna.item(contract_id, 1, date(2024, 3, 31), 15_000, invoice_id=invoice, plan_row_id=row)
    anna.payment(date(2024, 3, 31), 6_100, "P", [(item, 6_100)])
    return anna


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def facts(app: AppTest) -> dict[str, str]:
    """The lists of facts, all of them."""
    return {name: value for table in app.table for name, value in table.value.itertuples(index=False)}


def figures(app: AppTest) -> dict[str, tuple[str, str]]:
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


def test_the_lead_says_what_is_outstanding(opened: Opener, car: Person) -> None:
    said = say("Outstanding principal today %(amount)s on contract %(number)s")
    assert said % {"amount": f"**8.900,00{NBSP}€**", "number": "94118"} in texts(opened("contracts"))


def test_every_fact_of_the_contract_is_listed(opened: Opener, car: Person) -> None:
    assert facts(opened("contracts")) == {
        say("Start date"): "01/02/24",
        say("End date"): "20/06/29",
        say("Status"): f":green-badge[:material/task_alt: {say('Active')}]",
        say("Product"): "Leasing targato",
        say("Reference rate"): "Euribor 3 m\\.l\\. \\(div\\. 360\\)",
        say("Subsidy"): say("No subsidy"),
        say("Beneficiary code"): "10093",
        say("Beneficiary"): "Anna S\\.r\\.l\\.",
        say("Contract number"): "94118",
        "IBAN": "`IT60 •••• 3456`",
    }


def test_the_tiles_and_strips_hold_every_figure_with_its_scope(opened: Opener, car: Person) -> None:
    shown = figures(opened("contracts"))
    assert shown[say("No. of assets")][0] == "1"
    assert shown[say("Signed on")] == ("10/01/24", "60 mesi, scadenza 20/06/29")
    assert shown[say("Contract amount")][0] == f"10.000,00{NBSP}€"
    assert shown[say("First instalment")] == (say("Advance"), "01/02/24")
    assert shown[say("Advance amount")][0] == f"1.000,00{NBSP}€"
    assert shown[say("Residual value amount")] == (f"100,00{NBSP}€", f"1{NBSP}%")
    assert shown[say("Outstanding principal today")] == (f"8.900,00{NBSP}€", "dopo la rata 1 del 31/03/24")
    assert shown[say("Instalment frequency")][0] == "Mensili"
    assert shown[say("No. of instalments")] == ("59", "0 incassate")
    assert shown[say("Instalment amount (net of VAT)")] == (f"215,00{NBSP}€", f"262,30{NBSP}€ con IVA")
    assert shown[say("Duration (months)")][0] == "60"
    assert shown[say("Reference rate")] == ("Euribor 3 m\\.l\\.", "div. 360")


def test_overdue_principal_stands_apart(opened: Opener, car: Person) -> None:
    said = say("Overdue principal not paid: %(amount)s") % {"amount": f"**66,67{NBSP}€**"}
    assert said in texts(opened("contracts", contract="94118"))
    assert say("Overdue principal not paid: %(amount)s").split("%")[0] not in texts(
        opened("contracts", contract="91207")
    )


def test_the_last_rent_is_told_from_the_end_of_the_contract(opened: Opener, car: Person) -> None:
    said = say("Last instalment on %(rent)s; redemption due at the end of the contract, on %(end)s.")
    assert said % {"rent": "31/01/2029", "end": "20/06/2029"} in texts(opened("contracts"))


def test_the_ways_on_carry_the_contract(opened: Opener, car: Person) -> None:
    links = [link.proto for link in opened("contracts").get("page_link")]
    pages = {link.page.rpartition("/")[2] for link in links if link.query_string == "contract=94118"}
    assert pages == {"assets", "documents", "amortization", "invoices"}


def test_without_the_grant_to_see_invoices_the_ledger_is_left_out(
    opened: Opener, car: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "grants", lambda _role: frozenset(set(Grant) - {Grant.SEE_INVOICES}))
    app = opened("contracts")
    assert figures(app)[say("No. of instalments")] == ("59", "")
    assert say("Overdue principal not paid: %(amount)s").split("%")[0] not in texts(app)
    assert not {"documents", "invoices"} & {link.proto.page.rpartition("/")[2] for link in app.get("page_link")}


def test_a_search_goes_to_the_contract_that_has_what_was_typed(opened: Opener, car: Person) -> None:
    app = opened("contracts", contract="91207")
    app.text_input(key="contracts_q").set_value("gx482lm").run()
    assert address(app) == {"q": "gx482lm"}
    assert (app.selectbox[0].value, len(app.selectbox[0].options)) == ("94118", 1)


def test_closed_contracts_are_found_under_their_filter(opened: Opener, car: Person) -> None:
    app = opened("contracts", contract="91207")
    app.button_group[0].set_value("closed").run()
    assert address(app) == {"state": "closed"}
    assert app.selectbox[0].value == "84963"
    assert facts(app)[say("Status")] == f":gray-badge[:material/lock: {say('Closed')}]"


def test_a_link_to_an_ended_contract_shows_it_among_all(opened: Opener, car: Person) -> None:
    app = opened("contracts", contract="84963")
    assert app.button_group[0].value == "all"
    assert len(app.selectbox[0].options) == 3
    assert r"\*Beni\* \[x\]\(http" in facts(app)[say("Product")].replace("\u2060", "")


def test_a_search_goes_on_among_the_contracts_that_are_shown(opened: Opener, car: Person) -> None:
    app = opened("contracts", contract="84963")
    app.text_input(key="contracts_q").set_value("84963").run()
    assert address(app) == {"q": "84963", "state": "all"}
    assert app.selectbox[0].value == "84963"


def test_an_early_end_is_said_with_its_day(opened: Opener, anna: Person) -> None:
    contract_id = anna.contract("87990", terminated_on=TODAY)
    anna.plan_row(contract_id, "CANONE", 1, date(2024, 3, 1), 990_000)
    app = opened("contracts", contract="87990")
    assert facts(app)[say("Terminated on")] == "05/04/24"
    assert figures(app)[say("Outstanding principal today")] == (f"0,00{NBSP}€", "estinto il 05/04/24")
    assert "material/info" not in texts(app)


def test_a_search_without_a_result_names_it_and_can_be_taken_away(opened: Opener, car: Person) -> None:
    app = opened("contracts", q="*nothing*")
    assert not app.table
    assert say("“%(text)s”") % {"text": r"\*nothing\*"} in texts(app)
    app.button(key="remove_filters").click().run()
    assert facts(app)[say("Contract number")] == "94118"


def test_a_customer_without_contracts_is_told_so(opened: Opener, anna: Person) -> None:
    app = opened("contracts", state="closed", q="84963")
    assert facts(app)[say("Contract number")] == "84963"
    assert say("There are no active contracts.") not in texts(app)


def test_the_export_takes_the_same_filters(opened: Opener, car: Person) -> None:
    app = opened("contracts", state="all", q="GX 482")
    link = next(element for element in app.main if element.type == "link_button")
    assert link.proto.url == "/exports/contracts.xlsx?state=all&q=GX+482"


def test_another_ones_contract_does_not_exist(opened: Opener, anna: Person) -> None:
    Person("10094", "Carla").contract("70001")
    app = opened("contracts")
    app.query_params["contract"] = "70001"
    app.run()
    assert not app.table
    assert len(app.exception) == 1
