"""The calendars of the demo's customers against their ledgers: every amount, and nothing of anybody else."""

import re
from collections import defaultdict
from datetime import date

import pytest
from icalendar import Calendar
from sqlalchemy import Row, select

from core import db, demo, keys
from core.access import Access, Grant, Role
from core.billing.frames import Filters, Item, schedule
from core.book.tables import Contract
from core.formats import Formats
from core.identity import actions
from core.identity.tables import Account
from core.kit import clock
from core.tabular import each
from tests.people import SYSTEM
from tests.web.conftest import Browser, new_browser

GOLDEN = date(2024, 4, 5)
A_YEAR_AGO = date(2023, 4, 5)
AMOUNT = re.compile(r"[\d.]+,\d\d\xa0€")
MONEY = Formats("it").money


@pytest.fixture
def browser(database: str) -> Browser:
    """A browser in front of the demo on the golden day."""
    clock.set_to("2024-04-05T12:00:00")
    demo.load(GOLDEN)
    return new_browser()


def people() -> list[Access]:
    with db.reading(SYSTEM) as connection:
        rows = connection.execute(select(Account.customer_id, Account.id, Account.username))
        return [Access(Role.CUSTOMER, customer, account, frozenset(Grant), name) for customer, account, name in rows]


def contracts_of(access: Access) -> list[Row]:
    of_customer = Contract.customer_id == access.customer
    columns = (Contract.number, Contract.product, Contract.ends_on, Contract.terminated_on)
    with db.reading(SYSTEM) as connection:
        return list(connection.execute(select(*columns).where(of_customer)))


def ends_of(access: Access) -> set[tuple[date, str]]:
    """The last days still to come, with the product."""
    last_days = {(row.terminated_on or row.ends_on, row.product) for row in contracts_of(access)}
    return {(day, product) for day, product in last_days if day >= GOLDEN}


def open_items(access: Access) -> list[Item]:
    """What the ledger says is still to pay."""
    items = each(schedule(access, GOLDEN, Filters(), size=10_000).rows, Item)
    return [item for item in items if item.state != "paid" and item.due_on >= A_YEAR_AGO]


def by_day(items: list[Item]) -> dict[tuple[date, str], int]:
    sums: dict[tuple[date, str], int] = defaultdict(int)
    for item in items:
        sums[item.due_on, item.contract] += item.balance_cents
    return sums


def fetched(browser: Browser, access: Access) -> Calendar:
    token = keys.new_token()
    actions.open_feed(access, token)
    return Calendar.from_ical(browser.fetch(f"/calendar/{token}.ics").content)


def titles(calendar: Calendar) -> list[tuple[date, str]]:
    return [(event.start, str(event["SUMMARY"])) for event in calendar.events]


def test_every_calendar_of_the_book_is_its_customers_ledger(browser: Browser) -> None:
    for access in people():
        days = [(day, title) for day, title in titles(fetched(browser, access)) if "€" in title]
        owed = by_day(open_items(access))
        assert len(days) == len(owed) > 0
        for (day, contract), cents in owed.items():
            ending = f" {contract} · {MONEY(cents)}"
            assert [title for on, title in days if on == day and title.endswith(ending)], (day, ending)


def test_every_running_contract_of_the_book_ends_in_its_calendar(browser: Browser) -> None:
    for access in people():
        ends = {(day, title.partition(" · ")[2]) for day, title in titles(fetched(browser, access)) if "€" not in title}
        assert ends == ends_of(access)


def test_no_calendar_of_the_book_has_a_word_on_another_customer(browser: Browser) -> None:
    everybody = people()
    for access in everybody:
        calendar, items = fetched(browser, access), open_items(access)
        others = {row.number for other in everybody if other != access for row in contracts_of(other)}
        assert others
        assert [number for number in others if number in calendar.to_ical().decode()] == []
        mine = {MONEY(cents) for cents in (*by_day(items).values(), *(item.balance_cents for item in items))}
        said = [*calendar.events, calendar]
        assert {amount for part in said for value in part.values() for amount in AMOUNT.findall(str(value))} == mine
