"""What the doctor says of packages, settings, disks and papers."""

import shutil
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from core import db
from core.doctor import installation
from tests.doctor.conftest import configured, words, wrong


def test_full_disks_are_named(well: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=12 * installation.MEGABYTE))
    assert words("room on disks").startswith("12 MB are free for temporary files in ")
    assert len(wrong()["room on disks"]) == (3 if db.database().sqlite else 2)


def test_a_temporary_folder_that_takes_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(installation.tempfile, "TemporaryFile", full)
    assert "No space left on device" in words("temporary files")


def test_packages_in_other_versions_or_missing_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pins = tmp_path / "requirements.txt"
    here = metadata.version("click")
    pins.write_text(
        f"click=={here} \\\n    --hash=sha256:00\nbabel==0.1\nno-such-package==1.0 \\\n"
        "not-for-us==2 ; sys_platform == 'x'\n"
    )
    monkeypatch.setattr(installation, "REQUIREMENTS", pins)
    found = [finding.wrong for finding in wrong()["packages"]]
    assert found == [f"babel is at {metadata.version('babel')}, tested with 0.1", "no-such-package is not installed"]


def test_an_old_python_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "OLDEST_PYTHON", (9, 0))
    assert "Python 3.11 or newer" in words("python")


def test_a_secret_of_few_characters_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    production = {"mode": "production", "public_url": "https://portal.example", "smtp_url": "smtp://127.0.0.1:1"}
    configured(monkeypatch, secret_key="ab" * 20, password_rounds="12", **production)
    assert "different characters" in words("secret")
    configured(monkeypatch, secret_key="abcdefghijklmnopqrstuvwxyz0123456789")
    assert "secret" not in wrong()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:9000", "says port 9000, the server listens on 8501"),
        ("http://localhost", "says port 80"),
        ("http://portal.example:8501", "unencrypted"),
    ],
)
def test_a_public_address_that_cannot_work_is_named(monkeypatch: pytest.MonkeyPatch, address: str, said: str) -> None:
    configured(monkeypatch, public_url=address)
    assert said in words("public address")


@pytest.mark.parametrize("address", ["", "http://localhost:8501", "http://[::1]:8501", "https://portal.example"])
def test_a_public_address_that_works_is_not(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    configured(monkeypatch, public_url=address)
    assert "public address" not in wrong()


def test_papers_that_cannot_be_drawn_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation.invoice, "draw", lambda _sheet: b"")
    assert "not a PDF" in words("invoice papers")
