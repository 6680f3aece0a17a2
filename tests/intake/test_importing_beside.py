"""An import and what happens meanwhile: other imports, drawn documents, who waits, what the database is asked."""

import re
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, update

from core import db
from core.book.tables import Document
from core.demo import BOOK
from core.intake import actions
from core.intake.actions import FileChanged, import_book
from core.intake.blocks import Source
from core.intake.rules.book import Refused
from tests.intake.books import PDF, SYSTEM, found, imported, opened, small, write
from tests.intake.held import refused, sizes


def test_a_file_that_comes_while_its_invoice_is_drawn_is_refused(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = small()
    del tables["documents"]
    imported(tmp_path / "first", tables)
    write_rows = actions.record

    def drawn_first(connection: Connection, *rest: Any) -> None:
        connection.execute(update(Document).where(Document.filename == "fattura_1-2024.pdf").values(sha256="d" * 64))
        write_rows(connection, *rest)

    monkeypatch.setattr(actions, "record", drawn_first)
    assert refused(tmp_path / "second", {"documents": small()["documents"]}) == [
        ("documents.csv", 2, "file", "came too late: the invoice was drawn meanwhile")
    ]


def test_a_document_that_changes_under_way_stops_the_import(database: str, tmp_path: Path) -> None:
    folder = write(tmp_path, small())

    def rewrite(what: str, _rows: int) -> None:
        if what == "checking":
            (folder / "documents" / "anticipo.pdf").write_bytes(PDF + b"later")

    with pytest.raises(FileChanged, match=r"anticipo\.pdf"):
        import_book(SYSTEM, opened(folder), advance=rewrite)
    assert set(sizes().values()) == {0}


@pytest.fixture
def overtaken(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small book comes in beside the import of the test, just before that one writes."""
    keep = actions._keep_files

    def come_first(connection: Connection, source: Source) -> None:
        monkeypatch.setattr(actions, "_keep_files", keep)
        imported(tmp_path / "first", small())
        keep(connection, source)

    monkeypatch.setattr(actions, "_keep_files", come_first)


def test_a_book_is_judged_again_when_another_came_in_meanwhile(overtaken: None, tmp_path: Path) -> None:
    tables = small()
    tables["payments"][0]["amount"] = "130,00"
    with pytest.raises(Refused) as refusal:
        imported(tmp_path / "second", tables)
    assert found(refusal.value.faults) == [
        ("payments.csv", 2, "amount", "was imported as 122.00: a payment is never changed, only taken back")
    ]
    assert sizes()["payment"] == len(small()["payments"])


def test_a_book_that_came_twice_at_once_is_written_once(overtaken: None, tmp_path: Path) -> None:
    counts = imported(tmp_path / "second", small())
    assert all(outcome["new"] == 0 for outcome in counts.values())
    assert sizes()["due_item"] == len(small()["due_items"])


def test_whoever_waits_hears_of_every_row(database: str, tmp_path: Path) -> None:
    heard: Counter[str] = Counter()

    def advance(what: str, rows: int) -> None:
        heard[what] += rows

    new = sum(len(rows) for rows in small().values())
    import_book(SYSTEM, opened(write(tmp_path, small())), advance=advance)
    assert heard == {"reading": new, "checking": 0, "writing": new}
    tables = small()
    tables["customers"][0]["name"] = "Anna & C."
    tables["plan_rows"][4]["accrues_from"] = "2024-06-02"
    heard.clear()
    import_book(SYSTEM, opened(write(tmp_path, tables)), advance=advance)
    assert heard == {"reading": new, "checking": 0, "writing": 2}


def statements(deed: Callable[[], object]) -> list[str]:
    """The statements sent to the database meanwhile."""
    ran: list[str] = []

    def note(*arguments: Any) -> None:
        ran.append(arguments[2])

    event.listen(db.database().engine, "before_cursor_execute", note)
    deed()
    event.remove(db.database().engine, "before_cursor_execute", note)
    return ran


def test_no_statement_is_run_for_a_single_row(database: str, tmp_path: Path) -> None:
    few = statements(lambda: imported(tmp_path / "small", small()))
    tables = small()
    tables["index_rates"] += [
        {"code": "EURIBOR3M", "month": f"{year}-{month:02d}", "percent": "1", "source": ""}
        for year in range(1960, 2020)
        for month in range(1, 13)
    ]
    tables["customers"] += [tables["customers"][0] | {"code": f"X{number}"} for number in range(900)]
    many = statements(lambda: imported(tmp_path / "large", tables))
    assert len(many) <= len(few)


def test_no_stored_row_is_tried_for_each_staged_one(sqlite_template: Path, tmp_path: Path) -> None:
    """Where SQLite finds no index it makes one, of all the ledger, and goes through all that is alike in it."""
    shutil.copy(sqlite_template, tmp_path / "portal.db")
    import_book(SYSTEM, opened(BOOK), of="demo", as_of=date(2024, 1, 1))
    plans: list[str] = []

    def explain(_connection: object, cursor: Any, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith(("SELECT", "INSERT INTO", "UPDATE")) and "VALUES" not in statement:
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[-1] for row in plan)

    event.listen(db.database().engine, "before_cursor_execute", explain)
    counts = import_book(SYSTEM, opened(BOOK), of="demo", as_of=date(2024, 4, 5))
    event.remove(db.database().engine, "before_cursor_execute", explain)
    assert counts["due_items.csv"]["changed"] > 50
    assert len(plans) > 100
    made = re.compile(r"SEARCH (plan_row|due_item|invoice|payment|allocation)\b.* USING AUTOMATIC")
    assert [plan for plan in plans if made.match(plan)] == []
