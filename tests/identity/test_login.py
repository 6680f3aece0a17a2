"""Signing in with password and code, on devices known and new; and what must not lead to a session."""

import pytest
from sqlalchemy import select, update

from core import db
from core.identity import passwords
from core.identity.flows import login
from core.identity.frames import visitor
from core.identity.tables import Account, KnownDevice, WebSession
from core.kit import clock
from core.kit.errors import WrongCredentials
from core.mail.frames import mailbox
from core.settings import settings
from tests.identity.conftest import PASSWORD, Browser, account, count, deeds, everything, last_code, statements


class TestPassword:
    def test_password_and_code_lead_to_a_session(self, anna: int, laptop: Browser) -> None:
        signed_in = laptop.sign_in()
        seen = visitor(signed_in.token, touch=True)
        assert seen is not None
        assert (seen.username, seen.access.account_id, signed_in.next_path) == (
            "10093",
            anna,
            "/invoices?state=overdue",
        )
        assert deeds()[-2:] == ["code_sent", "sign_in"]

    def test_the_password_alone_opens_nothing(self, anna: int, laptop: Browser) -> None:
        laptop.begin()
        assert count(WebSession) == 0
        assert visitor("browser", touch=True) is None

    @pytest.mark.parametrize("username", [" 10093 ", "１００９３"])
    def test_a_user_name_is_found_under_any_spelling(self, anna: int, laptop: Browser, username: str) -> None:
        laptop.begin(username)

    @pytest.mark.parametrize("username", ["nobody", "10093\0", "\ud800", "x" * 500, ""])
    def test_unknown_users_are_refused_like_wrong_passwords(self, anna: int, laptop: Browser, username: str) -> None:
        with pytest.raises(WrongCredentials) as unknown:
            laptop.begin(username)
        with pytest.raises(WrongCredentials) as known:
            laptop.begin(password="wrong password")
        assert str(unknown.value) == str(known.value)
        assert mailbox(laptop.system) == []

    @pytest.mark.parametrize("column", ["disabled_at", "deleted_at"])
    def test_a_disabled_or_deleted_account_is_an_unknown_one(self, anna: int, laptop: Browser, column: str) -> None:
        with db.transaction(laptop.system) as connection:
            connection.execute(update(Account).values({column: clock.now()}))
        with pytest.raises(WrongCredentials):
            laptop.begin()

    def test_known_and_unknown_users_cost_one_check_and_the_same_statements(
        self, anna: int, laptop: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        checks: list[bool] = []
        matches = passwords.matches
        monkeypatch.setattr(passwords, "matches", lambda p, h: checks.append(matches(p, h)) or checks[-1])
        sent = {}
        for username in ("10093", "nobody"):
            with statements() as sent[username], pytest.raises(WrongCredentials):
                laptop.begin(username, "wrong password")
        assert checks == [False, False]
        assert sent["10093"] == sent["nobody"]
        assert deeds()[-2:] == ["sign_in_refused"] * 2

    def test_hashing_happens_outside_any_transaction(
        self, anna: int, laptop: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def matches(password: str, password_hash: str | None) -> bool:
            assert db.database().engine.pool.checkedout() == 0
            return True

        monkeypatch.setattr(passwords, "matches", matches)
        laptop.begin()

    def test_a_password_of_an_older_scheme_is_hashed_anew_at_sign_in(self, anna: int, laptop: Browser) -> None:
        settings().password_rounds = 5
        laptop.begin()
        with db.reading(laptop.system) as connection:
            kept = connection.execute(select(Account.password_hash, Account.password_scheme)).one()
        assert (kept[0][:7], kept[1]) == ("$2b$05$", "bcrypt-5/sha256-b64")
        laptop.begin()

    def test_refusals_name_nobody_in_clear(self, anna: int, laptop: Browser) -> None:
        with pytest.raises(WrongCredentials):
            laptop.begin("my-secret-password", "wrong password")
        assert "my-secret-password" not in everything()
        assert "wrong password" not in everything()

    def test_mail_and_session_speak_the_language_of_the_flow(self, anna: int, laptop: Browser) -> None:
        laptop.begin(lang="es")
        assert login.pending("browser").lang == "es-ES"
        assert visitor(laptop.confirm(last_code(laptop.system)).token, touch=False).lang == "es-ES"

    def test_without_a_wish_the_account_s_language_is_spoken(self, database: str, laptop: Browser) -> None:
        account(laptop.system, lang="en")
        laptop.begin(lang="")
        assert login.pending("browser").lang == "en-GB"


class TestDevice:
    def test_a_device_is_remembered_once(self, anna: int, laptop: Browser) -> None:
        first, second = laptop.sign_in(), laptop.sign_in()
        assert first.device_token == second.device_token
        assert first.token != second.token
        assert count(KnownDevice) == 1

    def test_another_account_on_the_device_gets_a_cookie_of_its_own(self, anna: int, laptop: Browser) -> None:
        account(laptop.system, "10094")
        first, second = laptop.sign_in(), laptop.sign_in("10094")
        assert first.device_token != second.device_token
        assert count(KnownDevice) == 2

    def test_the_session_a_browser_still_had_ends(self, anna: int, laptop: Browser) -> None:
        old = laptop.sign_in().token
        laptop.begin()
        new = laptop.confirm(last_code(laptop.system), replaces=old).token
        assert visitor(old, touch=False) is None
        assert visitor(new, touch=False) is not None

    def test_no_cookie_is_stored_in_clear(self, anna: int, laptop: Browser) -> None:
        signed_in = laptop.sign_in()
        kept = everything()
        assert signed_in.token not in kept
        assert signed_in.device_token not in kept
        assert "'browser'" not in kept
        assert PASSWORD not in kept
