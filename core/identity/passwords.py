"""Password hashes: bcrypt by streamlit-authenticator's Hasher, on a pre-hash that leaves no byte of the password out.

bcrypt reads 72 bytes and stops at NUL, so what it gets is base64(SHA-256(NFC password)): 44 plain characters.
"""

import base64
import hashlib
from typing import TYPE_CHECKING

import bcrypt

from core.identity.rules import normal_password
from core.settings import settings

if TYPE_CHECKING:
    from streamlit_authenticator.utilities.hasher import Hasher

HASHER_ROUNDS = 12


def scheme() -> str:
    """The name of the way passwords are hashed now, kept beside each hash; another one there asks for a new hash."""
    return f"bcrypt-{settings().password_rounds}/sha256-b64"


def hashed(password: str) -> str:
    """The hash of a password under `scheme()`. Takes about 0.25 s of a processor at 12 rounds.

    Hasher knows one cost, 12. Another one (PORTAL_PASSWORD_ROUNDS: more as machines get faster, fewer in tests) makes
    the same kind of hash with the library Hasher wraps. Checking is Hasher's either way, as the hash says its cost.
    """
    rounds = settings().password_rounds
    if rounds == HASHER_ROUNDS:
        return str(_hasher().hash(_condensed(password)))
    return bcrypt.hashpw(_condensed(password).encode(), bcrypt.gensalt(rounds)).decode()


def matches(password: str, password_hash: str | None) -> bool:
    """Whether a password fits a hash. Without a usable hash the answer is no, after the same work."""
    hasher = _hasher()
    usable = password_hash is not None and hasher.is_hash(password_hash)
    right = hasher.check_pw(_condensed(password), password_hash if usable else _nobodys())
    return bool(right) and usable


def prepare() -> None:
    """Load what the first check would load, so that the first person to sign in does not wait for it."""
    _hasher()


def _condensed(password: str) -> str:
    digest = hashlib.sha256(normal_password(password).encode("utf-8", "surrogatepass")).digest()
    return base64.b64encode(digest).decode()


def _nobodys() -> str:
    """A well-formed hash at today's cost that no known password has."""
    return f"$2b${settings().password_rounds:02d}${'.' * 53}"


def _hasher() -> "type[Hasher]":
    """Hasher, imported at first use: its package imports Streamlit and looks for a script run, which costs a second."""
    from streamlit_authenticator.utilities.hasher import Hasher  # noqa: PLC0415 - as said above

    return Hasher  # type: ignore[no-any-return]  # the package has no types
