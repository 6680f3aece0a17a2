"""One-time codes: a challenge row holds a salted, peppered hash of the code and is bound to one browser."""

import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core import keys
from core.identity import rules
from core.identity.tables import Account, Challenge
from core.settings import settings

PEPPER = "one-time code"


@dataclass(frozen=True, slots=True)
class Open:
    """A challenge that still waits for its code, and whose it is; the last wrong code closes it."""

    id: int
    account_id: int
    username: str
    email: str
    salt: str
    code_hash: str
    next_path: str
    lang: str
    created_at: datetime
    ends_at: datetime
    attempts: int

    @property
    def attempts_left(self) -> int:
        """How many wrong codes end it."""
        return settings().code_attempts - self.attempts


_OPEN = (
    select(
        Challenge.id,
        Challenge.account_id,
        Account.username,
        Account.email,
        Challenge.salt,
        Challenge.code_hash,
        Challenge.next_path,
        Challenge.lang,
        Challenge.created_at,
        Challenge.ends_at,
        Challenge.attempts,
    )
    .join(Account, Account.id == Challenge.account_id)
    .where(Challenge.closed_at.is_(None), Account.disabled_at.is_(None), Account.deleted_at.is_(None))
    .order_by(Challenge.id.desc())
    .limit(1)
)


def find(connection: Connection, browser_token: str, now: datetime, *, lock: bool = False) -> Open | None:
    """The open challenge of a browser, if its code is not too old and its account is live; `lock` keeps others away."""
    newest = _OPEN.where(Challenge.browser_hash == rules.token_digest(browser_token), Challenge.ends_at > now)
    if lock:
        newest = newest.with_for_update(of=Challenge)
    row = connection.execute(newest).one_or_none()
    return None if row is None else Open(*row)


def start(
    connection: Connection, account_id: int, browser_token: str, *, next_path: str, lang: str, now: datetime
) -> tuple[Open, str]:
    """Open a challenge for a browser, in place of any it has; returns it with the code, which is stored nowhere."""
    browser_hash = rules.token_digest(browser_token)
    earlier = update(Challenge).where(Challenge.browser_hash == browser_hash, Challenge.closed_at.is_(None))
    connection.execute(earlier.values(closed_at=now))
    code = new_code(settings().code_digits)
    challenge_id = connection.execute(
        insert(Challenge)
        .values(
            account_id=account_id, browser_hash=browser_hash, next_path=next_path, lang=lang, **_secret_of(code, now)
        )
        .returning(Challenge.id)
    ).scalar_one()
    return Open(*connection.execute(_OPEN.where(Challenge.id == challenge_id)).one()), code


def renew(connection: Connection, challenge: Open, now: datetime) -> tuple[Open, str]:
    """Put a new code in place of the old one, which is void from now on; returns the challenge with the code."""
    code = new_code(settings().code_digits)
    values = _secret_of(code, now)
    connection.execute(update(Challenge).where(Challenge.id == challenge.id).values(**values))
    return replace(challenge, **values), code


def is_right(challenge: Open, code: str) -> bool:
    """Whether a code, typed with or without spaces, is the challenge's."""
    hashes = keys.digests(PEPPER, _salted(challenge.salt, "".join(code.split())))
    return any(hmac.compare_digest(one, challenge.code_hash) for one in hashes)


def miss(connection: Connection, challenge: Open, now: datetime) -> int:
    """Count a wrong code against a locked challenge and end it with the last one; returns the attempts left."""
    left = max(0, challenge.attempts_left - 1)
    connection.execute(
        update(Challenge)
        .where(Challenge.id == challenge.id)
        .values(attempts=Challenge.attempts + 1, closed_at=None if left else now)
    )
    return left


def close(connection: Connection, challenge: Open, now: datetime) -> bool:
    """End a challenge; False if somebody else already has, so that one code opens one session."""
    still_open = (Challenge.id == challenge.id, Challenge.closed_at.is_(None))
    return connection.execute(update(Challenge).where(*still_open).values(closed_at=now)).rowcount == 1


def new_code(digits: int) -> str:
    """A random code of so many digits, leading zeros kept."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def _secret_of(code: str, now: datetime) -> dict[str, Any]:
    salt = secrets.token_hex(16)
    return {
        "salt": salt,
        "code_hash": keys.digest(PEPPER, _salted(salt, code)),
        "created_at": now,
        "ends_at": now + timedelta(seconds=settings().code_life),
        "attempts": 0,
    }


def _salted(salt: str, code: str) -> str:
    return f"{salt}:{code.encode('utf-8', 'replace').decode()}"
