"""Failed sign-ins: who has to wait, how long, and who does not."""

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from core import db
from core.identity import actions
from core.kit.errors import TooMany, WrongCredentials
from core.settings import settings
from tests.identity.conftest import Browser, Passes, account, at_once, deeds, restart


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
