"""The outbox: a mail is a row of the transaction that causes it, sent afterwards by the worker."""

from datetime import datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BIG, Base, Instant


class OutboxMail(Base):
    """A mail to send. `body` is encrypted; a `secret` one (code, link) is wiped once sent, except in the demo."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_waiting",
            "send_after",
            sqlite_where=text("sent_at is null and failed_at is null"),
            postgresql_where=text("sent_at is null and failed_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str | None] = mapped_column(Text)
    secret: Mapped[bool] = mapped_column(default=False)
    message_id: Mapped[str] = mapped_column(String(120))
    send_after: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    dedup_key: Mapped[str | None] = mapped_column(String(120), unique=True)
