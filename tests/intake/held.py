"""What the database of a test holds, and that a refused book leaves it as it was."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, func, select

from core import audit, db
from core.billing.tables import Allocation, DueItem, Invoice, Payment
from core.book.tables import Asset, Contract, Document, IndexRate, PlanRow
from core.identity.tables import Customer
from core.intake.rules.book import Refused
from core.intake.tables import ImportBatch
from tests.intake.books import SYSTEM, Tables, found, imported

TABLES = (Customer, Contract, Asset, PlanRow, Invoice, DueItem, Payment, Allocation, Document, IndexRate, ImportBatch)


def rows(statement: Select[Any]) -> list[tuple[Any, ...]]:
    with db.reading(SYSTEM) as connection:
        return [tuple(row) for row in connection.execute(statement)]


def sizes() -> dict[str, int]:
    with db.reading(SYSTEM) as connection:
        return {
            table.__tablename__: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (*TABLES, audit.AuditLine)
        }


def refused(folder: Path, tables: Tables) -> list[tuple[str, int, str, str]]:
    before = sizes()
    with pytest.raises(Refused) as refusal:
        imported(folder, tables)
    assert sizes() == before
    return found(refusal.value.faults)
