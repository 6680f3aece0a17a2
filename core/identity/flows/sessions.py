"""Starting a session: the rows of a signed-in browser and of the device it may be known by from now on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from core import keys
from core.identity import rules
from core.identity.tables import ADDRESS_LENGTH, BROWSER_LENGTH, KnownDevice, WebSession
from core.settings import settings


@dataclass(frozen=True, slots=True)
class Client:
    """What a browser brings: address, own description, device cookie, and the session cookie it still has."""

    address: str
    browser: str
    device_token: str | None = None
    session_token: str | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """A new session and the values of its two cookies, which are stored nowhere."""

    session_id: int
    token: str
    device_token: str


def start(connection: Connection, account_id: int, lang: str, client: Client, now: datetime) -> Started:
    """Start a session under a new cookie and end the one the browser had; the device is known from now on."""
    if client.session_token is not None:
        _end(connection, client.session_token, now)
    token = keys.new_token()
    session_id = connection.execute(
        insert(WebSession)
        .values(
            token_hash=rules.token_digest(token),
            account_id=account_id,
            lang=lang,
            created_at=now,
            seen_at=now,
            ends_at=now + timedelta(seconds=settings().session_absolute),
            address=rules.printable(client.address, ADDRESS_LENGTH),
            browser=rules.printable(client.browser, BROWSER_LENGTH),
        )
        .returning(WebSession.id)
    ).scalar_one()
    return Started(session_id, token, _known_device(connection, account_id, client.device_token, now))


def knows(connection: Connection, account_id: int, device_token: str) -> bool:
    """Whether an account has signed in on the device of a cookie before."""
    same = (KnownDevice.account_id == account_id, KnownDevice.token_hash == rules.token_digest(device_token))
    return connection.execute(select(KnownDevice.id).where(*same)).first() is not None


def _end(connection: Connection, token: str, now: datetime) -> None:
    live = (WebSession.token_hash == rules.token_digest(token), WebSession.revoked_at.is_(None))
    connection.execute(update(WebSession).where(*live).values(revoked_at=now))


def _known_device(connection: Connection, account_id: int, token: str | None, now: datetime) -> str:
    """The device cookie the browser brought if the account knows it, else a new one that it knows."""
    if token is not None and knows(connection, account_id, token):
        return token
    fresh = keys.new_token()
    connection.execute(
        insert(KnownDevice).values(account_id=account_id, token_hash=rules.token_digest(fresh), created_at=now)
    )
    return fresh
