"""Import batches: what was read, when, and how it ended."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BIG, Base, Instant


class ImportBatch(Base):
    """One finished import; `counts` is {file: {"new": n, "changed": n, "same": n}}. A refused one leaves no row."""

    __tablename__ = "import_batch"
    __table_args__ = (CheckConstraint("source in ('import', 'demo')", name="source"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    source: Mapped[str] = mapped_column(String(10))
    as_of: Mapped[date | None]
    started_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime] = mapped_column(Instant)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
