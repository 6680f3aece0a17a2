"""Rules of accounts, passwords, sessions and devices: pure functions of their arguments."""

import hashlib
import ipaddress
import re
import unicodedata
from datetime import datetime, timedelta

from core.access import Grant, Role
from core.kit.errors import N_, PortalError
from core.locale import TAGS, short

PASSWORD_SHORTEST = 12
PASSWORD_LONGEST = 128
TOUCH_EVERY = timedelta(seconds=60)
CLOCKS_DIFFER = timedelta(minutes=5)
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,39}")


def fold_username(text: str) -> str:
    """The one spelling under which a user name is stored and looked up: NFKC, case folded, no surrounding spaces.

    What no database takes (NUL, lone surrogates) becomes a question mark, so it matches nobody.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()
    return folded.replace("\0", "?").encode("utf-8", "replace").decode()


def require_username(text: str) -> str:
    """The folded user name of a new account. Raises PortalError unless it is 2-40 plain letters, digits and `._@+-`."""
    folded = fold_username(text)
    if not _USERNAME.fullmatch(folded):
        raise PortalError(N_("A user name has 2 to 40 letters without accents, digits or the signs . _ @ + -"))
    return folded


def normal_password(text: str) -> str:
    """The password as it is hashed: NFC, otherwise verbatim, spaces included."""
    return unicodedata.normalize("NFC", text)


def require_password(text: str) -> str:
    """The normal form of a new password. Raises PortalError saying which length is allowed."""
    password = normal_password(text)
    if len(password) < PASSWORD_SHORTEST:
        raise PortalError(N_("The password needs at least %(least)s characters."), least=PASSWORD_SHORTEST)
    if len(password) > PASSWORD_LONGEST:
        raise PortalError(N_("The password may have at most %(most)s characters."), most=PASSWORD_LONGEST)
    return password


def language(tag: str) -> str:
    """The BCP-47 tag the portal speaks for a wished one: `en-US` → `en-GB`; Italian for a language it does not have."""
    return TAGS[short(tag)]


def token_digest(token: str) -> str:
    """SHA-256 in hex: what the database keeps of a cookie's value."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def network(address: str) -> str:
    """What an address limit counts: an IPv4 address, the /64 network of an IPv6 one, the text itself otherwise."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((int(parsed), 64), strict=False))


def printable(text: str, length: int) -> str:
    """A text from outside, fit for a line of the database: control characters out, cut to `length`."""
    return "".join(sign for sign in text if sign.isprintable())[:length]


def masked_email(address: str) -> str:
    """An address that its owner recognises and nobody else learns: `m•••@pec.example`."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}•••@{domain}"


def full_name(first_name: str | None, last_name: str | None, username: str) -> str:
    """How a person is addressed; the user name where no name is known."""
    return " ".join(filter(None, (first_name, last_name))) or username


def initials(name: str) -> str:
    """Two letters for a badge: first and last word of a name."""
    words = name.split()
    return "".join(word[0] for word in (words if len(words) < 2 else (words[0], words[-1]))).upper()  # noqa: PLR2004 - two letters


def grants(role: Role) -> frozenset[Grant]:
    """What a role may do: a customer everything of its own; nobody else anything until it is granted."""
    return frozenset(Grant) if role is Role.CUSTOMER else frozenset()


def session_lives(
    now: datetime, *, created_at: datetime, seen_at: datetime, ends_at: datetime, idle_seconds: int
) -> bool:
    """Whether a session is neither too long idle nor past its end.

    A clock that was set back makes nothing idle, but before its beginning no session lives: it would outlive its end.
    """
    return created_at - CLOCKS_DIFFER <= now < ends_at and now - seen_at < timedelta(seconds=idle_seconds)


def needs_touch(now: datetime, seen_at: datetime, idle_seconds: int) -> bool:
    """Whether the activity time is worth writing again; also when it lies ahead of a clock that was set back.

    At most once a minute, and often enough for a session that may be idle for less than some minutes.
    """
    return abs(now - seen_at) >= min(TOUCH_EVERY, timedelta(seconds=idle_seconds) / 4)
