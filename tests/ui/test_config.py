"""The configuration of the server and the theme: the keys that matter, and colours that can be read."""

import tomllib
from itertools import product
from typing import Any

import pytest
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from core.ui import theme
from tests.ui.conftest import ROOT

CONFIG: dict[str, Any] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
THEMES = ("light", "dark")
STATUS = ("green", "red", "orange", "yellow", "blue", "gray")
TEXT, SEEN = 4.5, 3.0
FIELD_BORDER = {"light": "#7F8C98", "dark": "#637683"}
FOCUS = {"light": "#0B5C6B", "dark": "#7CCBD8"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("browser.gatherUsageStats", False),
        ("client.toolbarMode", "minimal"),
        ("client.showErrorDetails", "none"),
        ("client.showErrorLinks", False),
        ("client.disableDataExport", True),
        ("runner.magicEnabled", False),
        ("runner.postScriptGC", False),
        ("runner.enforceSerializableSessionState", True),
        ("server.headless", True),
        ("server.address", "127.0.0.1"),
        ("server.fileWatcherType", "none"),
        ("server.enableStaticServing", False),
        ("server.enableAgentApi", False),
        ("server.enableCORS", True),
        ("server.enableXsrfProtection", True),
        ("server.xsrfCookieSameSite", "strict"),
        ("server.maxUploadSize", 10),
        ("server.disconnectedSessionTTL", 60),
        ("server.trustedUserHeaders", {"X-Portal-User": "username", "X-Portal-Session": "sid"}),
        ("theme.font", "sans-serif"),
        ("theme.baseFontSize", 15),
    ],
)
def test_the_server_is_set_up_as_the_portal_needs_it(key: str, value: object) -> None:
    section, name = key.split(".")
    assert CONFIG[section][name] == value


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _faded(text: str, ground: str, share: float) -> str:
    mixed = (round(int(text[i : i + 2], 16) * share + int(ground[i : i + 2], 16) * (1 - share)) for i in (1, 3, 5))
    return "#" + "".join(f"{c:02X}" for c in mixed)


def test_the_contrast_formula_is_the_known_one() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read_on_every_ground(name: str) -> None:
    theme = CONFIG["theme"][name]
    for ground in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        for colour in ("textColor", "linkColor", "codeTextColor"):
            assert contrast(theme[colour], ground) >= TEXT, (colour, ground)


@pytest.mark.parametrize("name", THEMES)
def test_captions_and_table_headers_can_be_read_although_streamlit_fades_them(name: str) -> None:
    theme = CONFIG["theme"][name]
    for ground, share in product((theme["backgroundColor"], theme["sidebar"]["backgroundColor"]), (0.6, 0.7)):
        assert contrast(_faded(theme["textColor"], ground, share), ground) >= TEXT, (ground, share)


@pytest.mark.parametrize(("name", "status"), list(product(THEMES, STATUS)))
def test_badges_and_coloured_text_can_be_read(name: str, status: str) -> None:
    theme = CONFIG["theme"][name]
    assert contrast(theme[f"{status}TextColor"], theme[f"{status}BackgroundColor"]) >= TEXT
    assert contrast(theme[f"{status}TextColor"], theme["backgroundColor"]) >= TEXT


@pytest.mark.parametrize("name", THEMES)
def test_the_accent_carries_white_and_stands_out_from_the_page(name: str) -> None:
    theme = CONFIG["theme"][name]
    assert contrast("#FFFFFF", theme["primaryColor"]) >= TEXT
    assert contrast(theme["primaryColor"], theme["backgroundColor"]) >= SEEN


@pytest.mark.parametrize("name", THEMES)
def test_field_borders_focus_and_charts_can_be_seen(name: str) -> None:
    theme = CONFIG["theme"][name]
    for ground in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        assert contrast(FIELD_BORDER[name], ground) >= SEEN
        assert contrast(FOCUS[name], ground) >= SEEN
    for colour in theme["chartCategoricalColors"]:
        assert contrast(colour, theme["backgroundColor"]) >= SEEN


def test_the_style_sheet_uses_the_tested_colours_and_no_generated_class_names() -> None:
    style = (ROOT / "core" / "ui" / "portal.css").read_text()
    for colours in (FIELD_BORDER, FOCUS):
        assert f"light-dark({colours['light']}, {colours['dark']})" in style
    assert "st-emotion" not in style
    assert "url(" not in style


def test_the_theme_is_remembered_as_it_was_said() -> None:
    sections = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")
    asked: list[str] = []

    def fill(message: CustomThemeConfig, section: str) -> None:
        asked.append(section)
        app_session._populate_theme_msg(message, section)

    filled = theme.remembered(fill)
    for section in (*sections, *sections):
        said, again = CustomThemeConfig(), CustomThemeConfig()
        app_session._populate_theme_msg(said, section)
        filled(again, section)
        assert again == said
    assert asked == list(sections)
