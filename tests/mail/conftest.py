"""A mail server on loopback that answers as it is told, and a way to queue mails for it."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from core import db
from core.access import Access
from core.mail import outbox
from core.mail.bodies import Body
from core.mail.tables import OutboxMail
from core.settings import settings

SYSTEM = Access.system("test")
OK = "250 OK"


@dataclass
class Server:
    """What has arrived, and how the server answers: to the content, then to the recipient."""

    reply: str = OK
    rcpt_reply: str = OK
    drop: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _: list) -> str:
        if self.rcpt_reply == OK:
            envelope.rcpt_tos.append(address)
        return self.rcpt_reply

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.reply == OK:
            self.mails.append(message_from_bytes(envelope.content, policy=default))
            self.recipients.append(envelope.rcpt_tos)
        if self.drop:
            server.transport.close()
        return self.reply


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(configured: object) -> Iterator[Server]:
    """The server of PORTAL_SMTP_URL."""
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings().smtp_url = f"smtp://127.0.0.1:{controller.port}"
    yield handler
    controller.stop()


@pytest.fixture
def production(server: Server) -> None:
    settings().mode = "production"


@pytest.fixture
def queue(database: str) -> Callable[..., None]:
    """Queue a mail in a transaction of its own."""

    def queued(text: str = "Il codice è 123456", **changes: object) -> None:
        values: dict = {
            "recipient": "anna@pec.example",
            "subject": "Codice",
            "body": Body(text, f"<p>{text}</p>"),
            "secret": True,
        }
        with db.transaction(SYSTEM) as connection:
            outbox.enqueue(connection, **values | changes)

    return queued


def row(*columns: str) -> tuple:
    """Columns of the only mail of the outbox."""
    with db.reading(SYSTEM) as connection:
        return tuple(connection.execute(select(*(getattr(OutboxMail, name) for name in columns))).one())
