"""The private address under which a calendar program reads the due dates: shown once, replaced or revoked here."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import keys
from core.identity import actions, frames
from core.identity.frames import Feed
from core.kit.dates import ROME
from core.settings import settings
from core.ui import guard
from core.ui.guard import View

# The token of the address to be made, drawn with the form: what is sent twice is done once.
_TOKEN = "calendar_token"  # noqa: S105 - the name under which a tab keeps it
_USED = "calendar_token_used"


def way(view: View) -> None:
    """The button to the dialog."""
    if st.button(view._("Calendar of due dates"), icon=":material/calendar_month:", type="tertiary", key="calendar"):
        st.session_state[_TOKEN] = keys.new_token()
        st.session_state.pop(_USED, None)
        guard.dialog(view._("Calendar of due dates"), _dialog)


def _dialog(view: View) -> None:
    """What there is and what can be done; the address only while it is the one that this dialog has made."""
    feed = frames.feed(view.access)
    if feed is None and st.session_state.pop(_USED, False):
        st.session_state[_TOKEN] = keys.new_token()  # revoked, here or in another tab: a token lives once
    token = st.session_state[_TOKEN]
    st.markdown(view._("Your calendar program can show due dates, amounts and contract ends and keep them up to date."))
    if feed is None:
        _none(view, token)
    elif feed.opened_with(token):
        _made(view, token)
    else:
        _kept(view, feed, token)


def _none(view: View, token: str) -> None:
    st.markdown(view._("No link is active. A link is private: whoever knows it reads the calendar without a password."))
    with _deeds():
        _create(view, view._("Create the link"), token)


def _kept(view: View, feed: Feed, token: str) -> None:
    since = view.formats.full_day(feed.created_at.astimezone(ROME).date())
    st.markdown(view._("Your link has been there since %(day)s. It was shown when it was made.") % {"day": since})
    st.markdown(view._("A new link takes its place: the one from before stops working."))
    with _deeds():
        _revoke(view)
        _create(view, view._("Create a new link"), token)


def _made(view: View, token: str) -> None:
    once = view._("Copy the address now: it is not shown again.")
    st.markdown(f"**{once}**")
    st.code(f"{settings().public_url}/calendar/{token}.ics", language=None, wrap_lines=True)
    st.markdown(view._("In your calendar program choose to add a calendar from an address (URL) and paste it there."))
    st.markdown(view._("Where it wants `webcal`, write `webcal://` at the beginning in place of `https://`."))
    with _deeds():
        _revoke(view)
        if st.button(view._("Done"), type="primary", key="calendar_done"):
            st.rerun()


def _create(view: View, label: str, token: str) -> None:
    if st.button(label, type="primary", key="calendar_create"):
        actions.open_feed(view.access, token)
        st.session_state[_USED] = True
        st.rerun(scope="fragment")


def _revoke(view: View) -> None:
    if st.button(view._("Revoke"), key="calendar_revoke"):
        actions.revoke_feed(view.access)
        st.rerun(scope="fragment")


def _deeds() -> DeltaGenerator:
    return st.container(horizontal=True, horizontal_alignment="right", key="calendar_deeds")
