"""What lies in the outbox: how many mails wait, and in a demo its mailbox, where all of them can be read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core.access import Access
from core.db import reading
from core.kit.errors import NotFound
from core.mail.bodies import opened
from core.mail.tables import OutboxMail
from core.settings import settings


@dataclass(frozen=True, slots=True)
class DemoMail:
    """A mail of the demo; `text` is empty where it was sealed under another secret. `at` is in UTC."""

    to: str
    subject: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Outbox:
    """Mails still to be sent, since when (UTC) the oldest of them waits, and mails that were given up."""

    waiting: int
    oldest: datetime | None
    failed: int


def mailbox(access: Access) -> list[DemoMail]:
    """All mails of the outbox, sent or not, newest first; for the system only. Raises NotFound outside the demo."""
    access.require_system()
    if not settings().demo:
        raise NotFound
    columns = select(OutboxMail.recipient, OutboxMail.subject, OutboxMail.body, OutboxMail.created_at)
    with reading(access) as connection:
        rows = connection.execute(columns.order_by(OutboxMail.id.desc())).all()
    return [DemoMail(to, subject, _text(body), at) for to, subject, body, at in rows]


def waiting(access: Access) -> int:
    """How many mails are still to be sent; for the system only."""
    access.require_system()
    unsent = select(func.count()).where(OutboxMail.sent_at.is_(None), OutboxMail.failed_at.is_(None))
    with reading(access) as connection:
        return connection.execute(unsent).scalar_one()


def outbox(access: Access, since: datetime) -> Outbox:
    """How the outbox stands: what waits, and what failed since an instant; for the system only."""
    access.require_system()
    unsent = OutboxMail.sent_at.is_(None) & OutboxMail.failed_at.is_(None)
    waiting = select(func.count(), func.min(OutboxMail.created_at)).where(unsent)
    failed = select(func.count()).where(OutboxMail.failed_at >= since)
    with reading(access) as connection:
        return Outbox(*connection.execute(waiting).one(), connection.execute(failed).scalar_one())


def _text(sealed: str | None) -> str:
    body = sealed and opened(sealed)
    return body.text if body else ""
