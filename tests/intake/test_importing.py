"""A book in the database: what it becomes, and that of a refused one nothing stays. On both databases."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from core import audit, files
from core.access import Access, Grant, Role
from core.billing.tables import DueItem, Invoice, Payment
from core.book.tables import Contract, Document, IndexRate, PlanRow
from core.identity.tables import Customer
from core.intake import actions, frames
from core.intake.actions import import_book, preview
from core.intake.tables import ImportBatch
from core.kit import clock
from core.kit.errors import NotFound
from core.settings import settings
from tests.intake.books import IBAN, PDF, SYSTEM, imported, opened, small, write
from tests.intake.held import refused, rows, sizes


def test_a_book_becomes_rows_of_every_table(database: str, tmp_path: Path) -> None:
    counts = imported(tmp_path, small())
    assert {file: found["new"] for file, found in counts.items()} == {
        f"{name}.csv": len(table) for name, table in small().items()
    }
    assert rows(
        select(Contract.number, Contract.rate_ppm, Contract.vat_bp, Contract.index_base_ppm, Contract.in_advance)
    ) == [
        ("100", 79380, 2200, -3860, False),
        ("200", 51000, 2200, None, True),
    ]
    assert rows(select(IndexRate.ppm).order_by(IndexRate.month)) == [(39250,), (39230,), (39230,), (38860,)]


def test_a_due_item_has_its_customer_plan_row_invoice_and_paid_sum(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    joined = (
        select(DueItem.kind, PlanRow.kind, Invoice.number, DueItem.causale, DueItem.gross_cents, DueItem.paid_cents)
        .join(PlanRow, PlanRow.id == DueItem.plan_row_id)
        .join(Customer, Customer.id == DueItem.customer_id)
        .outerjoin(Invoice, Invoice.id == DueItem.invoice_id)
        .where(Customer.code == "A1")
        .order_by(DueItem.due_on)
    )
    assert rows(joined) == [
        ("ANTICIPO", "ANTICIPO", "1/2024", "Anticipo", 12200, 12200),
        ("CANONE", "CANONE", "2/2024", "Pagamento", 62220, 62220),
        ("CANONE", "CANONE", "3/2024", "Canone di febbraio", 49410, 0),
        ("INDICIZZAZIONE", "INDICIZZAZIONE", "4/2024", "Indicizzazione", 366, 0),
        ("RISCATTO", "RISCATTO", None, "Valore residuo", 1220, 0),
    ]


def test_a_reversal_names_the_payment_it_takes_back(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    origin = Payment.__table__.alias()
    statement = select(Payment.amount_cents, Payment.reason, origin.c.reference)
    assert rows(statement.join(origin, origin.c.id == Payment.reverses_id)) == [(-62220, "AM04", "S2")]


def test_an_invoice_has_its_document_and_a_snapshot_of_what_its_paper_says(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    statement = select(Document.title, Document.filename, Document.mime, Document.sha256, Invoice.snapshot)
    found = rows(statement.join(Invoice, Invoice.document_id == Document.id).order_by(Invoice.number))
    recipient = {
        "name": "Anna S.r.l.",
        "address": "Via Roma 1, Treviso",
        "tax_code": "03598000267",
        "vat_no": "03598000267",
        "code": "A1",
    }
    snapshot = {
        "recipient": recipient,
        "lessor": settings().company_name,
        "legal": settings().company_legal,
        "contracts": {"100": {"vat_bp": 2200, "iban": IBAN}},
    }
    key = hashlib.sha256(PDF).hexdigest()
    assert found[0] == ("Fattura 1/2024", "fattura_1-2024.pdf", "application/pdf", key, snapshot)
    assert found[1] == ("Fattura 2/2024", "fattura_2-2024.pdf", "application/pdf", None, snapshot)
    assert files.get(key) == PDF


def test_an_invoice_of_credit_notes_only_is_titled_so(database: str, tmp_path: Path) -> None:
    tables = small()
    tables["plan_rows"][3] |= {"amount": "-3,00", "interest": "-3,00"}
    tables["due_items"][4] |= {"kind": "NOTA_CREDITO", "net": "-3,00", "vat": "-0,66", "gross": "-3,66"}
    imported(tmp_path, tables)
    statement = select(Document.title, Document.filename).join(Invoice, Invoice.document_id == Document.id)
    assert rows(statement.where(Invoice.number == "4/2024")) == [
        ("Nota di credito 4/2024", "nota_di_credito_4-2024.pdf")
    ]
    linked = select(PlanRow.kind).join(DueItem, DueItem.plan_row_id == PlanRow.id)
    assert rows(linked.where(DueItem.kind == "NOTA_CREDITO")) == [("INDICIZZAZIONE",)]


def test_an_import_leaves_a_batch_and_an_audit_line(database: str, tmp_path: Path) -> None:
    counts = imported(tmp_path, small())
    assert rows(select(ImportBatch.source, ImportBatch.as_of, ImportBatch.counts)) == [("import", None, counts)]
    assert rows(select(audit.AuditLine.actor, audit.AuditLine.action, audit.AuditLine.data)) == [
        ("system:import", "import", {"counts": counts})
    ]


def test_the_portal_knows_when_the_last_book_came(database: str, tmp_path: Path) -> None:
    assert frames.updated_at(SYSTEM) is None
    clock.set_to("2024-04-05T10:00:00+00:00")
    imported(tmp_path, small())
    updated_at = frames.updated_at(SYSTEM)
    assert updated_at is not None
    assert datetime(2024, 4, 5, 10, tzinfo=UTC) <= updated_at < datetime(2024, 4, 5, 10, 5, tzinfo=UTC)


def test_a_book_never_came_after_the_demos_now(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    clock.set_to("2020-01-01T10:00:00+00:00")
    updated_at = frames.updated_at(SYSTEM)
    assert updated_at is not None
    assert updated_at <= clock.now()


def test_an_invoice_over_several_contracts_keeps_the_terms_of_each(database: str, tmp_path: Path) -> None:
    tables = small()
    tables["contracts"][1] |= {"customer": "A1"}
    tables["invoices"][2]["contract"] = ""
    tables["due_items"].append(
        tables["due_items"][2] | {"contract": "200", "due_on": "2024-03-01", "number": "1", "method": "MAV"}
    )
    imported(tmp_path, tables)
    [(snapshot,)] = rows(select(Invoice.snapshot).where(Invoice.number == "3/2024"))
    assert snapshot["contracts"] == {"100": {"vat_bp": 2200, "iban": IBAN}, "200": {"vat_bp": 2200, "iban": None}}


def test_a_refused_book_leaves_nothing_of_its_sound_rows(database: str, tmp_path: Path) -> None:
    tables = small()
    tables["index_rates"][3]["percent"] = "much"
    faults = refused(tmp_path, tables)
    assert faults == [("index_rates.csv", 5, "percent", "must be a percentage such as 7,938")]
    assert set(sizes().values()) == {0}


def test_an_import_that_dies_halfway_leaves_nothing(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(actions.audit, "write", die)
        imported(tmp_path, small())
    assert set(sizes().values()) == {0}
    assert imported(tmp_path, small())["customers.csv"]["new"] == 2


def test_only_the_system_imports(database: str, tmp_path: Path) -> None:
    person = Access(Role.CUSTOMER, 1, 1, frozenset(Grant), actor="anna")
    book = opened(write(tmp_path, small()))
    for deed in (preview, import_book):
        with pytest.raises(NotFound):
            deed(person, book)
