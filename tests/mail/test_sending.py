"""Sending: once, again when it has to be, never when it is too late."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from structlog.testing import capture_logs

from core import db
from core.kit import clock
from core.mail import sending, transport
from core.mail.sending import send_due
from core.settings import settings
from tests.mail.conftest import Server, free_port, row

Queue = Callable[..., None]


def after(minutes: float) -> int:
    """Send what is due so many minutes from now."""
    return send_due(clock.now() + timedelta(minutes=minutes))


def test_a_mail_arrives_with_both_twins(queue: Queue, server: Server) -> None:
    queue("Il codice è 123456, perché sì")
    assert after(0) == 1
    (mail,) = server.mails
    assert server.recipients == [["anna@pec.example"]]
    assert mail["From"] == settings().mail_from
    assert mail["To"] == "anna@pec.example"
    assert mail["Subject"] == "Codice"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content().strip() for part in mail.iter_parts()] == [
        "Il codice è 123456, perché sì",
        "<p>Il codice è 123456, perché sì</p>",
    ]


def test_a_sent_mail_is_not_sent_again(queue: Queue, server: Server) -> None:
    queue()
    assert [after(0), after(0), after(600)] == [1, 0, 0]
    assert len(server.mails) == 1


@pytest.mark.usefixtures("production")
def test_a_secret_body_is_wiped_once_sent(queue: Queue, server: Server) -> None:
    queue()
    after(0)
    body, sent_at = row("body", "sent_at")
    assert (body, sent_at is not None) == (None, True)


@pytest.mark.usefixtures("production")
def test_other_bodies_are_kept(queue: Queue) -> None:
    queue(secret=False)
    after(0)
    assert row("body") != (None,)


def test_the_demo_keeps_all_bodies(queue: Queue, server: Server) -> None:
    queue()
    after(0)
    assert len(server.mails) == 1
    assert row("body") != (None,)


def test_a_demo_without_a_server_keeps_its_mails_to_itself(queue: Queue) -> None:
    queue()
    assert after(0) == 1
    body, sent_at = row("body", "sent_at")
    assert body is not None
    assert sent_at is not None


@pytest.mark.parametrize("where", ["reply", "rcpt_reply"])
@pytest.mark.usefixtures("production")
def test_a_refusal_for_good_is_flagged_and_not_tried_again(queue: Queue, server: Server, where: str) -> None:
    setattr(server, where, "550 no such mailbox")
    queue()
    with capture_logs() as logs:
        assert [after(0), after(600)] == [0, 0]
    failed_at, attempts, body = row("failed_at", "attempts", "body")
    assert (failed_at is not None, attempts, body) == (True, 1, None)
    assert [(line["event"], line["reason"]) for line in logs] == [("mail not sent", "refused with 550")]
    assert "anna@pec.example" not in repr(logs)


@pytest.mark.parametrize("where", ["reply", "rcpt_reply"])
def test_a_passing_refusal_is_tried_again_under_the_same_message_id(queue: Queue, server: Server, where: str) -> None:
    setattr(server, where, "451 try later")
    queue()
    (message_id,) = row("message_id")
    assert [after(0), after(0.9)] == [0, 0]
    setattr(server, where, "250 OK")
    assert after(1.1) == 1
    assert [mail["Message-ID"] for mail in server.mails] == [message_id]
    assert row("attempts", "message_id") == (2, message_id)


def test_an_answer_lost_after_acceptance_repeats_the_mail_under_its_message_id(queue: Queue, server: Server) -> None:
    server.drop = True
    queue()
    assert after(0) == 0
    server.drop = False
    assert after(1.1) == 1
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_a_server_that_is_down_puts_mails_off(queue: Queue) -> None:
    settings().smtp_url = f"smtp://127.0.0.1:{free_port()}"
    queue()
    assert after(0) == 0
    failed_at, sent_at, claimed_until = row("failed_at", "sent_at", "claimed_until")
    assert (failed_at, sent_at, claimed_until) == (None, None, None)


def test_delays_double_up_to_half_an_hour() -> None:
    minutes = [sending.delay(attempts).total_seconds() / 60 for attempts in (1, 2, 3, 4, 5, 6, 7, 1000)]
    assert minutes == [1, 2, 4, 8, 16, 30, 30, 30]


@pytest.mark.usefixtures("production")
def test_an_expired_mail_is_never_sent(queue: Queue, server: Server) -> None:
    queue(expires_at=clock.now() + timedelta(minutes=10))
    assert after(10) == 0
    failed_at, body = row("failed_at", "body")
    assert (failed_at is not None, body, server.mails) == (True, None, [])


def test_a_mail_sealed_under_a_lost_secret_fails(queue: Queue, server: Server) -> None:
    queue()
    settings().secret_key = "another " * 5
    assert after(0) == 0
    assert row("failed_at") != (None,)
    assert server.mails == []


def test_two_workers_send_each_mail_once(queue: Queue, server: Server) -> None:
    for number in range(12):
        queue(recipient=f"a{number}@pec.example")
    together = Barrier(4)

    def one(_: int) -> int:
        together.wait()
        return after(0)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(4))) == 12
    assert sorted(server.recipients) == sorted([f"a{number}@pec.example"] for number in range(12))


def test_a_claimed_mail_is_left_alone_until_its_lease_ends(
    queue: Queue, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_message: object) -> None:
        raise SystemExit

    queue()
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(transport, "send", killed)
        after(0)
    assert [after(0), after(1.9), after(2.1)] == [0, 0, 1]


def test_mails_are_handed_over_outside_any_transaction(
    queue: Queue, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy: list[int] = []
    monkeypatch.setattr(transport, "send", lambda _: busy.append(db.database().engine.pool.checkedout()))
    queue()
    after(0)
    assert busy == [0]


def test_a_round_ends_after_a_batch(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "BATCH", 2)
    for _ in range(3):
        queue()
    assert [after(0), after(0), after(0)] == [2, 1, 0]
