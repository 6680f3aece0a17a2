"""Local paths: which addresses anyone may ask for, and where a sign-in may lead back to."""

import re
from urllib.parse import quote

from starlette.types import Scope

HOME = "/"
LOGIN = "/login"
CODE = "/login/code"
RESEND = "/login/code/resend"
LOGOUT = "/logout"
CALENDAR = "/calendar/"

_SIGN_IN = frozenset({LOGIN, CODE, RESEND, LOGOUT})
_SERVICE = frozenset({"/healthz", "/readyz", "/metrics"})
_DEMO = frozenset({"/mailbox", "/mailbox.json", "/demo.json"})
_OPEN_FOLDERS = ("/static/", "/assets/", CALENDAR)
# The framework's own figures, which are for whoever runs the portal: nobody gets them by a customer's session.
CLOSED = frozenset({"/_stcore/metrics", "/_stcore/script-health-check"})
_NOT_PAGES = ("/_stcore/", "/media/", "/component/", "/static/", "/assets/", LOGIN + "/", LOGOUT)
_LONGEST = 2_000
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\#]|//|/\.\.?(/|$)")


def is_open(path: str) -> bool:
    """Whether a path is served without a session. `/metrics` asks for its token; production knows no demo paths."""
    if path.startswith(_OPEN_FOLDERS):
        return ".." not in path
    return path in _SIGN_IN | _SERVICE | _DEMO


def logged(path: str) -> str:
    """A path as the log may have it: that of a calendar is the key to it."""
    return f"{CALENDAR}***" if path.startswith(CALENDAR) else path


def local(target: str) -> str:
    """`target` if it is a path (and query) of this site that a visitor may be sent to, else the home page."""
    path, _, _query = target.partition("?")
    unsafe = not path.startswith("/") or _UNSAFE.search(path) or _UNSAFE.search(target.replace("//", "/"))
    if unsafe or len(target) > _LONGEST or path == LOGIN or path.startswith(_NOT_PAGES):
        return HOME
    return target


def asked(scope: Scope) -> str:
    """The path and query of a request as they were sent."""
    path = scope.get("raw_path") or quote(scope["path"]).encode()
    query = scope.get("query_string", b"")
    return (path.split(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")


def login_for(target: str) -> str:
    """The sign-in page that leads to `target` afterwards."""
    back = local(target)
    return LOGIN if back == HOME else f"{LOGIN}?next={quote(back, safe='')}"
