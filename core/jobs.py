"""Jobs and their leases in the database, so that one worker at a time does each of them."""

import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import String, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.access import Access
from core.db import Base, Instant, insert_new, reading, transaction
from core.kit import clock

_ACCESS = Access.system("jobs")
HOLDER = f"{socket.gethostname()[:60]}:{os.getpid()}"


class JobLease(Base):
    """Who does a job, until when, and when it last ran."""

    __tablename__ = "job_lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    held_until: Mapped[datetime] = mapped_column(Instant)
    ran_at: Mapped[datetime | None] = mapped_column(Instant)


def lease(name: str, seconds: int) -> bool:
    """Take a job for `seconds`: True for exactly one caller, who does it; nobody gets it again before the time is over.

    A lease that ends much later than it could have been taken for is of a clock that was set back, and is free; the
    clocks of two machines may differ by less than that.
    """
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    with transaction(_ACCESS) as connection:
        if insert_new(connection, JobLease, name=name, holder=HOLDER, held_until=until):
            return True
        free = or_(JobLease.held_until <= now, JobLease.held_until > until + timedelta(seconds=seconds))
        return (
            connection.execute(
                update(JobLease).where(JobLease.name == name, free).values(holder=HOLDER, held_until=until)
            ).rowcount
            == 1
        )


def ran(name: str) -> None:
    """Note that a job has just run."""
    now = clock.now()
    with transaction(_ACCESS) as connection:
        if not insert_new(connection, JobLease, name=name, holder=HOLDER, held_until=now, ran_at=now):
            connection.execute(update(JobLease).where(JobLease.name == name).values(holder=HOLDER, ran_at=now))


def last_run(name: str) -> datetime | None:
    """When a job last ran, in UTC; None if it never has."""
    with reading(_ACCESS) as connection:
        return connection.execute(select(JobLease.ran_at).where(JobLease.name == name)).scalar_one_or_none()
