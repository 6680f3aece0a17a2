"""The names and flags of the portal's cookies: `__Host-` and Secure on https, plain names on a loopback demo."""

from dataclasses import dataclass

from core.settings import Settings

YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class CookieNames:
    """The cookies of an installation: the session, the browser before it has one, the known device, the language."""

    session: str
    before: str
    device: str
    lang: str


def names(settings: Settings) -> CookieNames:
    """The cookie names of this installation; browsers accept `__Host-` only with Secure, so only on https."""
    prefix = "__Host-" if settings.https else ""
    return CookieNames(f"{prefix}sid", f"{prefix}pre", f"{prefix}device", "lang")
