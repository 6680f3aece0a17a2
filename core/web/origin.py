"""Where a request comes from: state changes and websockets only from the portal's own pages, without form tokens."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from core.settings import settings

_HARMLESS = frozenset({"GET", "HEAD"})
_PORTS = {"http": 80, "https": 443}


def trusted(scope: Scope) -> bool:
    """Whether a request may be served, judged by where its page came from.

    Reads always may. Anything else, and every websocket, needs an `Origin` that is the portal's, or
    (no browser leaves both out) no `Origin` and `Sec-Fetch-Site: same-origin`.
    """
    if scope["type"] == "http" and scope["method"] in _HARMLESS:
        return True
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site") == "same-origin"
    return _ours(origin)


def _ours(origin: str) -> bool:
    try:
        given, public = urlsplit(origin), urlsplit(settings().public_url)
        if "@" in given.netloc:
            return False
        if _site(given) == _site(public):
            return True
    except ValueError:
        return False
    return settings().demo and given.scheme in _PORTS and _loopback(given.hostname or "")


def _site(address: SplitResult) -> tuple[str, str, int | None]:
    return address.scheme, address.hostname or "", address.port or _PORTS.get(address.scheme)


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
