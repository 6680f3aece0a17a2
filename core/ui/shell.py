"""The frame around every page: menu, breadcrumb, who is signed in, the way out, and the lessor's legal lines."""

from html import escape

import streamlit as st

from core import brand
from core.identity.frames import Visitor
from core.settings import settings
from core.ui import guard, menu, session
from core.ui.guard import View

SIDEBAR_WIDTH = 244


def run() -> None:
    """Draw the frame and the page the address asks for; without a live session every address leads to the sign-in."""
    visitor = session.look(touch=True)
    if visitor is None:
        st.navigation(menu.every_path_to(session.leave), position="hidden").run()
        return
    with session.run_of(visitor):
        view = guard.view_of(visitor)
        # Before the menu: the sidebar takes its width, and no page's icon is fetched from a font host for the tab.
        st.set_page_config(page_icon=brand.icon(brand.company()), layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
        page = st.navigation(menu.pages(view.access, view._))
        st.set_page_config(page_title=f"{page.title} · {brand.company()}")
        _frame(view, visitor, page.url_path)
        page.run()


def _frame(view: View, visitor: Visitor, path: str) -> None:
    st.logo(brand.wordmark(brand.company()), size="large", icon_image=brand.mark(brand.company()))
    with st.container(key="hdr", horizontal=True, vertical_alignment="center"):
        _header(view, visitor, path)
    with st.sidebar:
        st.html(f'<p class="legal">{"<br>".join(map(escape, settings().company_legal.splitlines()))}</p>')
        st.fragment(_heartbeat, run_every=settings().session_check)()


def _header(view: View, visitor: Visitor, path: str) -> None:
    """The way up, where one is, who one is, and the way out."""
    here = next(entry for entry in menu.ENTRIES.values() if entry.path == path)
    for above in menu.trail(here.key):
        st.page_link(above.file, label=_name(view, above), icon="")
    st.html(
        f'<div class="whereabouts"><span class="crumb">{escape(_name(view, here))}</span>'
        f'<span class="avatar" aria-hidden="true">{escape(visitor.initials)}</span>'
        f'<span class="who">{escape(visitor.name)}</span></div>',
        width="stretch",
    )
    if st.button(view._("Sign out"), icon=":material/logout:", type="tertiary", key="out"):
        guard.dialog(view._("Sign out?"), _sign_out)


def _name(view: View, entry: menu.Entry) -> str:
    return view._("Home") if entry.key == menu.HOME else view._(entry.title)


def _sign_out(view: View) -> None:
    """A plain form: the deed is a POST of the browser, which drops the cookie and shows the sign-in page."""
    st.markdown(view._("You will have to sign in again to come back."))
    with st.container(horizontal=True, horizontal_alignment="right", key="sign_out"):
        if st.button(view._("Cancel"), key="stay"):
            st.rerun()
        label = escape(view._("Sign out"))
        st.html(
            f'<form method="post" action="/logout"><button type="submit">{label}</button></form>',
            width="content",
        )


def _heartbeat() -> None:
    """Leave a page whose session has ended elsewhere; only a peek, so that an open tab never counts as activity."""
    session.visitor(touch=False)
