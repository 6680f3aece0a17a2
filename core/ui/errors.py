"""The one place where a page's errors are shown: expected ones in words, bugs as an incident code."""

import logging
from collections.abc import Callable

import streamlit as st

from core import log
from core.formats import Formats
from core.kit.errors import NotFound, PortalError, SessionEnded
from core.locale import translations
from core.ui import filters, session, tables


def _unexpected(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, PortalError) or log.full(error))


# Streamlit logs every error of a script with its trace before it asks us; an expected one is not worth a line.
logging.getLogger("streamlit.error_util").addFilter(_unexpected)


def shown(error: Exception) -> bool:
    """Show what the script could not do, in the visitor's language. Always True: nothing else may show it."""
    expected = log.expected(error)
    if isinstance(expected, SessionEnded):
        session.redirect(session.sign_in())
    elif expected is not None:
        _expected(expected)
    else:
        _incident(error)
    return True


def _expected(error: PortalError) -> None:
    _ = _translate()
    count = Formats(session.language()).count
    params = {name: count(value) if isinstance(value, int) else value for name, value in error.params.items()}
    text = _(error.message)
    st.error(tables.escape(text % params if params else text), icon=":material/error:")
    if isinstance(error, NotFound) and filters.any_set():
        st.button(_("Remove the filters"), key="remove_filters_after_error", on_click=filters.clear)


def _incident(error: Exception) -> None:
    _ = _translate()
    code = log.bug(error, page=session.address())
    st.error(
        _("Your data have not been changed. Try again; if it happens again, tell the service desk this code."),
        title=_("An error occurred, code %(code)s") % {"code": code},
        icon=":material/error:",
    )
    st.button(_("Try again"), icon=":material/refresh:", key="retry")


def _translate() -> Callable[[str], str]:
    return translations(session.language()).gettext
