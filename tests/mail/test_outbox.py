"""The outbox: what goes in, how it lies there, who may read it."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from core import db
from core.access import Access, Grant, Role
from core.kit import clock
from core.kit.errors import NotFound
from core.mail import frames, outbox
from core.mail.addresses import NotOneAddress, one_address
from core.mail.bodies import Body, opened, sealed
from core.mail.frames import mailbox
from core.mail.letters import letter
from core.mail.tables import OutboxMail
from core.settings import settings
from tests.mail.conftest import SYSTEM, row

Queue = Callable[..., None]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a@b.it, c@d.it",
        "a@b.it\r\nBcc: c@d.it",
        "a@b.it\n",
        "Anna <a@b.it>",
        "a@b.it;c@d.it",
        "a@localhost",
        "à@b.it",
        "@b.it",
        "a@b.it\0",
    ],
)
def test_anything_but_exactly_one_address_is_refused(text: str, queue: Queue) -> None:
    with pytest.raises(NotOneAddress):
        queue(recipient=text)


def test_an_international_domain_is_written_in_ascii() -> None:
    assert one_address("anna@càsa.it") == "anna@xn--csa-9ka.it"


def test_line_breaks_do_not_reach_the_subject(queue: Queue) -> None:
    queue(subject="Codice\r\nBcc: c@d.it " + "x" * 300)
    (subject,) = row("subject")
    assert subject.startswith("Codice Bcc: c@d.it xxx")
    assert len(subject) == 200


def test_a_body_lies_encrypted(queue: Queue) -> None:
    queue("Il codice è 123456")
    (body,) = row("body")
    assert "123456" not in body
    assert opened(body).text == "Il codice è 123456"


def test_a_body_sealed_under_the_previous_secret_opens_and_a_foreign_one_does_not() -> None:
    token = sealed(Body("t", "h"))
    settings().secret_key, settings().secret_key_previous = "another " * 5, settings().secret_key
    assert opened(token) == Body("t", "h")
    settings().secret_key_previous = ""
    assert opened(token) is None


def test_a_mail_of_a_transaction_that_fails_does_not_exist(database: str) -> None:
    with pytest.raises(KeyError), db.transaction(SYSTEM) as connection:
        outbox.enqueue(connection, recipient="a@b.it", subject="s", body=Body("t", "h"), secret=False)
        raise KeyError
    assert frames.waiting(SYSTEM) == 0


def test_a_mail_with_the_same_key_is_queued_once(queue: Queue) -> None:
    for key in ("one", "one", None, None):
        queue(dedup_key=key)
    with db.reading(SYSTEM) as connection:
        assert connection.execute(select(func.count()).select_from(OutboxMail)).scalar_one() == 3


def test_the_mailbox_shows_everything_newest_first(queue: Queue) -> None:
    queue("first")
    queue("second", recipient="carla@pec.example")
    assert [(mail.to, mail.subject, mail.text) for mail in mailbox(SYSTEM)] == [
        ("carla@pec.example", "Codice", "second"),
        ("anna@pec.example", "Codice", "first"),
    ]


def test_the_mailbox_survives_mails_of_another_secret(queue: Queue) -> None:
    queue("first")
    settings().secret_key = "another " * 5
    queue("second")
    assert [mail.text for mail in mailbox(SYSTEM)] == ["second", ""]


def test_only_a_demo_has_a_mailbox_and_only_the_system_opens_it(queue: Queue) -> None:
    queue()
    anna = Access(Role.CUSTOMER, 1, 1, frozenset(Grant), actor="10093")
    for frame in (mailbox, frames.waiting):
        with pytest.raises(NotFound):
            frame(anna)
    settings().mode = "production"
    with pytest.raises(NotFound):
        mailbox(SYSTEM)


def test_sent_and_failed_mails_wait_no_more(queue: Queue) -> None:
    queue(dedup_key="sent")
    queue(dedup_key="failed")
    queue()
    assert frames.waiting(SYSTEM) == 3
    with db.transaction(SYSTEM) as connection:
        for key, column in (("sent", "sent_at"), ("failed", "failed_at")):
            connection.execute(update(OutboxMail).where(OutboxMail.dedup_key == key).values({column: clock.now()}))
    assert frames.waiting(SYSTEM) == 1


def test_the_code_s_mail_has_no_other_number_like_it() -> None:
    for lang in ("it", "en", "es"):
        subject, body = letter("sign_in_code", lang, code="012345", minutes=10)
        assert re.findall(r"\d{6,}", body.text) == ["012345"]
        assert "\n\n012345\n\n" in body.text
        assert "012345" in body.html
        assert f'<html lang="{lang}">' in body.html
        assert settings().company_name in subject
        assert not re.search(r"\d", subject)


def test_html_twins_escape_what_they_show() -> None:
    settings().company_name = "Rossi & <b>Figli</b>"
    subject, body = letter("sign_in_code", "it", code="012345", minutes=10)
    assert "Rossi & <b>Figli</b>" in subject
    assert "Rossi & <b>Figli</b>" in body.text
    assert "Rossi &amp; &lt;b&gt;Figli" in body.html
