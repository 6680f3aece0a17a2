"""Who is behind a session: the one place where the Access of a person is made."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from core import db
from core.access import Access, Role
from core.identity import rules
from core.identity.tables import Account, Customer, WebSession
from core.kit import clock
from core.settings import settings

_ACCESS = Access.system("session")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person: what they may do, and how they are shown. `customer_name` is empty for staff."""

    access: Access
    username: str
    name: str
    initials: str
    lang: str
    customer_name: str


_VISITOR = (
    select(
        WebSession.id,
        WebSession.lang,
        WebSession.seen_at,
        WebSession.ends_at,
        WebSession.address,
        Account.id.label("account_id"),
        Account.role,
        Account.customer_id,
        Account.username,
        Account.first_name,
        Account.last_name,
        Customer.name.label("customer_name"),
    )
    .join(Account, Account.id == WebSession.account_id)
    .outerjoin(Customer, Customer.id == Account.customer_id)
    .where(WebSession.revoked_at.is_(None), Account.disabled_at.is_(None), Account.deleted_at.is_(None))
)


def visitor(token: str, *, touch: bool) -> Visitor | None:
    """The person behind a session cookie's value, in one SELECT; None without a live session of a live account.

    `touch` renews the time of activity, written at most once a minute; without it the session is only looked at.
    """
    now = clock.now()
    with db.reading(_ACCESS) as connection:
        row = connection.execute(_VISITOR.where(WebSession.token_hash == rules.token_digest(token))).one_or_none()
    if row is None or not rules.session_lives(now, row.seen_at, row.ends_at, settings().session_idle):
        return None
    if touch and rules.needs_touch(now, row.seen_at):
        _touch(row.id, now)
    role = Role(row.role)
    name = rules.full_name(row.first_name, row.last_name, row.username)
    access = Access(
        role, row.customer_id, row.account_id, rules.grants(role), row.username, session_id=row.id, address=row.address
    )
    return Visitor(access, row.username, name, rules.initials(name), row.lang, row.customer_name or "")


def _touch(session_id: int, now: datetime) -> None:
    with db.transaction(_ACCESS) as connection:
        connection.execute(update(WebSession).where(WebSession.id == session_id).values(seen_at=now))


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
