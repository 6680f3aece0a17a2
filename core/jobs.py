"""Jobs and their leases in the database, so that one worker at a time does each of them."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Instant


class JobLease(Base):
    """Who does a job, until when, and when it last ran."""

    __tablename__ = "job_lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    held_until: Mapped[datetime] = mapped_column(Instant)
    ran_at: Mapped[datetime | None] = mapped_column(Instant)
