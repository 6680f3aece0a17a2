"""The browser session behind a script run: who is looking, and the way out when nobody is.

Nothing here trusts `st.session_state` for identity: it keeps only a digest of the cookie, to notice another login.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NoReturn
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.cookies import names
from core.identity import frames
from core.identity.frames import Visitor
from core.kit.errors import SessionEnded
from core.locale import DEFAULT
from core.settings import settings

DIGEST = "session_digest"
LANG = "lang"
_visitor: ContextVar[Visitor] = ContextVar("visitor")


def cookie() -> str | None:
    """The session cookie the browser opened its connection with: the one place the ui reads it."""
    return st.context.cookies.get(names(settings()).session)


def look(*, touch: bool) -> Visitor | None:
    """Who is behind this browser, read from the database now; `touch` renews the activity time."""
    token = cookie()
    if token is None:
        return None
    visitor = frames.visitor(token, touch=touch)
    if visitor is not None:
        _refuse_another_login(token)
        st.session_state[LANG] = visitor.lang
    return visitor


def visitor(*, touch: bool = True) -> Visitor:
    """The visitor of this run: read once per full run, and again by each later fragment or dialog.

    Without a live session the browser is sent to the sign-in page and the script stops here.
    """
    known = _visitor.get(None)
    return known or look(touch=touch) or leave()


@contextmanager
def run_of(someone: Visitor) -> Iterator[None]:
    """Let everything drawn inside know its visitor without asking the database again."""
    token = _visitor.set(someone)
    try:
        yield
    finally:
        _visitor.reset(token)


def leave() -> NoReturn:
    """Send the browser to the sign-in page, which comes back here, and stop the script."""
    redirect(sign_in())
    st.stop()
    raise SessionEnded  # where there is no script to stop, nothing may go on either


def sign_in() -> str:
    """The address of the sign-in page that comes back to this page."""
    return f"/login?next={quote(address(), safe='')}"


def language() -> str:
    """The language of the last visitor of this browser tab, for what has to be said without one."""
    return str(st.session_state.get(LANG, DEFAULT))


def address() -> str:
    """The local path of the page in the browser, with its filters."""
    path = urlsplit(st.context.url or "/").path or "/"
    query = urlencode(st.query_params.to_dict())
    return f"{path}?{query}" if query else path


def redirect(url: str) -> None:
    """Let the browser load another address of this site (private API of Streamlit, pinned and tested)."""
    context = get_script_run_ctx()
    if context is not None:
        message = ForwardMsg()
        message.auth_redirect.url = url
        context.enqueue(message)


def _refuse_another_login(token: str) -> None:
    """A connection that was opened under another cookie keeps nothing of it: its state goes, the page reloads."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    if st.session_state.setdefault(DIGEST, digest) != digest:
        st.session_state.clear()
        redirect(address())
        st.stop()
