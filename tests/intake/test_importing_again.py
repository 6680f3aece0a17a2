"""What a second book changes of the first, what it adds, and what it leaves alone. On both databases."""

import hashlib
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.billing.tables import DueItem, Invoice
from core.book.tables import Contract, Document, PlanRow
from core.identity.tables import Customer
from core.intake.actions import preview
from core.settings import settings
from tests.intake.books import PDF, SYSTEM, Tables, imported, opened, small, write
from tests.intake.held import rows, sizes


def test_the_same_book_again_changes_nothing(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    before = sizes()
    counts = imported(tmp_path, small())
    assert all(found == {"new": 0, "changed": 0, "same": found["same"]} for found in counts.values())
    assert sizes() == before | {"import_batch": 2, "audit": before["audit"] + 1}


def test_an_update_reaches_customers_contracts_assets_plan_and_items_not_invoiced(
    database: str, tmp_path: Path
) -> None:
    imported(tmp_path, small())
    tables = small()
    tables["customers"][0]["address"] = "Via Nuova 9, Treviso"
    tables["contracts"][1]["terminated_on"] = ""
    tables["assets"][0]["description"] = "FURGONE ROSSO"
    tables["plan_rows"][4] |= {"due_on": "2024-06-30", "outstanding": "0,00", "amount": "11,00", "interest": "1,00"}
    tables["due_items"][3] |= {"net": "11,00", "vat": "2,42", "gross": "13,42", "due_on": "2024-07-01"}
    tables["due_items"][3]["plan_due_on"] = "2024-06-30"
    tables["index_rates"][3]["percent"] = "3,887"
    counts = imported(tmp_path, tables)
    changed = {file for file, found in counts.items() if found["changed"]}
    assert changed == {
        "customers.csv",
        "contracts.csv",
        "assets.csv",
        "plan_rows.csv",
        "due_items.csv",
        "index_rates.csv",
    }
    assert rows(select(Customer.address).where(Customer.code == "A1")) == [("Via Nuova 9, Treviso",)]
    assert rows(select(Contract.terminated_on)) == [(None,), (None,)]
    riscatto = select(DueItem.net_cents, DueItem.due_on, DueItem.gross_cents).where(DueItem.kind == "RISCATTO")
    assert rows(riscatto) == [(1100, date(2024, 7, 1), 1342)]


def test_an_issued_invoices_paper_stays_as_it_was(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(tmp_path, small())
    before = rows(select(Invoice.number, Invoice.snapshot).order_by(Invoice.number))
    tables = small()
    tables["customers"][0]["address"] = "Via Nuova 9, Treviso"
    tables["contracts"][0] |= {"iban": "IT02I0542811101000000512390", "vat": "10"}
    tables["contracts"][1] |= {"vat": ""}
    monkeypatch.setattr(settings(), "company_name", "Another")
    imported(tmp_path, tables)
    assert rows(select(Contract.vat_bp).where(Contract.number == "100")) == [(1000,)]
    assert rows(select(Invoice.number, Invoice.snapshot).order_by(Invoice.number)) == before


def test_an_item_that_gets_its_invoice_keeps_its_row(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    before = rows(select(DueItem.id).where(DueItem.kind == "RISCATTO"))
    tables = small()
    tables["invoices"].append({"number": "5/2024", "customer": "A1", "contract": "100", "issued_on": "2024-06-15"})
    tables["due_items"][3]["invoice"] = "5/2024"
    counts = imported(tmp_path, tables)
    assert counts["due_items.csv"] == {"new": 0, "changed": 1, "same": 4}
    statement = select(DueItem.id, Invoice.number).join(Invoice, Invoice.id == DueItem.invoice_id)
    assert rows(statement.where(DueItem.kind == "RISCATTO")) == [(*before[0], "5/2024")]


def test_rows_missing_from_the_files_are_left_alone(database: str, tmp_path: Path) -> None:
    imported(tmp_path / "first", small())
    before = sizes()
    tables: Tables = {"payments": small()["payments"][:1], "allocations": small()["allocations"][:1]}
    counts = imported(tmp_path / "second", tables)
    assert counts["payments.csv"] == {"new": 0, "changed": 0, "same": 1}
    assert {name: size for name, size in sizes().items() if name not in {"import_batch", "audit"}} == {
        name: size for name, size in before.items() if name not in {"import_batch", "audit"}
    }


def test_a_file_may_name_what_only_the_database_has(database: str, tmp_path: Path) -> None:
    imported(tmp_path / "first", small())
    payment = {"customer": "A1", "paid_on": "2024-03-05", "method": "MAV", "reference": "M9", "amount": "494,10"}
    pays = {"method": "MAV", "reference": "M9", "contract": "100", "kind": "CANONE", "number": "2"}
    tables: Tables = {
        "payments": [payment],
        "allocations": [pays | {"plan_due_on": "2024-02-29", "amount": "494,10"}],
    }
    imported(tmp_path / "second", tables)
    assert rows(select(DueItem.paid_cents).where(DueItem.number == 2)) == [(49410,)]


def test_items_may_come_without_their_contracts_file(database: str, tmp_path: Path) -> None:
    tables = small()
    items = tables.pop("due_items")
    imported(tmp_path / "first", {name: tables[name] for name in ("customers", "contracts", "plan_rows")})
    counts = imported(tmp_path / "second", {"due_items": [items[3]]})
    assert counts["due_items.csv"]["new"] == 1
    assert rows(select(PlanRow.kind).join(DueItem, DueItem.plan_row_id == PlanRow.id)) == [("RISCATTO",)]


def test_a_plan_row_that_comes_after_its_item_is_tied_to_it(database: str, tmp_path: Path) -> None:
    tables = small()
    plan = tables.pop("plan_rows")
    imported(tmp_path / "first", tables)
    assert rows(select(func.count()).where(DueItem.plan_row_id.is_not(None))) == [(0,)]
    imported(tmp_path / "second", {"plan_rows": plan})
    assert rows(select(func.count()).where(DueItem.plan_row_id.is_(None))) == [(0,)]


def test_a_document_that_comes_later_takes_its_place(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    tables: Tables = {"documents": [{"invoice": "2/2024", "file": "canone.pdf", "title": "Fattura due"}]}
    counts = imported(tmp_path / "later", tables)
    assert counts["documents.csv"] == {"new": 1, "changed": 0, "same": 0}
    statement = select(Document.title, Document.sha256).join(Invoice, Invoice.document_id == Document.id)
    key = hashlib.sha256(PDF).hexdigest()
    assert rows(statement.where(Invoice.number == "2/2024")) == [("Fattura due", key)]
    assert rows(select(func.count()).where(Document.kind == "FATTURA")) == [(4,)]


def test_a_plan_row_may_change_how_an_invoiced_amount_splits(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    tables = small()
    tables["plan_rows"][1] |= {"principal": "489,00", "interest": "11,00", "outstanding": "411,00"}
    assert imported(tmp_path, tables)["plan_rows.csv"]["changed"] == 1


def test_a_preview_says_what_would_change_and_changes_nothing(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    before = sizes()
    tables = small()
    tables["customers"][1]["name"] = "Bruno Bianchi & C."
    tables["customers"].append(tables["customers"][0] | {"code": "C3"})
    tables["payments"][0]["amount"] = "1,00"
    verdict = preview(SYSTEM, opened(write(tmp_path, tables)))
    assert verdict.counts["customers.csv"] == {"new": 1, "changed": 1, "same": 1, "refused": 0}
    assert verdict.counts["payments.csv"] == {"new": 0, "changed": 0, "same": 3, "refused": 1}
    assert sizes() == before
