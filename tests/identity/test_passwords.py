"""Password hashes: no byte is lost, the same work for nobody's password, the scheme has a name."""

import subprocess
import sys
import unicodedata

import pytest

from core.identity import passwords
from core.settings import settings


@pytest.fixture
def hasher() -> type:
    return passwords._hasher()


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "🐎🔋" * 20, "spaces at the end  ", "x" * 128, "con\0nul e altro", "\ud800" * 12],
)
def test_a_password_matches_its_own_hash_only(password: str) -> None:
    kept = passwords.hashed(password)
    assert passwords.matches(password, kept)
    assert not passwords.matches(password.rstrip()[:-1], kept)


def test_passwords_equal_in_their_first_72_bytes_are_different() -> None:
    kept = passwords.hashed("a" * 72 + "b")
    assert passwords.matches("a" * 72 + "b", kept)
    assert not passwords.matches("a" * 72 + "c", kept)


def test_a_trailing_space_matters() -> None:
    assert not passwords.matches("correct horse battery ", passwords.hashed("correct horse battery"))


def test_composed_and_decomposed_accents_are_one_password() -> None:
    typed = "perché così lontano"
    assert passwords.matches(unicodedata.normalize("NFD", typed), passwords.hashed(unicodedata.normalize("NFC", typed)))


def test_the_hash_and_its_scheme_say_the_cost() -> None:
    assert passwords.hashed("correct horse battery").startswith("$2b$04$")
    assert passwords.scheme() == "bcrypt-4/sha256-b64"


def test_at_its_own_cost_the_hash_is_made_by_hasher(hasher: type, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(settings(), "password_rounds", passwords.HASHER_ROUNDS)
    monkeypatch.setattr(hasher, "hash", classmethod(lambda cls, text: asked.append(text) or "hash"))
    assert passwords.hashed("correct horse battery") == "hash"
    assert len(asked[0]) == 44


@pytest.mark.parametrize("kept", [None, "-", "$2b$04$short"])
def test_without_a_usable_hash_the_same_work_ends_in_no(
    kept: str | None, hasher: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    work: list[str] = []
    check = hasher.check_pw
    monkeypatch.setattr(hasher, "check_pw", classmethod(lambda cls, text, hash: work.append(hash) or check(text, hash)))
    assert not passwords.matches("correct horse battery", kept)
    assert [hash[:7] for hash in work] == ["$2b$04$"]
    monkeypatch.setattr(hasher, "check_pw", classmethod(lambda cls, text, hash: True))
    assert not passwords.matches("correct horse battery", kept)


def test_the_package_is_not_imported_before_a_password_is() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, core.identity.flows.login; print('streamlit_authenticator' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (said.stdout, said.stderr) == ("False\n", "")
