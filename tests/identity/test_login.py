"""Signing in: password, code, session; and everything that must not lead to one."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from structlog.testing import capture_logs

from core import db
from core.access import Access
from core.audit import AuditLine
from core.identity import actions, passwords
from core.identity.flows import challenges, login
from core.identity.frames import visitor
from core.identity.tables import Account, Challenge, KnownDevice, WebSession
from core.kit import clock
from core.kit.errors import CodeEnded, PortalError, TooMany, WrongCode, WrongCredentials
from core.mail.frames import mailbox
from core.settings import settings
from tests.identity.conftest import MORNING, PASSWORD, Browser, account, last_code, restart, statements, wrong

Passes = Callable[[float], Any]


def exhaust(browser: Browser) -> None:
    """As many wrong codes as one account may have before it has to wait: those of two sign-ins."""
    for _ in range(2):
        browser.begin()
        code = last_code(browser.system)
        for _ in range(4):
            with pytest.raises(WrongCode):
                browser.confirm(wrong(code))
        with pytest.raises(CodeEnded):
            browser.confirm(wrong(code))


def count(table: type[db.Base]) -> int:
    with db.reading(Access.system("test")) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def deeds() -> list[str]:
    with db.reading(Access.system("test")) as connection:
        return list(connection.execute(select(AuditLine.action).order_by(AuditLine.id)).scalars())


def everything() -> str:
    """All that the database holds, as text."""
    with db.reading(Access.system("test")) as connection:
        rows = [connection.execute(table.select()).all() for table in db.Base.metadata.sorted_tables]
    return repr(rows)


def at_once(deed: Callable[[], object], times: int = 20) -> Counter[str]:
    """The outcomes of a deed done many times at the same moment, by type name."""
    together = Barrier(times)

    def one(_: int) -> str:
        together.wait()
        try:
            return type(deed()).__name__
        except PortalError as error:
            return type(error).__name__

    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(one, range(times)))


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


class TestCode:
    def test_codes_are_flat_and_keep_their_leading_zeros(self) -> None:
        codes = [challenges.new_code(6) for _ in range(10_000)]
        assert all(len(code) == 6 and code.isdigit() for code in codes)
        assert any(code.startswith("0") for code in codes)
        digits = Counter("".join(codes))
        assert sum((digits[d] - 6000) ** 2 / 6000 for d in "0123456789") < 40

    def test_the_code_is_nowhere_in_clear(self, anna: int, laptop: Browser, database: str) -> None:
        laptop.begin()
        code = last_code(laptop.system)
        assert code not in everything()
        if database == "sqlite":
            folder = db.database().url.database.rpartition("/")[0]
            assert not any(code.encode() in file.read_bytes() for file in Path(folder).glob("portal.db*"))

    def test_five_wrong_codes_end_the_challenge(self, anna: int, laptop: Browser) -> None:
        laptop.begin()
        code = last_code(laptop.system)
        left = []
        for _ in range(4):
            with pytest.raises(WrongCode) as refused:
                laptop.confirm(wrong(code))
            left.append(refused.value.params["left"])
        with pytest.raises(CodeEnded):
            laptop.confirm(wrong(code))
        assert left == [4, 3, 2, 1]
        with pytest.raises(CodeEnded):
            laptop.confirm(code)
        restart()
        with pytest.raises(CodeEnded):
            laptop.confirm(code)
        assert login.pending("browser") is None
        assert deeds().count("code_refused") == 5

    def test_wrong_codes_are_counted_over_a_restart(self, anna: int, laptop: Browser) -> None:
        laptop.begin()
        code = last_code(laptop.system)
        for _ in range(3):
            with pytest.raises(WrongCode):
                laptop.confirm(wrong(code))
        restart()
        assert login.pending("browser").attempts_left == 2

    def test_four_wrong_codes_leave_the_right_one_good(self, anna: int, laptop: Browser) -> None:
        laptop.begin()
        code = last_code(laptop.system)
        for _ in range(4):
            with pytest.raises(WrongCode):
                laptop.confirm(wrong(code))
        assert laptop.confirm(f" {code[:3]} {code[3:]} ").token

    @pytest.mark.parametrize("code", ["", "１２３４５６", "\ud800", "x" * 10_000, "\0"])
    def test_strange_codes_are_wrong_codes(self, anna: int, laptop: Browser, code: str) -> None:
        laptop.begin()
        with pytest.raises(WrongCode):
            laptop.confirm(code)

    def test_a_code_works_once(self, anna: int, laptop: Browser) -> None:
        laptop.sign_in()
        with pytest.raises(CodeEnded):
            laptop.confirm(last_code(laptop.system))

    def test_of_twenty_right_codes_at_once_one_opens_a_session(self, anna: int, laptop: Browser) -> None:
        laptop.begin()
        code = last_code(laptop.system)
        assert at_once(lambda: laptop.confirm(code)) == {"SignedIn": 1, "CodeEnded": 19}
        assert count(WebSession) == 1

    def test_of_twenty_wrong_codes_at_once_five_are_looked_at(self, anna: int, laptop: Browser) -> None:
        laptop.begin()
        code = wrong(last_code(laptop.system))
        assert at_once(lambda: laptop.confirm(code)) == {"WrongCode": 4, "CodeEnded": 16}
        assert deeds().count("code_refused") == 5

    def test_a_code_is_bound_to_the_browser_that_asked(self, anna: int, laptop: Browser) -> None:
        laptop.begin()
        with pytest.raises(CodeEnded):
            Browser(laptop.system, name="another").confirm(last_code(laptop.system))
        assert laptop.confirm(last_code(laptop.system)).token

    def test_a_code_of_one_account_is_wrong_for_another(self, anna: int, laptop: Browser) -> None:
        account(laptop.system, "10094")
        laptop.begin()
        annas = last_code(laptop.system)
        carlas = Browser(laptop.system, name="carla's")
        carlas.begin("10094")
        if last_code(laptop.system) != annas:
            with pytest.raises(WrongCode):
                carlas.confirm(annas)

    def test_beginning_anew_voids_the_earlier_code_of_the_browser(self, anna: int, laptop: Browser) -> None:
        laptop.begin()
        with db.reading(laptop.system) as connection:
            first = connection.execute(select(Challenge.id)).scalar_one()
        laptop.begin()
        with db.reading(laptop.system) as connection:
            still_open = connection.execute(select(Challenge.id).where(Challenge.closed_at.is_(None))).scalar_one()
        assert still_open > first

    @pytest.mark.parametrize(("age", "good"), [(599, True), (600, False)])
    def test_a_code_is_good_for_ten_minutes(
        self, anna: int, laptop: Browser, passes: Passes, age: int, good: bool
    ) -> None:
        laptop.begin()
        code = last_code(laptop.system)
        passes(age)
        if good:
            assert laptop.confirm(code).token
        else:
            with pytest.raises(CodeEnded):
                laptop.confirm(code)

    def test_a_clock_set_back_does_not_revive_a_used_code(self, anna: int, laptop: Browser, passes: Passes) -> None:
        laptop.sign_in()
        passes(-86_400)
        with pytest.raises(CodeEnded):
            laptop.confirm(last_code(laptop.system))

    def test_an_account_disabled_after_its_password_gets_no_session(self, anna: int, laptop: Browser) -> None:
        laptop.begin()
        with db.transaction(laptop.system) as connection:
            connection.execute(update(Account).values(disabled_at=clock.now()))
        with pytest.raises(CodeEnded):
            laptop.confirm(last_code(laptop.system))

    def test_new_sign_ins_do_not_mean_endless_guesses(self, anna: int, laptop: Browser, passes: Passes) -> None:
        exhaust(laptop)
        laptop.begin()
        with pytest.raises(TooMany) as wait:
            laptop.confirm(last_code(laptop.system))
        assert wait.value.seconds <= 60
        passes(60)
        laptop.sign_in()

    def test_an_owner_gets_in_within_a_quarter_of_an_hour_after_any_number_of_guesses(
        self, anna: int, laptop: Browser, passes: Passes
    ) -> None:
        exhaust(laptop)
        for _ in range(20):
            laptop.begin()
            with suppress(TooMany, WrongCode):
                laptop.confirm(wrong(last_code(laptop.system)))
            passes(300)
        passes(900)
        laptop.sign_in()

    def test_guesses_elsewhere_do_not_keep_a_known_device_out(self, anna: int, laptop: Browser) -> None:
        laptop.device_token = laptop.sign_in().device_token
        exhaust(Browser(laptop.system, "elsewhere", "198.51.100.7"))
        laptop.sign_in()

    def test_a_right_code_forgets_the_wrong_ones(self, anna: int, laptop: Browser) -> None:
        for _ in range(3):
            for _ in range(9):
                laptop.begin()
                with pytest.raises(WrongCode):
                    laptop.confirm(wrong(last_code(laptop.system)))
            laptop.sign_in()

    def test_a_code_made_under_the_previous_secret_still_works(
        self, anna: int, laptop: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        laptop.begin()
        code = last_code(laptop.system)
        settings().secret_key, settings().secret_key_previous = "another " * 5, settings().secret_key
        assert laptop.confirm(code).token


class TestResend:
    def test_a_new_code_voids_the_old_one(self, anna: int, laptop: Browser, passes: Passes) -> None:
        laptop.begin()
        old = last_code(laptop.system)
        passes(60)
        renewed = login.resend("browser", address=laptop.address)
        assert renewed.attempts_left == 5
        assert renewed == login.pending("browser")
        assert len(mailbox(laptop.system)) == 2
        new = last_code(laptop.system)
        if new != old:
            with pytest.raises(WrongCode):
                laptop.confirm(old)
        assert laptop.confirm(new).next_path == "/invoices?state=overdue"

    def test_not_within_a_minute(self, anna: int, laptop: Browser, passes: Passes) -> None:
        laptop.begin()
        passes(59)
        with pytest.raises(TooMany) as early:
            login.resend("browser", address=laptop.address)
        assert early.value.seconds == 1
        assert len(mailbox(laptop.system)) == 1

    def test_not_more_than_five_an_hour_the_first_code_apart(self, anna: int, laptop: Browser, passes: Passes) -> None:
        laptop.begin()
        for _ in range(5):
            passes(60)
            login.resend("browser", address=laptop.address)
        passes(60)
        restart()
        with pytest.raises(TooMany) as often:
            login.resend("browser", address=laptop.address)
        assert often.value.seconds == 3600 - 5 * 60
        laptop.begin()
        assert len(mailbox(laptop.system)) == 7

    def test_twenty_at_once_send_one(self, anna: int, laptop: Browser, passes: Passes) -> None:
        laptop.begin()
        passes(60)
        outcomes = at_once(lambda: login.resend("browser", address=laptop.address))
        assert outcomes == {"Pending": 1, "TooSoon": 19}
        assert len(mailbox(laptop.system)) == 2

    def test_nothing_is_sent_without_an_open_challenge(self, anna: int, laptop: Browser, passes: Passes) -> None:
        laptop.sign_in()
        passes(60)
        for name in ("browser", "another"):
            with pytest.raises(CodeEnded):
                login.resend(name, address=laptop.address)
        assert len(mailbox(laptop.system)) == 1

    def test_what_is_pending_shows_a_masked_address_and_when_to_ask_again(
        self, anna: int, laptop: Browser, passes: Passes
    ) -> None:
        laptop.begin()
        pending = login.pending("browser")
        assert pending.masked_email == "a•••@pec.example"
        assert (pending.sent_at, (pending.resend_at - MORNING).seconds) == (MORNING, 60)


class TestLimits:
    def fail(self, laptop: Browser, times: int, username: str = "10093") -> None:
        for _ in range(times):
            with pytest.raises(WrongCredentials):
                laptop.begin(username, "wrong password")

    @pytest.mark.parametrize("username", ["10093", "nobody"])
    def test_five_failures_block_an_account_known_or_not(
        self, anna: int, laptop: Browser, passes: Passes, username: str
    ) -> None:
        self.fail(laptop, 5, username)
        restart()
        with pytest.raises(TooMany) as blocked:
            laptop.begin(username)
        assert blocked.value.seconds == 60
        assert deeds()[-1] == "sign_in_limited"

    def test_the_right_password_works_once_the_delay_is_over(self, anna: int, laptop: Browser, passes: Passes) -> None:
        self.fail(laptop, 5)
        passes(60)
        laptop.sign_in()

    def test_delays_double_up_to_fifteen_minutes(self, anna: int, laptop: Browser, passes: Passes) -> None:
        self.fail(laptop, 4)
        waits = []
        for _ in range(6):
            self.fail(laptop, 1)
            with pytest.raises(TooMany) as blocked:
                laptop.begin()
            waits.append(blocked.value.seconds)
            passes(blocked.value.seconds)
        assert waits == [60, 120, 240, 480, 900, 900]
        laptop.sign_in()

    def test_success_does_not_count(self, anna: int, laptop: Browser, passes: Passes) -> None:
        self.fail(laptop, 4)
        for _ in range(3):
            laptop.begin()
        self.fail(laptop, 1)
        with pytest.raises(TooMany):
            laptop.begin()

    def test_twenty_wrong_passwords_at_once_get_five_checks(self, anna: int, laptop: Browser, passes: Passes) -> None:
        outcomes = at_once(lambda: laptop.begin(password="wrong password"))
        assert outcomes == {"WrongCredentials": 5, "TooMany": 15}

    def test_one_address_gets_ten_failures_a_minute(self, anna: int, laptop: Browser, passes: Passes) -> None:
        for number in range(10):
            self.fail(laptop, 1, f"user{number}")
        with pytest.raises(TooMany):
            laptop.begin()
        Browser(laptop.system, address="192.0.2.2").begin()
        passes(60)
        laptop.begin()

    def test_one_address_gets_a_hundred_failures_an_hour(self, anna: int, laptop: Browser, passes: Passes) -> None:
        settings().signin_address_per_hour = 12
        for number in range(12):
            passes(30)
            self.fail(laptop, 1, f"user{number}")
        passes(60)
        with pytest.raises(TooMany) as blocked:
            laptop.begin()
        assert blocked.value.seconds > 3000

    def test_an_attacker_does_not_stop_the_owner_on_a_known_device(
        self, anna: int, laptop: Browser, passes: Passes
    ) -> None:
        laptop.sign_in()
        attacker = Browser(laptop.system, name="attacker", address="198.51.100.7")
        self.fail(attacker, 5)
        with pytest.raises(TooMany):
            attacker.begin()
        laptop.sign_in()

    def test_a_device_of_another_account_is_no_known_device(self, anna: int, laptop: Browser, passes: Passes) -> None:
        account(laptop.system, "10094")
        attacker = Browser(laptop.system, name="attacker", address="198.51.100.7")
        attacker.sign_in("10094")
        self.fail(attacker, 5)
        with pytest.raises(TooMany):
            Browser(laptop.system, name="new one").begin()

    def test_a_known_device_has_its_own_limit(self, anna: int, laptop: Browser, passes: Passes) -> None:
        laptop.sign_in()
        self.fail(laptop, 5)
        with pytest.raises(TooMany):
            laptop.begin()
        Browser(laptop.system, name="new one").begin()

    def test_a_new_password_forgets_the_failures(self, anna: int, laptop: Browser, passes: Passes) -> None:
        self.fail(laptop, 5)
        actions.set_password(laptop.system, "10093", "another horse battery")
        laptop.begin(password="another horse battery")

    def test_failures_from_everywhere_raise_an_alarm_and_stop_nobody(
        self, anna: int, laptop: Browser, passes: Passes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings().signin_address_per_minute = 1
        with capture_logs() as logs:
            for number in range(12):
                self.fail(Browser(laptop.system, address=f"198.51.100.{number}"), 1, f"user{number}")
        assert [(line["log_level"], line["limit"]) for line in logs] == [("warning", "all-addresses")]
        laptop.begin()

    def test_limits_hold_no_name_and_no_address(self, anna: int, laptop: Browser) -> None:
        self.fail(laptop, 1)
        with db.reading(laptop.system) as connection:
            keys = repr(connection.execute(text("select key from limit_bucket")).all())
        assert "10093" not in keys
        assert "192.0.2" not in keys


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
