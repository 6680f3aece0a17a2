"""The code of a sign-in: what it is good for, how long, and how often it may be guessed."""

from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select, update

from core import db
from core.identity.flows import challenges, login
from core.identity.tables import Account, Challenge, WebSession
from core.kit import clock
from core.kit.errors import CodeEnded, TooMany, WrongCode
from core.settings import settings
from tests.identity.conftest import (
    Browser,
    Passes,
    account,
    at_once,
    count,
    deeds,
    everything,
    last_code,
    restart,
    wrong,
)


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
