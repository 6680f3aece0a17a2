"""Where a request comes from: state changes and websockets only from the portal's own pages, without form tokens."""

from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from core.settings import PORTS, loopback, settings

_HARMLESS = frozenset({"GET", "HEAD"})


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
    return settings().demo and given.scheme in PORTS and loopback(given.hostname or "")


def _site(address: SplitResult) -> tuple[str, str, int | None]:
    return address.scheme, address.hostname or "", address.port or PORTS.get(address.scheme)
