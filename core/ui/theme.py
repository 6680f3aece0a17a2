"""Streamlit reads the whole theme anew for each run of a script, which is an eighth of it; it never changes.

A private function of the pinned version, and one test that what it says is still the same.
"""

from collections.abc import Callable

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

Fill = Callable[..., None]


def remember() -> None:
    """Have each section of the theme read once."""
    app_session._populate_theme_msg = remembered(app_session._populate_theme_msg)


def remembered(fill: Fill) -> Fill:
    """The same, from what it said the first time."""
    said: dict[str, CustomThemeConfig] = {}

    def filled(message: CustomThemeConfig, section: str = "theme") -> None:
        if section not in said:
            whole = CustomThemeConfig()
            fill(whole, section)
            said[section] = whole  # not before it is whole: two first visitors may come at once
        message.MergeFrom(said[section])

    return filled
