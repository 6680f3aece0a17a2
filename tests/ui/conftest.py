"""A customer with a ledger, signed in, in front of the pages as AppTest runs them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event, insert
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test

from core import db
from core.formats import Formats
from core.identity import rules
from core.identity.tables import WebSession
from core.kit import clock
from core.locale import translations
from core.ui import session
from core.ui.guard import View
from tests.people import SYSTEM, Person

ROOT = Path(__file__).parent.parent.parent
TOKEN = "anna-token"
TODAY = date(2024, 4, 5)

say = translations("it").gettext


@pytest.fixture
def anna(database: str) -> Person:
    """Anna, with a running contract of 30 due items and one that is over; April 2024."""
    clock.set_to("2024-04-05T12:00:00")
    person = Person("10093", "Anna")
    running = person.contract("91207")
    person.asset(running, "A1")
    for number in range(1, 31):
        _item(person, running, number)
    closed = person.contract("84963", product="*Beni* [x](http://evil.example)", ends_on=date(2024, 4, 4))
    invoice = person.invoice(closed, "900/2024", date(2024, 2, 1))
    person.item(closed, 1, date(2024, 3, 1), 40_000, invoice_id=invoice)
    return person


def _item(person: Person, contract_id: int, number: int) -> None:
    """Item 1 of 30: the first 24 paid, then one returned, one partly paid, the rest not yet due."""
    due_on = date(2022, 2, 28) + timedelta(days=30 * number)
    if due_on >= TODAY:
        person.item(contract_id, number, due_on, 10_000)
        return
    invoice = person.invoice(contract_id, f"{number}/2024", due_on - timedelta(days=10))
    item = person.item(contract_id, number, due_on, 10_000, invoice_id=invoice)
    payment = person.payment(due_on, 12_200, f"P{number}", [(item, 12_200)])
    if number == 24:
        person.payment(due_on, -12_200, "R24", [(item, -12_200)], reverses_id=payment, reason="AM04")
    if number == 25:
        person.payment(due_on, -12_200, "R25", [(item, -12_200)], reverses_id=payment, reason="AM04")
        person.payment(due_on, 5_000, "B25", [(item, 5_000)], method="BONIFICO")


def sign_in(person: Person, token: str = TOKEN) -> None:
    """Put a live session of somebody into the database."""
    now = clock.now()
    with db.transaction(SYSTEM) as connection:
        connection.execute(
            insert(WebSession).values(
                token_hash=rules.token_digest(token),
                account_id=person.account_id,
                lang="it-IT",
                created_at=now,
                seen_at=now,
                ends_at=now + timedelta(hours=8),
                address="127.0.0.1",
                browser="",
            )
        )


_STRICT = "runner.enforceSerializableSessionState"


def plain_view() -> View:
    """A view with the messages as they are written, and Italian formats."""
    return View(SYSTEM, TODAY, "it", Formats("it"), str, lambda one, many, n: one if n == 1 else many)


Opener = Callable[..., AppTest]


@pytest.fixture
def opened(anna: Person, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opener]:
    """Open a page of the portal as Anna, with filters in its address."""
    sign_in(anna)
    monkeypatch.setattr(session, "cookie", lambda: TOKEN)
    # As in the launcher: pages run only through Home.py. AppTest would reset this before every run.
    monkeypatch.setattr(PagesManager, "uses_pages_directory", False)
    monkeypatch.setattr(app_test, "PagesManager", partial(PagesManager))
    # AppTest itself keeps in the session's state what cannot be pickled.
    config.set_option(_STRICT, False)

    def open_page(key: str, **filters: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=20).run()
        app.switch_page(f"pages/{key}.py")
        app.query_params.update(filters)
        app.run()
        assert not app.exception, app.exception[0].stack_trace
        return app

    yield open_page
    config.set_option(_STRICT, True)


def address(app: AppTest) -> dict[str, str]:
    """The filters in the address after a run; AppTest gives back a list of what the page wrote."""
    return {key: value if isinstance(value, str) else value[0] for key, value in app.query_params.items()}


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements on the portal's tables that run meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if re.match(r"(SELECT|WITH|INSERT|UPDATE|DELETE)", statement) and "pg_catalog" not in statement:
            seen.append(statement)

    engine = db.database().engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
