"""Signing in: password, mailed code, session. Nothing here tells a known user name from an unknown one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn

from sqlalchemy import Connection, and_, select, update

from core import audit, db, keys, limits
from core.access import Access
from core.identity import attempts, passwords, rules
from core.identity.flows import challenges, sessions
from core.identity.flows.challenges import Open
from core.identity.tables import ADDRESS_LENGTH, Account, KnownDevice
from core.kit import clock
from core.kit.errors import CodeEnded, PortalError, TooMany, TooSoon, WrongCode, WrongCredentials
from core.limits import Bucket
from core.mail import outbox
from core.mail.letters import letter
from core.settings import settings


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that waits for its code. Instants are UTC."""

    masked_email: str
    sent_at: datetime
    ends_at: datetime
    attempts_left: int
    resend_at: datetime
    next_path: str
    lang: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The cookies' values of a browser that has signed in, and where it goes."""

    token: str
    device_token: str
    next_path: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The live account of a user name; `device_id` is set where the browser is known to it."""

    id: int
    email: str
    password_hash: str
    password_scheme: str
    lang: str
    device_id: int | None


def begin(
    *,
    username: str,
    password: str,
    browser_token: str,
    device_token: str | None,
    address: str,
    next_path: str,
    lang: str,
) -> None:
    """Check a password and mail a code to its owner, for this browser alone; earlier codes of the browser are void.

    An empty `lang` stands for the account's own. Raises WrongCredentials, or TooMany before the password is even
    looked at. An unknown, disabled or deleted account takes the same way, the same work included.
    """
    name = rules.fold_username(username)
    account = _candidate(name, device_token)
    buckets = attempts.of_sign_in(name, address, device_token if account and account.device_id else None)
    visit = _visit(address, account.id if account else None)
    _reserve(visit, buckets, name)
    if not passwords.matches(password, account.password_hash if account else None) or account is None:
        _refuse(visit, name)
    rehashed = passwords.hashed(password) if account.password_scheme != passwords.scheme() else None
    with db.transaction(visit) as connection:
        limits.give_back(connection, buckets, clock.now())
        _keep_rehashed(connection, account, rehashed)
        _ask_for_code(connection, visit, account, browser_token, next_path, rules.language(lang or account.lang))
    outbox.announce()


def pending(browser_token: str) -> Pending | None:
    """What waits for a code in this browser; None if sign-in has to start again."""
    with db.reading(_visit("")) as connection:
        challenge = challenges.find(connection, browser_token, clock.now())
    return _pending(challenge) if challenge else None


def resend(browser_token: str, *, address: str) -> Pending:
    """Mail a new code, which voids the old one. Raises CodeEnded, TooSoon, TooMany."""
    now = clock.now()
    with db.transaction(_visit(address)) as connection:
        challenge = challenges.find(connection, browser_token, now, lock=True)
        outcome = _resent(connection, challenge, address, now) if challenge else CodeEnded()
    if isinstance(outcome, PortalError):
        raise outcome
    outbox.announce()
    return outcome


def confirm(
    *,
    browser_token: str,
    code: str,
    address: str,
    browser: str,
    device_token: str | None = None,
    replaces: str | None = None,
) -> SignedIn:
    """Open a session for the right code; of many at once, one. Raises WrongCode, CodeEnded, TooMany.

    `device_token` is the device cookie the browser already has, `replaces` a session cookie it still has, which ends.
    """
    now = clock.now()
    client = sessions.Client(address, browser, device_token, replaces)
    with db.transaction(_visit(address)) as connection:
        challenge = challenges.find(connection, browser_token, now, lock=True)
        outcome = _confirmed(connection, challenge, code, client, now) if challenge else CodeEnded()
    if isinstance(outcome, PortalError):
        raise outcome
    return outcome


def _resent(connection: Connection, challenge: Open, address: str, now: datetime) -> Pending | PortalError:
    visit = _visit(address, challenge.account_id, challenge.username)
    gap = settings().code_resend_after
    early = min(gap, math.ceil((_resend_at(challenge) - now).total_seconds()))
    if early > 0:
        return TooSoon(early)
    wait = limits.reserve(connection, [attempts.of_resends(challenge.account_id)], now)
    if wait:
        return TooMany(wait)
    renewed, code = challenges.renew(connection, challenge, now)
    _mail(connection, challenge.email, renewed, code)
    audit.write(connection, visit, "code_resent", "challenge", challenge.id)
    return _pending(renewed)


def _confirmed(
    connection: Connection, challenge: Open, code: str, client: sessions.Client, now: datetime
) -> SignedIn | PortalError:
    """What a code does to a locked challenge. Errors are returned, not raised: what they count has to be committed."""
    visit = _visit(client.address, challenge.account_id, challenge.username)
    device = client.device_token
    known = device if device and sessions.knows(connection, challenge.account_id, device) else None
    guesses = [attempts.of_codes(challenge.account_id, known)]
    wait = limits.reserve(connection, guesses, now)
    if wait:
        audit.write(connection, visit, "code_limited", "challenge", challenge.id)
        return TooMany(wait)
    if not challenges.is_right(challenge, code):
        left = challenges.miss(connection, challenge, now)
        audit.write(connection, visit, "code_refused", "challenge", challenge.id, left=left)
        return WrongCode(left=left) if left else CodeEnded()
    if not challenges.close(connection, challenge, now):
        return CodeEnded()
    limits.forget(connection, guesses)
    started = sessions.start(connection, challenge.account_id, challenge.lang, client, now)
    audit.write(connection, visit, "sign_in", "web_session", started.session_id)
    return SignedIn(started.token, started.device_token, challenge.next_path)


def _visit(address: str, account_id: int | None = None, username: str | None = None) -> Access:
    """Under which name a deed without a session stands in the audit trail; it opens nothing."""
    system = Access.system("sign_in")
    known = rules.printable(address, ADDRESS_LENGTH)
    return replace(system, account_id=account_id, actor=username or system.actor, address=known)


def _candidate(name: str, device_token: str | None) -> _Candidate | None:
    device = rules.token_digest(device_token or "")
    live = (
        select(
            Account.id,
            Account.email,
            Account.password_hash,
            Account.password_scheme,
            Account.lang,
            KnownDevice.id,
        )
        .outerjoin(KnownDevice, and_(KnownDevice.account_id == Account.id, KnownDevice.token_hash == device))
        .where(Account.username == name, Account.disabled_at.is_(None), Account.deleted_at.is_(None))
    )
    with db.reading(_visit("")) as connection:
        row = connection.execute(live).one_or_none()
    return None if row is None else _Candidate(*row)


def _reserve(visit: Access, buckets: Sequence[Bucket], name: str) -> None:
    with db.transaction(visit) as connection:
        wait = limits.reserve(connection, buckets, clock.now())
        if wait:
            audit.write(connection, visit, "sign_in_limited", "username", _nickname(name))
    if wait:
        raise TooMany(wait)


def _refuse(visit: Access, name: str) -> NoReturn:
    with db.transaction(visit) as connection:
        audit.write(connection, visit, "sign_in_refused", "username", _nickname(name))
    raise WrongCredentials


def _nickname(name: str) -> str:
    """What the audit trail calls a typed user name, which may be a mistyped password."""
    return keys.digest("audit", name)[:32]


def _ask_for_code(
    connection: Connection, visit: Access, account: _Candidate, browser_token: str, next_path: str, lang: str
) -> None:
    challenge, code = challenges.start(
        connection, account.id, browser_token, next_path=next_path, lang=lang, now=clock.now()
    )
    _mail(connection, account.email, challenge, code)
    audit.write(connection, visit, "code_sent", "challenge", challenge.id)


def _keep_rehashed(connection: Connection, account: _Candidate, rehashed: str | None) -> None:
    """Keep the hash made under today's scheme, unless the password has been changed meanwhile."""
    if rehashed is not None:
        connection.execute(
            update(Account)
            .where(Account.id == account.id, Account.password_hash == account.password_hash)
            .values(password_hash=rehashed, password_scheme=passwords.scheme())
        )


def _mail(connection: Connection, recipient: str, challenge: Open, code: str) -> None:
    minutes = math.ceil(settings().code_life / 60)
    subject, body = letter("sign_in_code", challenge.lang, code=code, minutes=minutes)
    outbox.enqueue(
        connection, recipient=recipient, subject=subject, body=body, secret=True, expires_at=challenge.ends_at
    )


def _resend_at(challenge: Open) -> datetime:
    return challenge.created_at + timedelta(seconds=settings().code_resend_after)


def _pending(challenge: Open) -> Pending:
    return Pending(
        masked_email=rules.masked_email(challenge.email),
        sent_at=challenge.created_at,
        ends_at=challenge.ends_at,
        attempts_left=challenge.attempts_left,
        resend_at=_resend_at(challenge),
        next_path=challenge.next_path,
        lang=challenge.lang,
    )
