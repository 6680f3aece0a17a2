"""The home page's four figures, on both databases."""

from datetime import date

from core.billing.frames import situation, upcoming
from tests.billing.conftest import TODAY
from tests.people import Person


def test_an_empty_customer_has_zeros_and_no_next_date(anna: Person) -> None:
    figures = situation(anna.access, TODAY)
    assert (figures.overdue_cents, figures.next_due_on, figures.next_payment_cents) == (0, None, 0)
    assert (figures.advances_cents, figures.unapplied_cents, figures.closed_overdue_cents) == (0, 0, 0)


def test_overdue_of_closed_contracts_is_a_figure_of_its_own(anna: Person) -> None:
    active = anna.contract("1")
    closed = anna.contract("2", ends_on=date(2024, 4, 4))
    for number, contract_id in enumerate((active, closed), start=1):
        invoice = anna.invoice(contract_id, str(number), date(2024, 2, 1))
        anna.item(contract_id, 1, date(2024, 3, 1), 10_000 * number, invoice_id=invoice)
    figures = situation(anna.access, TODAY)
    assert (figures.overdue_cents, figures.overdue_items, figures.closed_overdue_cents) == (12_200, 1, 24_400)


def test_the_next_payment_is_everything_due_on_the_earliest_date(anna: Person) -> None:
    one, two = anna.contract("1"), anna.contract("2")
    anna.item(one, 3, date(2024, 4, 30), 10_000)
    anna.item(two, 7, date(2024, 4, 30), 20_000, method="BONIFICO")
    anna.item(one, 4, date(2024, 5, 31), 10_000)
    figures = situation(anna.access, TODAY)
    assert (figures.next_due_on, figures.next_payment_cents, figures.next_items) == (date(2024, 4, 30), 36_600, 2)
    assert (figures.next_kind, figures.next_number) == (None, None)


def test_the_next_payment_skips_what_is_paid_and_counts_today(anna: Person) -> None:
    contract_id = anna.contract("1")
    invoice = anna.invoice(contract_id, "1", date(2024, 3, 20))
    paid = anna.item(contract_id, 1, TODAY, 10_000, invoice_id=invoice)
    anna.payment(TODAY, 12_200, "A", [(paid, 12_200)])
    anna.item(contract_id, 2, TODAY, 5_000)
    figures = situation(anna.access, TODAY)
    assert (figures.next_due_on, figures.next_payment_cents, figures.next_number) == (TODAY, 6_100, 2)
    assert figures.next_kind == "CANONE"


def test_advances_are_net_and_collected(anna: Person) -> None:
    contract_id = anna.contract("1")
    invoice = anna.invoice(contract_id, "1", date(2024, 1, 10))
    item = anna.item(contract_id, 0, date(2024, 1, 15), 975_410, kind="ANTICIPO", invoice_id=invoice)
    assert situation(anna.access, TODAY).advances_cents == 0
    anna.payment(date(2024, 1, 15), 1_190_000, "A", [(item, 1_190_000)], method="BONIFICO")
    assert situation(anna.access, TODAY).advances_cents == 975_410


def test_money_that_pays_nothing_is_shown_apart(anna: Person) -> None:
    contract_id = anna.contract("1")
    invoice = anna.invoice(contract_id, "1", date(2024, 3, 1))
    item = anna.item(contract_id, 1, date(2024, 3, 15), 10_000, invoice_id=invoice)
    anna.payment(date(2024, 3, 15), 15_000, "A", [(item, 12_200)])
    assert situation(anna.access, TODAY).unapplied_cents == 2_800


def test_upcoming_lists_the_next_items_of_active_contracts(anna: Person) -> None:
    contract_id = anna.contract("1")
    closed = anna.contract("2", ends_on=date(2024, 3, 1))
    anna.item(closed, 1, date(2024, 4, 10), 10_000)
    for number in range(1, 8):
        anna.item(contract_id, number, date(2024, 4 + number, 1), 10_000)
    rows = upcoming(anna.access, TODAY)
    assert rows["number"].tolist() == [1, 2, 3, 4, 5]
    assert rows["balance_cents"].tolist() == [12_200] * 5
    assert rows["due_on"].dtype == "datetime64[us]"
