"""Estratto conto, as the page shows it: movements, payments, one payment, one item."""

from streamlit.testing.v1 import AppTest

from core.billing.frames import Receipt, StatementFilters, payments
from core.tabular import each
from tests.people import Person
from tests.ui.conftest import TODAY, Opener, say, statements

NBSP = "\xa0"


def table(app: AppTest, number: int = 0) -> list[dict[str, str]]:
    return app.table[number].value.to_dict("records")


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def links(app: AppTest) -> list[str]:
    return [element.proto.url for element in app.main if element.type == "link_button"]


def receipt(person: Person, reference: str) -> Receipt:
    page = payments(person.access, TODAY, StatementFilters(preset="start"), size=100)
    return next(one for one in each(page.rows, Receipt) if one.reference == reference)


def test_the_seven_columns_have_their_names_in_order(opened: Opener) -> None:
    titles = ["Date", "Document", "Contract", "Description", "Debit", "Credit", "Balance"]
    assert list(table(opened("statement"))[0]) == [say(title) for title in titles]


def metric(app: AppTest, number: int) -> str:
    return app.metric[number].value


def test_the_first_row_is_what_was_owed_and_the_last_what_is_owed(opened: Opener) -> None:
    app = opened("statement", **{"from": "2024-01-15"})
    first, *_, last = table(app)
    for row, name, number in ((first, "Opening balance", 0), (last, "Closing balance", 3)):
        assert (row[say("Description")], row[say("Balance")]) == (f"**{say(name)}**", f"**{metric(app, number)}**")


def test_a_page_goes_on_with_what_was_owed_before_it(opened: Opener) -> None:
    app = opened("statement", period="start", page="2")
    before = table(opened("statement", period="start"))
    first = table(app)[0]
    assert first[say("Description")] == f"**{say('Brought forward')}**"
    assert first[say("Balance")].strip("*") in before[-1][say("Balance")]
    assert len(before) == 1 + 25


def test_a_preset_takes_the_days_away_and_the_files_follow(opened: Opener) -> None:
    app = opened("statement", **{"from": "2023-05-01", "to": "2023-06-30", "contract": "91207"})
    assert links(app) == [
        f"/exports/statement.{extension}?contract=91207&from=2023-05-01&to=2023-06-30" for extension in ("xlsx", "pdf")
    ]
    next(group for group in app.button_group if group.key == "statement_period").set_value("last_year").run()
    assert sorted(app.query_params) == ["contract", "period"]
    assert links(app)[0] == "/exports/statement.xlsx?contract=91207&period=last_year"


def test_days_that_are_chosen_stand_in_the_address_together(opened: Opener) -> None:
    app = opened("statement", period="last_year", page="2")
    app.date_input[0].set_value("2023-02-01").run()
    assert {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()} == {
        "from": "2023-02-01",
        "to": "2023-12-31",
    }


def test_a_last_day_before_the_first_is_said_and_the_days_stay(opened: Opener) -> None:
    app = opened("statement", **{"from": "2024-03-01", "to": "2024-02-01"})
    assert [error.value for error in app.error] == [
        say("The first day is after the last one. Choose the two dates again.")
    ]
    assert [f"{field.value}" for field in app.date_input] == ["2024-03-01", "2024-02-01"]


def test_a_period_without_movements_says_so(opened: Opener) -> None:
    app = opened("statement", **{"from": "2015-01-01", "to": "2015-12-31"})
    days = {"since": "01/01/2015", "until": "31/12/2015"}
    assert say("There are no movements from %(since)s to %(until)s") % days in texts(app)
    assert metric(app, 3) == f"0,00{NBSP}€"


def test_money_that_pays_nothing_is_shown_with_its_meaning(opened: Opener, anna: Person) -> None:
    credit = say("Credit available **%(amount)s**: money received").split("**")[0]
    assert credit not in texts(opened("statement"))
    anna.payment(TODAY, 7_700, "TOO MUCH", method="BONIFICO")
    assert f"**77,00{NBSP}€**" in texts(opened("statement"))


def test_payments_link_to_what_they_settle_and_to_their_returns(opened: Opener, anna: Person) -> None:
    shown = table(opened("statement", view="payments", period="start"))
    rows = {row[say("Reference")].split("]")[0][1:]: row for row in shown}
    paid, back = receipt(anna, "P24"), receipt(anna, "R24")
    assert f"item={paid.item_id})" in rows["P24"][say("Settles")]
    assert f"payment={back.payment_id})" in rows["P24"][say("Reversal")]
    assert f"payment={paid.payment_id})" in rows["R24"][say("Reversal")]


def test_a_payment_shows_its_items_and_an_item_its_payments(opened: Opener, anna: Person) -> None:
    first, back, rest = (receipt(anna, reference) for reference in ("P25", "R25", "B25"))
    (settled,) = table(opened("statement", view="payments", payment=str(first.payment_id)))
    assert f"item={first.item_id})" in settled[say("Reason")]
    app = opened("statement", view="payments", item=str(first.item_id))
    assert [row[say("Reference")].split("payment=")[1] for row in table(app)] == [
        f"{one.payment_id})" for one in (first, back, rest)
    ]
    assert [metric(app, n) for n in range(3)] == [f"{amount}{NBSP}€" for amount in ("122,00", "50,00", "72,00")]


def test_a_rerun_takes_few_statements_whatever_the_rows(opened: Opener) -> None:
    app = opened("statement", period="start")
    with statements() as seen:
        app.run()
    assert len(seen) == 5, seen
