"""Settings: production refuses to start half set up, and every name is documented."""

import traceback
from pathlib import Path
from urllib.parse import quote

import pytest

from core.kit.errors import Misconfigured
from core.settings import Settings, settings

PRODUCTION = {
    "PORTAL_MODE": "production",
    "PORTAL_SECRET_KEY": "k" * 40,
    "PORTAL_PUBLIC_URL": "https://portal.example",
    "PORTAL_SMTP_URL": "smtp://mail.example:587",
    "PORTAL_PASSWORD_ROUNDS": "12",
}


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    return monkeypatch


def test_a_complete_production_starts(production: pytest.MonkeyPatch) -> None:
    assert settings().https


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PORTAL_SECRET_KEY", "short", "PORTAL_SECRET_KEY"),
        ("PORTAL_SECRET_KEY", "demo-secret-demo-secret-demo-secret-0", "PORTAL_SECRET_KEY"),
        ("PORTAL_PUBLIC_URL", "http://portal.example", "https"),
        ("PORTAL_CLOCK", "2024-04-05", "PORTAL_CLOCK"),
        ("PORTAL_SMTP_URL", "", "PORTAL_SMTP_URL"),
        ("PORTAL_PASSWORD_ROUNDS", "10", "PORTAL_PASSWORD_ROUNDS"),
        ("PORTAL_PORT", "eight", "PORTAL_PORT"),
        ("PORTAL_PORT", "99999", "PORTAL_PORT"),
        ("PORTAL_SESSION_IDLE", "-1", "PORTAL_SESSION_IDLE"),
        ("PORTAL_DATABASE_URL", "mysql://x", "PORTAL_DATABASE_URL: must begin with sqlite"),
        ("PORTAL_PUBLIC_URL", "ftp://x", "PORTAL_PUBLIC_URL"),
        ("PORTAL_PUBLIC_URL", "https://x/portal", "without a path"),
    ],
)
def test_production_refuses_what_only_a_demo_may_have(
    production: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    production.setenv(name, value)
    with pytest.raises(Misconfigured, match=reason):
        settings()


def test_a_clock_that_is_no_date_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_CLOCK", "yesterday")
    settings.cache_clear()
    with pytest.raises(Misconfigured, match="PORTAL_CLOCK"):
        settings()


@pytest.mark.parametrize("password", ["Hunter2/x", "Hun@ter2", "2/Hunter", "2?Hunter", "2#Hunter", "Hun[ter2"])
@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("PORTAL_SMTP_URL", "smtp://bob:{}@mail.example:587?starttls=1"),
        ("PORTAL_DATABASE_URL", "postgresql://portal:{}@127.0.0.1:1/none"),
    ],
)
def test_a_password_that_has_to_be_encoded_is_refused_without_a_word_of_it(
    production: pytest.MonkeyPatch, name: str, url: str, password: str
) -> None:
    production.setenv(name, url.format(password))
    with pytest.raises(Misconfigured, match=f"{name}: .*percent-encode") as refusal:
        settings()
    assert "Hun" not in "".join(traceback.format_exception(refusal.value))
    production.setenv(name, url.format(quote(password, safe="")))
    assert settings()


@pytest.mark.parametrize("url", ["mail.example:25", "http://mail.example", "smtp://", "smtp://mail.example:many"])
def test_a_mail_server_is_named_by_its_address(production: pytest.MonkeyPatch, url: str) -> None:
    production.setenv("PORTAL_SMTP_URL", url)
    with pytest.raises(Misconfigured, match="PORTAL_SMTP_URL"):
        settings()


def test_a_path_of_sqlite_may_hold_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", "sqlite:////srv/a@b#c/portal.db")
    settings.cache_clear()
    assert settings().database_url.endswith("/a@b#c/portal.db")


def test_what_is_refused_is_never_printed(production: pytest.MonkeyPatch) -> None:
    production.setenv("PORTAL_SECRET_KEY", "hush-hush")
    with pytest.raises(Misconfigured) as refusal:
        settings()
    assert "hush-hush" not in "".join(traceback.format_exception(refusal.value))


def test_secrets_are_not_printed(production: pytest.MonkeyPatch) -> None:
    assert "k" * 40 not in repr(settings())


def test_every_setting_is_documented() -> None:
    page = (Path(__file__).parent.parent / "docs" / "settings.md").read_text()
    missing = [name for name in Settings.model_fields if f"`PORTAL_{name.upper()}`" not in page]
    assert missing == []
