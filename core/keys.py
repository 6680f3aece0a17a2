"""Keys derived from PORTAL_SECRET_KEY, one per purpose, what the previous secret closed can still be opened; tokens."""

import hashlib
import hmac
from functools import lru_cache
from secrets import token_urlsafe

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.settings import settings


def keys(purpose: str) -> tuple[bytes, ...]:
    """The 32-byte keys of a purpose: the current one, then that of the previous secret if there is one."""
    configured = settings()
    secrets = (configured.secret_key, configured.secret_key_previous)
    return tuple(_derived(secret, purpose) for secret in secrets if secret)


def digests(purpose: str, text: str) -> tuple[str, ...]:
    """HMAC-SHA256 of a text in hex under each key of the purpose, the current key first."""
    return tuple(hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in keys(purpose))


def digest(purpose: str, text: str) -> str:
    """HMAC-SHA256 of a text in hex under the current key of the purpose."""
    return digests(purpose, text)[0]


def new_token() -> str:
    """256 random bits as text: the value of a cookie, the secret part of an address."""
    return token_urlsafe(32)


@lru_cache(maxsize=64)
def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"portal/{purpose}".encode()).derive(secret.encode())
