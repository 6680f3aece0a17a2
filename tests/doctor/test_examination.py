"""The doctor makes every check it can, names each fault with its cure, and neither fails nor tells a secret."""

import pytest

from core import doctor
from core.access import Access
from core.doctor import running
from core.settings import settings
from tests.doctor.conftest import configured, run, words

LEAVES_OUT = [check.name for check in doctor.CHECKS if check.needs]


def test_a_sound_installation_is_all_ok(well: None) -> None:
    result = run()
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["ok"] * len(doctor.CHECKS)


def test_every_need_is_a_check_made_before() -> None:
    before: list[str] = []
    for check in doctor.CHECKS:
        assert set(check.needs) <= set(before)
        before.append(check.name)


def test_with_settings_that_cannot_be_the_rest_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    configured(monkeypatch, port="many")
    result = run()
    assert result.exit_code == 1
    assert "wrong    settings          PORTAL_PORT: " in result.stdout
    left = [line for line in result.stdout.splitlines() if line.startswith("left out")]
    assert [line[9:26].strip() for line in left] == LEAVES_OUT
    assert result.stderr == "Error: 1 thing to mend.\n"


def test_a_check_that_fails_itself_is_a_finding_and_no_trace(well: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_access: Access, _since: object) -> None:
        raise RuntimeError("not foreseen\nat all")

    monkeypatch.setattr(running.frames, "outbox", broken)
    result = run()
    assert result.exit_code == 1
    assert "wrong    outbox            RuntimeError: not foreseen. " in result.stdout
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "setting",
    [
        {"smtp_url": "smtp://bob:Hunter2/x@mail.example"},
        {"database_url": "postgresql://portal:p@ss-Hunter2@127.0.0.1:1/none"},
    ],
)
def test_a_password_that_has_to_be_encoded_is_told_without_a_word_of_it(
    monkeypatch: pytest.MonkeyPatch, setting: dict[str, str]
) -> None:
    configured(monkeypatch, **setting)
    result = run()
    assert "percent-encode the password" in result.stdout
    assert "Hunter2" not in result.output


@pytest.mark.parametrize(
    ("name", "url", "check", "said"),
    [
        ("smtp_url", "smtp://bob:Hunter2/x@mail.example", "mail server", "ValueError."),
        ("database_url", "postgresql://portal:p@ss-Hunter2@127.0.0.1:1/none", "database", "OperationalError."),
    ],
)
def test_an_error_that_may_hold_a_password_is_named_by_its_type(name: str, url: str, check: str, said: str) -> None:
    setattr(settings(), name, url)  # as if it had not been refused
    assert words(check).startswith(said)
