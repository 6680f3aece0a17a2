"""Anna and Carla, customers without contracts yet, and the day of the tests."""

from datetime import date

import pytest
from sqlalchemy import select

from core import db
from core.audit import AuditLine
from tests.people import SYSTEM, Person

TODAY = date(2024, 4, 5)


@pytest.fixture
def anna(database: str) -> Person:
    return Person("10093", "Anna")


@pytest.fixture
def carla(database: str) -> Person:
    return Person("10094", "Carla")


def audited() -> list[tuple[str, str | None, str | None]]:
    """Action, entity and entity id of every line of the audit trail."""
    with db.reading(SYSTEM) as connection:
        rows = connection.execute(
            select(AuditLine.action, AuditLine.entity, AuditLine.entity_id).order_by(AuditLine.id)
        )
        return [tuple(row) for row in rows]
