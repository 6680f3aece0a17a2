"""The one entry: imported or started it is the application, run by Streamlit for a visitor it draws the page.

Started by `python Home.py` (`make run`), `streamlit run Home.py` or `uvicorn Home:app`.
"""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.ui import errors, shell, style, theme
from core.web import app as web

if get_script_run_ctx(suppress_warning=True) is not None:
    shell.run()
else:
    # Until the first st.navigation Streamlit would serve each file of pages/ by itself, without this script.
    PagesManager.uses_pages_directory = False
    theme.remember()
    app = st.App(
        __file__,
        routes=web.routes(style.sheet),
        middleware=web.middleware(),
        lifespan=web.lifespan,
        on_script_error=errors.shown,
    )
    if __name__ == "__main__":
        web.serve(app)
