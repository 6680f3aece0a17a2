"""Limits that survive a restart: rows that count failures (sign-in) or resends (codes), never successes."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Instant


class LimitBucket(Base):
    """How full one limit is: `level` drains with time, `blocked_until` holds the growing delay of an account."""

    __tablename__ = "limit_bucket"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    level: Mapped[float] = mapped_column(default=0.0)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    blocks: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[datetime | None] = mapped_column(Instant)
