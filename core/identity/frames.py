"""Who is behind a session or a calendar's address: the one place where the Access of a person is made."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from core import db
from core.access import Access, Role
from core.identity import rules
from core.identity.tables import ADDRESS_LENGTH, Account, CalendarFeed, Customer, WebSession
from core.kit import clock
from core.kit.errors import Busy, NoSpace
from core.settings import settings

_ACCESS = Access.system("session")
# The next touch makes up for one that was left out, so nobody waits long for it.
_TOUCH_WAIT_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person, signed in or at their calendar: what they may do, and how they are shown.

    `customer_name` is empty for staff.
    """

    access: Access
    username: str
    name: str
    initials: str
    lang: str
    customer_name: str


_PERSON = (
    Account.id.label("account_id"),
    Account.role,
    Account.customer_id,
    Account.username,
    Account.first_name,
    Account.last_name,
    Customer.name.label("customer_name"),
)
_LIVE = (Account.disabled_at.is_(None), Account.deleted_at.is_(None))
_VISITOR = (
    select(
        WebSession.id,
        WebSession.lang,
        WebSession.created_at,
        WebSession.seen_at,
        WebSession.ends_at,
        WebSession.address,
        *_PERSON,
    )
    .join(Account, Account.id == WebSession.account_id)
    .outerjoin(Customer, Customer.id == Account.customer_id)
    .where(WebSession.token_hash == bindparam("token_hash"))
    .where(WebSession.revoked_at.is_(None), *_LIVE)
)
_SUBSCRIBER = (
    select(Account.lang, *_PERSON)
    .join(CalendarFeed, CalendarFeed.account_id == Account.id)
    .outerjoin(Customer, Customer.id == Account.customer_id)
    .where(CalendarFeed.token_hash == bindparam("token_hash"), CalendarFeed.revoked_at.is_(None), *_LIVE)
)


def visitor(token: str, *, touch: bool, address: str | None = None) -> Visitor | None:
    """The person behind a session cookie's value, in one SELECT; None without a live session of a live account.

    `touch` renews the time of activity, written at most once a minute and not while the database is busy or full;
    without it the session is only looked at. `address` is where the person is now; the address of the sign-in if it is
    not known.
    """
    now = clock.now()
    with db.reading(_ACCESS) as connection:
        row = connection.execute(_VISITOR, {"token_hash": rules.token_digest(token)}).one_or_none()
    if row is None or not _lives(row, now):
        return None
    if touch and rules.needs_touch(now, row.seen_at, settings().session_idle):
        _touch(row.id, now)
    return _person(row, row.address if address is None else address, session_id=row.id)


def subscriber(token: str, *, address: str) -> Visitor | None:
    """The person whose calendar has an address with this token, in their own language and with their own grants.

    None without a live address of a live account. One SELECT; `address` is where the calendar program is.
    """
    with db.reading(_ACCESS) as connection:
        row = connection.execute(_SUBSCRIBER, {"token_hash": rules.token_digest(token)}).one_or_none()
    return None if row is None else _person(row, address)


def _person(row: Row[*tuple[Any, ...]], address: str, session_id: int | None = None) -> Visitor:
    role = Role(row.role)
    name = rules.full_name(row.first_name, row.last_name, row.username)
    access = Access(
        role,
        row.customer_id,
        row.account_id,
        rules.grants(role),
        row.username,
        session_id=session_id,
        address=rules.printable(address, ADDRESS_LENGTH),
    )
    return Visitor(access, row.username, name, rules.initials(name), row.lang, row.customer_name or "")


def _lives(row: Row[*tuple[Any, ...]], now: datetime) -> bool:
    return rules.session_lives(
        now,
        created_at=row.created_at,
        seen_at=row.seen_at,
        ends_at=row.ends_at,
        idle_seconds=settings().session_idle,
    )


def _touch(session_id: int, now: datetime) -> None:
    with suppress(Busy, NoSpace), db.transaction(_ACCESS, wait=_TOUCH_WAIT_SECONDS) as connection:
        connection.execute(update(WebSession).where(WebSession.id == session_id).values(seen_at=now))


@dataclass(frozen=True, slots=True)
class Feed:
    """The private address of an account's calendar: since when there is one (UTC), and the digest of its token."""

    created_at: datetime
    token_hash: str = field(repr=False)

    def opened_with(self, token: str) -> bool:
        """Whether this token is the one in the address."""
        return rules.token_digest(token) == self.token_hash


def feed(access: Access) -> Feed | None:
    """The live address of the account's calendar; None without one. Source: calendar_feed."""
    live = (CalendarFeed.account_id == access.account_id, CalendarFeed.revoked_at.is_(None))
    with db.reading(access) as connection:
        row = connection.execute(select(CalendarFeed.created_at, CalendarFeed.token_hash).where(*live)).one_or_none()
    return None if row is None else Feed(*row)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account as the command line lists it; `customer_code` is empty for staff."""

    username: str
    role: str
    customer_code: str
    name: str
    email: str
    lang: str
    disabled: bool


def accounts(access: Access) -> list[AccountLine]:
    """Every account that has not been deleted, by user name. For the system only. Source: account, customer."""
    access.require_system()
    columns = (Account.role, Account.email, Account.lang, Account.username, Account.first_name, Account.last_name)
    statement = (
        select(*columns, Account.disabled_at, Customer.code.label("customer_code"))
        .outerjoin(Customer, Customer.id == Account.customer_id)
        .where(Account.deleted_at.is_(None))
        .order_by(Account.username)
    )
    with db.reading(access) as connection:
        return [
            AccountLine(
                row.username,
                row.role,
                row.customer_code or "",
                rules.full_name(row.first_name, row.last_name, row.username),
                row.email,
                row.lang,
                row.disabled_at is not None,
            )
            for row in connection.execute(statement)
        ]
