"""Sending what lies in the outbox: claim a mail, hand it over outside any transaction, note what became of it.

A mail is claimed by lease, so two workers send it once; it is sent again, under the same Message-ID, only where the
answer to an earlier try was lost or put it off.
"""

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import structlog
from sqlalchemy import ColumnElement, and_, or_, select, update

from core.access import Access
from core.db import transaction
from core.kit import clock
from core.mail import transport
from core.mail.bodies import Body, opened
from core.mail.tables import OutboxMail
from core.settings import settings

BATCH = 20
LEASE = timedelta(minutes=2)
LONGEST_DELAY = timedelta(minutes=30)
_ACCESS = Access.system("outbox")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail this worker alone may send until its lease ends; `attempts` counts this try."""

    id: int
    created_at: datetime
    recipient: str
    subject: str
    body: str | None
    secret: bool
    message_id: str
    expires_at: datetime | None
    attempts: int


def send_due(now: datetime) -> int:
    """Send the mails due at `now`, oldest first, at most a batch of them; returns how many were handed over."""
    sent = 0
    for _ in range(BATCH):
        moment = max(now, clock.now())  # sending takes time, and a lease must not be old when it is taken
        mail = _claim(moment)
        if mail is None:
            break
        sent += _deliver(mail, moment)
    return sent


def delay(attempts: int) -> timedelta:
    """How long a mail waits after so many tries: 1, 2, 4, … minutes, at most 30."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_DELAY)


def _due(now: datetime) -> ColumnElement[bool]:
    lease_over = or_(
        OutboxMail.claimed_until.is_(None),
        OutboxMail.claimed_until <= now,
        OutboxMail.claimed_until > now + 2 * LEASE,  # of a clock that was set back; workers' clocks differ by less
    )
    waiting = and_(OutboxMail.sent_at.is_(None), OutboxMail.failed_at.is_(None))
    return and_(waiting, OutboxMail.send_after <= now, lease_over)


def _claim(now: datetime) -> Claimed | None:
    oldest = (
        select(
            OutboxMail.id,
            OutboxMail.created_at,
            OutboxMail.recipient,
            OutboxMail.subject,
            OutboxMail.body,
            OutboxMail.secret,
            OutboxMail.message_id,
            OutboxMail.expires_at,
            OutboxMail.attempts + 1,
        )
        .where(_due(now))
        .order_by(OutboxMail.send_after, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    with transaction(_ACCESS) as connection:
        row = connection.execute(oldest).one_or_none()
        if row is None:
            return None
        mail = Claimed(*row)
        connection.execute(
            update(OutboxMail).where(OutboxMail.id == mail.id).values(claimed_until=now + LEASE, attempts=mail.attempts)
        )
        return mail


def _deliver(mail: Claimed, now: datetime) -> bool:
    body = opened(mail.body) if mail.body else None
    if mail.expires_at is not None and mail.expires_at <= now:
        return _failed(mail, now, "expired")
    if body is None:
        return _failed(mail, now, "sealed under another secret")
    try:
        transport.send(_message(mail, body))
    except transport.Refused as error:
        return _failed(mail, now, f"refused with {error.code}")
    except (OSError, smtplib.SMTPException) as error:
        return _put_off(mail, now, error)
    return _sent(mail, now)


def _message(mail: Claimed, body: Body) -> EmailMessage:
    message = EmailMessage(SMTP)
    message["From"] = settings().mail_from
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body.text, cte="quoted-printable")
    message.add_alternative(body.html, subtype="html", cte="quoted-printable")
    return message


def _sent(mail: Claimed, now: datetime) -> bool:
    _note(OutboxMail.id == mail.id, sent_at=now, claimed_until=None, **_wiped(mail))
    return True


def _failed(mail: Claimed, now: datetime, reason: str) -> bool:
    _note(_still_ours(mail), failed_at=now, claimed_until=None, **_wiped(mail))
    _log.warning("mail not sent", mail=mail.id, reason=reason)
    return False


def _put_off(mail: Claimed, now: datetime, error: Exception) -> bool:
    wait = delay(mail.attempts)
    _note(_still_ours(mail), send_after=now + wait, claimed_until=None)
    _log.warning("mail put off", mail=mail.id, minutes=wait.seconds // 60, error=type(error).__name__)
    return False


def _wiped(mail: Claimed) -> dict[str, None]:
    return {"body": None} if mail.secret and not settings().demo else {}


def _still_ours(mail: Claimed) -> ColumnElement[bool]:
    """Whether no other worker has claimed the mail since: a try that outlived its lease must not free another's."""
    return and_(OutboxMail.id == mail.id, OutboxMail.attempts == mail.attempts)


def _note(which: ColumnElement[bool], **values: object) -> None:
    with transaction(_ACCESS) as connection:
        connection.execute(update(OutboxMail).where(which).values(**values))
