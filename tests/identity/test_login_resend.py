"""Asking for another code: when, how often, and what becomes of the one before."""

import pytest

from core.identity.flows import login
from core.kit.errors import CodeEnded, TooMany, WrongCode
from core.mail.frames import mailbox
from tests.identity.conftest import MORNING, Browser, Passes, at_once, last_code, restart


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
