"""The guard every page, dialog and fragment starts with: no live session, nothing drawn.

Streamlit runs page files, dialogs and fragments without passing through Home.py, so the check stands in each of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec

import streamlit as st

from core.access import Access
from core.formats import Formats
from core.identity.frames import Visitor
from core.kit import clock
from core.locale import translations
from core.ui import menu, session

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class View:
    """What drawing needs to know: who looks, which day it is, and how to say and write things in their language."""

    access: Access
    today: date
    lang: str
    formats: Formats
    _: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]


def view_of(visitor: Visitor) -> View:
    """The view of a visitor, today."""
    words = translations(visitor.lang)
    return View(visitor.access, clock.today(), visitor.lang, Formats(visitor.lang), words.gettext, words.ngettext)


def view_of_session() -> View:
    """The view of whoever is signed in. Raises SessionEnded."""
    return view_of(session.visitor())


def open_page(key: str) -> View:
    """The first statement of every page file: its view, or the sign-in page instead of the page."""
    view = view_of_session()
    menu.require(view.access, key)
    return view


def guarded(draw: Callable[Concatenate[View, P], None]) -> Callable[P, None]:
    """Make a drawing function ask for the session afresh each time it runs; it gets the view first."""

    @wraps(draw)
    def checked(*args: P.args, **kwargs: P.kwargs) -> None:
        draw(view_of_session(), *args, **kwargs)

    return checked


def dialog(title: str, draw: Callable[Concatenate[View, P], None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Open a dialog whose every run checks the session; `title` is already translated."""
    st.dialog(title)(guarded(draw))(*args, **kwargs)


def wide_dialog(title: str, closed: Callable[[], None], draw: Callable[[View], None]) -> None:
    """A dialog with room for tables; `closed` is called when the visitor shuts it."""
    st.dialog(title, width="medium", on_dismiss=closed)(guarded(draw))()


def fragment(draw: Callable[Concatenate[View, P], None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Draw a part of the page that reruns on its own and checks the session each time."""
    st.fragment(guarded(draw))(*args, **kwargs)
