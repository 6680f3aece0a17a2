"""The end of an export: what is written, what it is called, and what the audit trail says of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from sqlalchemy import select

from core import db
from core.access import Access
from core.audit import AuditLine
from core.book.actions.files import write_file
from core.exports.extensions import Extension
from core.exports.table import Column, Notes, Table

ACCESS = Access.system("test")
DAY = date(2024, 4, 5)
NOTES = Notes("it", "Aurora", "Beni", "10093", datetime(2026, 11, 20, tzinfo=UTC), DAY)


@dataclass(frozen=True)
class Period:
    contract: str | None
    since: date


@pytest.mark.parametrize(("extension", "begins"), [("xlsx", b"PK"), ("csv", b"\xef\xbb\xbfBene\r\na\r\nb\r\n")])
def test_a_file_is_written_named_and_noted(database: str, extension: Extension, begins: bytes) -> None:
    out, table = BytesIO(), Table("Beni", [Column("Bene")], [("a",), ("b",)], NOTES)
    filters = Period("84963", date(2024, 1, 1))
    name = write_file(ACCESS, out, table, export="assets", filters=filters, extension=extension, parts=("beni", ""))
    assert name == f"beni_2024-04-05.{extension}"
    assert out.getvalue().startswith(begins)
    with db.reading(ACCESS) as connection:
        line = connection.execute(select(AuditLine.action, AuditLine.entity, AuditLine.data)).one()
    asked = {"contract": "84963", "since": "2024-01-01"}
    assert tuple(line) == ("export", "assets", {**asked, "format": extension, "rows": 2})


def test_what_cannot_be_written_leaves_no_line(database: str) -> None:
    broken = Table("Beni", [Column("Bene")], [("a", "b")], NOTES)
    with pytest.raises(ValueError, match="zip"):
        write_file(ACCESS, BytesIO(), broken, export="assets", filters=Period(None, DAY), extension="csv", parts=())
    with db.reading(ACCESS) as connection:
        assert connection.execute(select(AuditLine.id)).all() == []
