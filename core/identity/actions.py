"""What is done to accounts, sessions and calendars: make an account, set its password and language, sign out."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update

from core import audit, db, limits
from core.access import Access, Role
from core.identity import attempts, passwords, rules
from core.identity.tables import Account, CalendarFeed, Challenge, Customer, WebSession
from core.kit import clock
from core.kit.errors import N_, NotFound, PortalError, SessionEnded
from core.mail.addresses import one_address

_WITH_CUSTOMER = (Role.CUSTOMER,)
_STAFF = (Role.DESK, Role.ANALYST, Role.ADMIN)
SESSIONS_KEPT = timedelta(days=30)
CHALLENGES_KEPT = timedelta(days=1)


class NameTaken(PortalError):
    """There is an account with this user name, or was one."""

    message = N_("The user name %(username)s is taken.")


def create_account(
    access: Access,
    *,
    username: str,
    customer_code: str | None,
    role: Role,
    email: str,
    first_name: str,
    last_name: str,
    lang: str,
    password: str,
) -> int:
    """Make an account that can sign in; returns its id. For the system only.

    A customer's account names its customer's code, a staff account none. Raises NameTaken, or PortalError with a clear
    message for a user name, address, password, role or customer that cannot be.
    """
    access.require_system()
    values = {
        "username": rules.require_username(username),
        "role": _role(role, customer_code),
        "email": one_address(email),
        "first_name": first_name.strip() or None,
        "last_name": last_name.strip() or None,
        "lang": rules.language(lang),
        "password_hash": passwords.hashed(rules.require_password(password)),
        "password_scheme": passwords.scheme(),
    }
    with db.transaction(access) as connection:
        if not db.insert_new(connection, Account, customer_id=_customer_id(connection, customer_code), **values):
            raise NameTaken(username=values["username"])
        account_id, _ = _account(connection, str(values["username"]))
        audit.write(connection, access, "account_created", "account", account_id, role=values["role"])
    return account_id


def set_password(access: Access, username: str, password: str) -> None:
    """Give an account a new password; its sessions and open codes end, its failures are forgotten. For the system only.

    Raises NotFound for an unknown user name, PortalError for a password that cannot be.
    """
    access.require_system()
    password_hash = passwords.hashed(rules.require_password(password))
    now = clock.now()
    with db.transaction(access) as connection:
        account_id, name = _account(connection, username)
        connection.execute(
            update(Account)
            .where(Account.id == account_id)
            .values(password_hash=password_hash, password_scheme=passwords.scheme())
        )
        _end_sessions(connection, account_id, now)
        limits.forget(connection, [attempts.of_account(name)])
        audit.write(connection, access, "password_set", "account", account_id)


def set_language(access: Access, username: str, lang: str) -> None:
    """Set the language of an account, and of the session that asks. For the account itself and the system.

    Raises NotFound for an unknown user name and for somebody else's.
    """
    tag = rules.language(lang)
    with db.transaction(access) as connection:
        account_id, _ = _account(connection, username)
        if access.role is not Role.SYSTEM and access.account_id != account_id:
            raise NotFound
        connection.execute(update(Account).where(Account.id == account_id).values(lang=tag))
        connection.execute(update(WebSession).where(WebSession.id == access.session_id).values(lang=tag))
        audit.write(connection, access, "language_set", "account", account_id, lang=tag)


def sign_out(access: Access) -> None:
    """End the session that asks; once ended, asking again does nothing. Raises SessionEnded without a session."""
    if access.session_id is None:
        raise SessionEnded
    live = (WebSession.id == access.session_id, WebSession.revoked_at.is_(None))
    with db.transaction(access) as connection:
        if connection.execute(update(WebSession).where(*live).values(revoked_at=clock.now())).rowcount:
            audit.write(connection, access, "sign_out", "web_session", access.session_id)


def open_feed(access: Access, token: str) -> None:
    """Give the account's calendar a private address, which ends with this token; the one before is dead from now on.

    The token (`keys.new_token`) is made with the form: one that is sent twice does the deed once. Only its digest is
    kept. Raises NotFound without a live account.
    """
    now, digest = clock.now(), rules.token_digest(token)
    with db.transaction(access) as connection:
        account_id = _own_account(connection, access)
        if connection.execute(select(CalendarFeed.id).where(CalendarFeed.token_hash == digest)).first() is None:
            replaced = _revoke_feed(connection, account_id, now)
            new = {"account_id": account_id, "token_hash": digest, "created_at": now}
            connection.execute(insert(CalendarFeed).values(new))
            audit.write(connection, access, "calendar_opened", "account", account_id, replaced=replaced)


def revoke_feed(access: Access) -> None:
    """End the private address of the account's calendar, if it has one. Raises NotFound without a live account."""
    with db.transaction(access) as connection:
        account_id = _own_account(connection, access)
        if _revoke_feed(connection, account_id, clock.now()):
            audit.write(connection, access, "calendar_revoked", "account", account_id)


def note_feed_read(access: Access) -> None:
    """Note in the audit trail that the calendar of the account has been handed out."""
    with db.transaction(access) as connection:
        audit.write(connection, access, "calendar_read", "account", access.account_id)


def purge(access: Access, now: datetime) -> int:
    """Delete sessions that ended SESSIONS_KEPT ago and challenges that ended CHALLENGES_KEPT ago; returns how many.

    For the system only. The audit trail keeps what was done in them.
    """
    access.require_system()
    ended = or_(WebSession.ends_at < now - SESSIONS_KEPT, WebSession.revoked_at < now - SESSIONS_KEPT)
    with db.transaction(access) as connection:
        sessions = connection.execute(delete(WebSession).where(ended)).rowcount
        challenges = connection.execute(delete(Challenge).where(Challenge.ends_at < now - CHALLENGES_KEPT)).rowcount
    return sessions + challenges


def _role(role: Role, customer_code: str | None) -> str:
    allowed = _STAFF if customer_code is None else _WITH_CUSTOMER
    if role not in allowed:
        raise PortalError(N_("A customer's account names its customer, a staff account names none."))
    return role.value


def _customer_id(connection: Connection, code: str | None) -> int | None:
    if code is None:
        return None
    customer_id = connection.execute(select(Customer.id).where(Customer.code == code)).scalar_one_or_none()
    if customer_id is None:
        raise PortalError(N_("There is no customer with code %(code)s."), code=code)
    return customer_id


def _account(connection: Connection, username: str) -> tuple[int, str]:
    """Id and folded user name of an account that has not been deleted."""
    name = rules.fold_username(username)
    known = select(Account.id).where(Account.username == name, Account.deleted_at.is_(None))
    account_id = connection.execute(known).scalar_one_or_none()
    if account_id is None:
        raise NotFound
    return account_id, name


def _own_account(connection: Connection, access: Access) -> int:
    """The id of the account that asks, its row locked: of two of its deeds at once, one comes after the other."""
    live = (Account.id == access.account_id, Account.disabled_at.is_(None), Account.deleted_at.is_(None))
    account_id = connection.execute(select(Account.id).where(*live).with_for_update()).scalar_one_or_none()
    if account_id is None:
        raise NotFound
    return account_id


def _revoke_feed(connection: Connection, account_id: int, now: datetime) -> bool:
    """End the live address of the account's calendar; whether there was one."""
    live = (CalendarFeed.account_id == account_id, CalendarFeed.revoked_at.is_(None))
    return connection.execute(update(CalendarFeed).where(*live).values(revoked_at=now)).rowcount > 0


def _end_sessions(connection: Connection, account_id: int, now: datetime) -> None:
    """Challenges first, as a sign-in takes its own first: one under way ends before its session is looked for."""
    for table, ended in ((Challenge, "closed_at"), (WebSession, "revoked_at")):
        column = table.__table__.c[ended]
        connection.execute(update(table).where(table.account_id == account_id, column.is_(None)).values({ended: now}))
