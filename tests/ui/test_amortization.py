"""Piano di ammortamento, as the page shows it."""

import json
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from core.kit.dates import add_months
from core.ui import session
from tests.people import Person
from tests.ui.conftest import Opener, say, sign_in, statements

NBSP = "\xa0"
TITLES = (
    "Instalment no.,Due date,Instalment type,Instalment amount,Principal share,Interest share,Outstanding principal,"
    "Payment method,Accrual from,Accrual to,Collected on"
)


@pytest.fixture
def planned(anna: Person) -> Person:
    """The plan of 92000, which ends last: an advance, thirty rents of which two are past, two index rows, riscatto."""
    contract_id = anna.contract("92000", ends_on=date(2030, 1, 1), price_cents=330_000)
    anna.plan_row(contract_id, "ANTICIPO", 0, date(2024, 2, 1), 320_000)
    for number in range(1, 31):
        due_on = add_months(date(2024, 2, 28), number - 1)
        anna.plan_row(contract_id, "CANONE", number, due_on, 320_000 - number * 10_000)
    for month, cents in ((3, 1_500), (6, -700)):
        charge = {"amount_cents": cents, "principal_cents": 0, "interest_cents": cents}
        anna.plan_row(contract_id, "INDICIZZAZIONE", 0, date(2024, month, 28), 320_000 - (month - 2) * 10_000, **charge)
    anna.plan_row(contract_id, "RISCATTO", 31, date(2026, 8, 28), 0, amount_cents=20_000, principal_cents=20_000)
    return anna


def rows(app: AppTest) -> list[dict[str, str]]:
    return app.table[-1].value.to_dict("records")


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def chart(app: AppTest) -> list[object]:
    return [element.proto for element in app.main if element.type == "plotly_chart"]


def test_the_contract_that_ends_last_is_shown_with_what_is_left_of_it(planned: Person, opened: Opener) -> None:
    app = opened("amortization")
    assert app.title[0].value == say("Amortization plan")
    left = say("Outstanding principal today **%(amount)s**") % {"amount": f"3.000,00{NBSP}€"}
    collected = say("%(n)s of %(all)s instalments collected") % {"n": 0, "all": 30}
    assert f"{left} · {collected}" in texts(app)
    assert say("amounts net of VAT") in texts(app)


def test_the_eleven_columns_have_their_names_in_order(planned: Person, opened: Opener) -> None:
    assert list(rows(opened("amortization"))[0]) == [say(title) for title in TITLES.split(",")]


def test_an_index_row_has_number_0_a_badge_and_no_principal(planned: Person, opened: Opener) -> None:
    row = next(row for row in rows(opened("amortization")) if "sync_alt" in row[say("Instalment type")])
    assert (row[say("Instalment no.")], row[say("Due date")]) == ("0", "28/03/24")
    assert row[say("Instalment type")] == f":gray-badge[:material/sync_alt: *{say('Indexation')}*]"
    assert (row[say("Principal share")], row[say("Interest share")]) == ("–", f"15,00{NBSP}€")


def test_a_credit_is_green_and_offset(planned: Person, opened: Opener) -> None:
    row = next(row for row in rows(opened("amortization")) if row[say("Instalment amount")].startswith(":green"))
    assert row[say("Instalment amount")] == f":green[-7,00{NBSP}€]"
    assert row[say("Payment method")] == say("Offset")


def test_advance_and_redemption_carry_their_badge_and_a_rent_none(planned: Person, opened: Opener) -> None:
    kinds = [row[say("Instalment type")] for row in rows(opened("amortization"))]
    assert kinds[:2] == [f":primary-badge[:material/first_page: **{say('Advance instalment')}**]", say("Instalment")]
    last = rows(opened("amortization", page="2"))[-1]
    assert last[say("Instalment type")] == f":primary-badge[:material/last_page: **{say('Redemption')}**]"


def test_state_and_index_rows_are_chosen_and_kept_in_the_address(planned: Person, opened: Opener) -> None:
    app = opened("amortization", page="2")
    assert len(rows(app)) == 9
    app.checkbox[0].uncheck().run()
    assert not any("sync_alt" in row[say("Instalment type")] for row in rows(app))
    assert app.query_params["indexation"] in ("off", ["off"])
    app.button_group[0].set_value("collected").run()
    assert app.query_params["state"] in ("collected", ["collected"])
    assert say("No rows of the plan for: %(filters)s") % {"filters": say("Collected")} in texts(app)


def test_the_sums_are_those_of_all_rows_let_through(planned: Person, opened: Opener) -> None:
    said = texts(opened("amortization", indexation="off"))
    assert f"{say('Principal share')} **3.300,00{NBSP}€**" in said
    assert f"{say('Interest share')} **0,00{NBSP}€**" in said


def test_the_chart_says_in_words_what_it_shows(planned: Person, opened: Opener) -> None:
    (drawn,) = chart(opened("amortization"))
    for part in ("31", "28/02/2024", "28/08/2026", "92000", f"3.100,00{NBSP}€", f"3.000,00{NBSP}€"):
        assert part in drawn.alt
    assert drawn.theme == "streamlit"
    assert json.loads(drawn.spec)["layout"]["xaxis"]["ticktext"][:2] == ["02/24", "07/24"]


def test_the_figures_of_the_chart_stand_below_it_by_year(planned: Person, opened: Opener) -> None:
    app = opened("amortization")
    years = app.table[0].value.to_dict("records")
    assert [row[say("Year")] for row in years] == ["2024", "2025", "2026"]
    assert years[0][say("Outstanding at the end of the year")] == f"2.100,00{NBSP}€"
    assert years[0][say("Indexation")] == f"8,00{NBSP}€"
    assert years[0][say("Interest share")] == f":gray[0,00{NBSP}€]"


def test_there_is_no_chart_of_a_few_rows_and_a_contract_without_plan_says_so(anna: Person, opened: Opener) -> None:
    contract_id = anna.contract("92000", ends_on=date(2030, 1, 1))
    app = opened("amortization")
    assert say("This contract has no plan yet") in texts(app)
    for number in range(1, 5):
        anna.plan_row(contract_id, "CANONE", number, date(2024, number, 28), 0)
    app.run()
    assert len(rows(app)) == 4
    assert chart(app) == []


def test_a_customer_without_contracts_is_told_so(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(Person("10094", "Carla"), "carla-token")
    monkeypatch.setattr(session, "cookie", lambda: "carla-token")
    app = opened("amortization")
    assert say("There are no contracts") in texts(app)
    assert not app.selectbox


def test_the_rates_are_said_where_the_terms_make_the_plan(anna: Person, opened: Opener) -> None:
    terms = {"price_cents": 50_000, "rent_cents": 10_000, "residual_cents": 0, "instalments": 5, "months": 5}
    contract_id = anna.contract("92000", ends_on=date(2030, 1, 1), **terms)
    for number in range(1, 6):
        anna.plan_row(contract_id, "CANONE", number, date(2024, number, 28), 50_000 - number * 10_000)
    rates = say("Yearly rate of the contract: nominal **%(nominal)s**, effective (TIR) **%(effective)s**")
    assert rates % {"nominal": f"0{NBSP}%", "effective": f"0{NBSP}%"} in texts(opened("amortization"))
    assert rates.split(":")[0] not in texts(opened("amortization", contract="91207"))


def test_an_early_end_is_told_with_what_was_left_and_what_is_no_longer_owed(anna: Person, opened: Opener) -> None:
    contract_id = anna.contract("92000", ends_on=date(2030, 1, 1), price_cents=60_000, terminated_on=date(2024, 3, 15))
    for number in range(1, 7):
        anna.plan_row(contract_id, "CANONE", number, date(2024, number, 28), 60_000 - number * 10_000)
    app = opened("amortization", contract="92000")
    assert len(rows(app)) == 2
    assert "15/03/2024" in app.info[0].value
    assert f"400,00{NBSP}€" in app.info[0].value
    assert "4" in app.info[0].value


def test_the_export_is_of_the_contract_shown(planned: Person, opened: Opener) -> None:
    link = next(element for element in opened("amortization").main if element.type == "link_button")
    assert link.proto.url == "/exports/amortization.xlsx?contract=92000"


def test_another_ones_contract_does_not_exist(opened: Opener, anna: Person) -> None:
    Person("10094", "Carla").contract("70001")
    app = opened("amortization")
    app.query_params["contract"] = "70001"
    app.run()
    assert not app.table
    assert app.title[0].value == say("Amortization plan")
    assert len(app.exception) == 1


def test_a_rerun_takes_four_statements_however_long_the_plan_is(planned: Person, opened: Opener) -> None:
    app = opened("amortization")
    with statements() as seen:
        app.run()
    assert len(seen) == 4, seen
