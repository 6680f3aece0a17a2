"""The audit trail: who saw, changed, downloaded or was refused what. Append-only in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, ForeignKey, String, insert
from sqlalchemy.orm import Mapped, mapped_column

from core.access import Access
from core.db import BIG, Base, Instant, transaction
from core.kit import clock


class AuditLine(Base):
    """One line of the trail."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    actor: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"), index=True)
    address: Mapped[str] = mapped_column(String(45), default="")
    action: Mapped[str] = mapped_column(String(60))
    entity: Mapped[str | None] = mapped_column(String(40))
    entity_id: Mapped[str | None] = mapped_column(String(60))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def write(
    connection: Connection,
    access: Access,
    action: str,
    entity: str | None = None,
    entity_id: object = None,
    **data: object,
) -> None:
    """Append a line in the caller's transaction; no password, code, token or whole IBAN belongs in `data` (JSON)."""
    connection.execute(
        insert(AuditLine).values(
            at=clock.now(),
            actor=access.actor,
            account_id=access.account_id,
            address=access.address,
            action=action,
            entity=entity,
            entity_id=None if entity_id is None else str(entity_id)[:60],
            data=data,
        )
    )


def denied(access: Access, entity: str, entity_id: object) -> None:
    """Append, in a transaction of its own, that a row was asked for and not given."""
    with transaction(access) as connection:
        write(connection, access, "denied", entity, entity_id)
