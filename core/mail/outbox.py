"""Putting a mail into the outbox, in the transaction that causes it."""

import secrets
import threading
from datetime import datetime
from email.utils import parseaddr

from sqlalchemy import Connection

from core.db import insert_new
from core.kit import clock
from core.mail.addresses import one_address
from core.mail.bodies import Body, sealed
from core.mail.tables import OutboxMail
from core.settings import settings

SUBJECT_LENGTH = 200
arrived = threading.Event()


def enqueue(
    connection: Connection,
    *,
    recipient: str,
    subject: str,
    body: Body,
    secret: bool,
    expires_at: datetime | None = None,
    dedup_key: str | None = None,
) -> None:
    """Queue one mail to one address; it exists only if the caller's transaction commits.

    `secret` bodies (codes, links) are wiped once sent. After `expires_at` the mail is not sent any more. A mail whose
    `dedup_key` is in the outbox already is not queued again. Raises NotOneAddress.
    """
    now = clock.now()
    insert_new(
        connection,
        OutboxMail,
        created_at=now,
        recipient=one_address(recipient),
        subject=" ".join(subject.split())[:SUBJECT_LENGTH],
        body=sealed(body),
        secret=secret,
        message_id=_message_id(),
        send_after=now,
        expires_at=expires_at,
        dedup_key=dedup_key,
    )


def announce() -> None:
    """Wake this process's worker. Called after the transaction of `enqueue` has committed, or there is nothing to see.

    A mail nobody announced is found at the worker's next look, seconds later.
    """
    arrived.set()


def _message_id() -> str:
    domain = parseaddr(settings().mail_from)[1].rpartition("@")[2]
    return f"<{secrets.token_hex(16)}@{domain}>"
