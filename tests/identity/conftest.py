"""Anna, a customer who signs in; a clock that moves when told; the browser she sits at; what all that left behind."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import event, func, insert, select

from core import db
from core.access import Access, Role
from core.audit import AuditLine
from core.identity import actions
from core.identity.flows import login
from core.identity.flows.login import SignedIn
from core.identity.tables import Customer
from core.kit import clock
from core.kit.errors import PortalError
from core.mail.frames import mailbox

PASSWORD = "correct horse battery"
MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
Passes = Callable[[float], datetime]


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Passes:
    """Let so many seconds pass; time stands still otherwise."""
    hands = [MORNING]
    monkeypatch.setattr(clock, "now", lambda: hands[0])

    def passed(seconds: float) -> datetime:
        hands[0] += timedelta(seconds=seconds)
        return hands[0]

    return passed


def account(system: Access, username: str = "10093", **changes: object) -> int:
    with db.transaction(system) as connection:
        row = {"code": username, "name": "Anna S.r.l.", "pec": "anna@pec.example", "address": "Via Roma 1"}
        connection.execute(insert(Customer).values(**row))
    values: dict = {
        "username": username,
        "customer_code": username,
        "role": Role.CUSTOMER,
        "email": f"anna.{username}@pec.example",
        "first_name": "Anna",
        "last_name": "Prova",
        "lang": "it-IT",
        "password": PASSWORD,
    }
    return actions.create_account(system, **values | changes)


@pytest.fixture
def anna(database: str, system: Access) -> int:
    """Anna's account, user name 10093; its id."""
    return account(system)


def last_code(system: Access) -> str:
    """The code of the newest mail: the first six digits of its text."""
    found = re.search(r"\b\d{6}\b", mailbox(system)[0].text)
    assert found
    return found[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@dataclass
class Browser:
    """A browser at some address, with what its cookies hold."""

    system: Access
    name: str = "browser"
    address: str = "192.0.2.1"
    device_token: str | None = None

    def begin(self, username: str = "10093", password: str = PASSWORD, lang: str = "it-IT") -> None:
        login.begin(
            username=username,
            password=password,
            browser_token=self.name,
            device_token=self.device_token,
            address=self.address,
            next_path="/invoices?state=overdue",
            lang=lang,
        )

    def confirm(self, code: str, replaces: str | None = None) -> SignedIn:
        return login.confirm(
            browser_token=self.name,
            code=code,
            address=self.address,
            browser="Firefox",
            device_token=self.device_token,
            replaces=replaces,
        )

    def sign_in(self, username: str = "10093", password: str = PASSWORD) -> SignedIn:
        self.begin(username, password)
        signed_in = self.confirm(last_code(self.system))
        self.device_token = signed_in.device_token
        return signed_in


@pytest.fixture
def laptop(system: Access) -> Browser:
    return Browser(system)


def restart() -> None:
    """What the process forgets when it ends; the database stays."""
    db.use(db.database().url.render_as_string(hide_password=False))


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent to the database inside."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement.split(maxsplit=1)[0].upper())

    event.listen(db.database().engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.database().engine, "before_cursor_execute", note)


def count(table: type[db.Base]) -> int:
    with db.reading(Access.system("test")) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def deeds() -> list[str]:
    with db.reading(Access.system("test")) as connection:
        return list(connection.execute(select(AuditLine.action).order_by(AuditLine.id)).scalars())


def everything() -> str:
    """All that the database holds, as text."""
    with db.reading(Access.system("test")) as connection:
        rows = [connection.execute(table.select()).all() for table in db.Base.metadata.sorted_tables]
    return repr(rows)


def at_once(deed: Callable[[], object], times: int = 20) -> Counter[str]:
    """The outcomes of a deed done many times at the same moment, by type name."""
    together = Barrier(times)

    def one(_: int) -> str:
        together.wait()
        try:
            return type(deed()).__name__
        except PortalError as error:
            return type(error).__name__

    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(one, range(times)))
