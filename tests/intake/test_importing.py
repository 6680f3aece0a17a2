"""A book in the database: what it becomes, again and again, and what a second one may not change. On both databases."""

import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select, update

from core import audit, db, files
from core.access import Access, Grant, Role
from core.billing.tables import DueItem, Invoice, Payment
from core.book.tables import Contract, Document, IndexRate, PlanRow
from core.demo import BOOK
from core.identity.tables import Customer
from core.intake import actions, frames
from core.intake.actions import FileChanged, import_book, preview
from core.intake.blocks import Source
from core.intake.rules.book import Refused
from core.intake.tables import ImportBatch
from core.kit import clock
from core.kit.errors import NotFound
from core.settings import settings
from tests.intake.books import IBAN, PDF, SYSTEM, Tables, found, imported, opened, small, write
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


def test_the_same_book_again_changes_nothing(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    before = sizes()
    counts = imported(tmp_path, small())
    assert all(found == {"new": 0, "changed": 0, "same": found["same"]} for found in counts.values())
    assert sizes() == before | {"import_batch": 2, "audit": before["audit"] + 1}


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
    assert rows(select(func.count()).select_from(Document)) == [(4,)]


def change(table: str, row: int, **cells: str) -> Callable[[Tables], None]:
    return lambda tables: tables[table][row - 2].update(cells)


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (
            change("contracts", 3, customer="A1"),
            ("contracts.csv", 3, "customer", "was imported as B2: a contract stays its customer's"),
        ),
        (
            change("invoices", 2, issued_on="2024-01-11"),
            ("invoices.csv", 2, "issued_on", "was imported as 2024-01-10: an invoice is never changed"),
        ),
        (
            change("due_items", 3, net="501,00", gross=""),
            ("due_items.csv", 3, "net", "was imported as 500.00: an invoiced due item is never changed"),
        ),
        (
            change("due_items", 4, invoice=""),
            ("due_items.csv", 4, "invoice", "was imported as 3/2024: an invoiced due item is never changed"),
        ),
        (
            change("due_items", 5, invoice="3/2024"),
            (
                "due_items.csv",
                5,
                "invoice",
                "was imported before without this due item, and an invoice is never changed",
            ),
        ),
        (
            change("payments", 5, amount="701,00"),
            ("payments.csv", 5, "amount", "was imported as 700.00: a payment is never changed, only taken back"),
        ),
        (
            change("payments", 5, reason="X"),
            ("payments.csv", 5, "reason", "was imported as empty: a payment is never changed, only taken back"),
        ),
        (
            change("allocations", 5, amount="622,00"),
            ("allocations.csv", 5, "amount", "was imported as 622.20: an allocation is never changed"),
        ),
        (
            change("documents", 2, title="Altro"),
            ("documents.csv", 2, "title", "was imported as Fattura 1/2024: a document is never changed"),
        ),
        (
            change("plan_rows", 3, amount="500,01", interest="10,01"),
            ("plan_rows.csv", 3, "amount", "was imported as 500.00: its due item is on invoice 2/2024"),
        ),
        (
            change("index_rates", 3, percent="3,924"),
            (
                "index_rates.csv",
                3,
                "percent",
                "was imported as 39230: an invoiced index row was calculated from it",
            ),
        ),
    ],
    ids=lambda value: f"{value[0]}-{value[2]}" if isinstance(value, tuple) else "",
)
def test_what_is_final_is_refused_when_it_differs(
    database: str, tmp_path: Path, spoil: Callable[[Tables], None], place: tuple[str, int, str, str]
) -> None:
    imported(tmp_path, small())
    tables = small()
    spoil(tables)
    assert refused(tmp_path, tables) == [place]


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


def test_another_file_for_the_same_document_is_refused(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    folder = write(tmp_path, small())
    (folder / "documents" / "anticipo.pdf").write_bytes(PDF + b"changed")
    with pytest.raises(Refused) as refusal:
        import_book(SYSTEM, opened(folder))
    reason = "was imported as fattura_1-2024.pdf: a document is never changed"
    assert found(refusal.value.faults) == [("documents.csv", 2, "file", reason)]


def test_a_plan_row_may_change_how_an_invoiced_amount_splits(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    tables = small()
    tables["plan_rows"][1] |= {"principal": "489,00", "interest": "11,00", "outstanding": "411,00"}
    assert imported(tmp_path, tables)["plan_rows.csv"]["changed"] == 1


def test_money_already_allocated_counts(database: str, tmp_path: Path) -> None:
    imported(tmp_path / "first", small())
    tables = small()
    row = {"method": "BONIFICO", "reference": "TRN 3", "contract": "100", "kind": "CANONE", "number": "2"}
    more: Tables = {"allocations": [row | {"plan_due_on": "2024-02-29", "amount": "77,81"}]}
    reason = "brings the allocations of the payment to 700.01, it is of 700.00"
    assert refused(tmp_path / "second", more) == [("allocations.csv", 2, "amount", reason)]
    tables["payments"] = [tables["payments"][0] | {"reference": "S9", "amount": "1,00"}]
    tables["allocations"] = [tables["allocations"][0] | {"reference": "S9", "amount": "1,00"}]
    reason = "brings what is paid of the due item to 123.00, it is of 122.00"
    assert refused(tmp_path / "third", {name: tables[name] for name in ("payments", "allocations")}) == [
        ("allocations.csv", 2, "amount", reason)
    ]


def test_a_payment_taken_back_before_takes_no_second_reversal_and_pays_nothing_more(
    database: str, tmp_path: Path
) -> None:
    imported(tmp_path / "first", small())
    again = small()["payments"][2] | {"reference": "S2-R2"}
    assert ("payments.csv", 2, "reverses", "is taken back already by S2-R") in refused(
        tmp_path / "second", {"payments": [again]}
    )
    pays = {"method": "SDD", "reference": "S2", "contract": "100", "kind": "CANONE", "number": "2"}
    faults = refused(tmp_path / "third", {"allocations": [pays | {"plan_due_on": "2024-02-29", "amount": "494,10"}]})
    assert ("allocations.csv", 2, "reference") in [fault[:3] for fault in faults]


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


def test_a_document_that_changes_under_way_stops_the_import(database: str, tmp_path: Path) -> None:
    folder = write(tmp_path, small())

    def rewrite(what: str, _rows: int) -> None:
        if what == "checking":
            (folder / "documents" / "anticipo.pdf").write_bytes(PDF + b"later")

    with pytest.raises(FileChanged, match=r"anticipo\.pdf"):
        import_book(SYSTEM, opened(folder), advance=rewrite)
    assert set(sizes().values()) == {0}


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


def test_only_the_system_imports(database: str, tmp_path: Path) -> None:
    person = Access(Role.CUSTOMER, 1, 1, frozenset(Grant), actor="anna")
    book = opened(write(tmp_path, small()))
    for deed in (preview, import_book):
        with pytest.raises(NotFound):
            deed(person, book)


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


def test_a_book_is_judged_again_when_another_came_in_meanwhile(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = actions._keep_files

    def come_first(connection: Connection, source: Source) -> None:
        monkeypatch.setattr(actions, "_keep_files", keep)
        imported(tmp_path / "first", small())
        keep(connection, source)

    monkeypatch.setattr(actions, "_keep_files", come_first)
    tables = small()
    tables["payments"][0]["amount"] = "130,00"
    with pytest.raises(Refused) as refusal:
        imported(tmp_path / "second", tables)
    assert found(refusal.value.faults) == [
        ("payments.csv", 2, "amount", "was imported as 122.00: a payment is never changed, only taken back")
    ]
    assert sizes()["payment"] == len(small()["payments"])


def test_a_book_that_came_twice_at_once_is_written_once(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = actions._keep_files

    def come_first(connection: Connection, source: Source) -> None:
        monkeypatch.setattr(actions, "_keep_files", keep)
        imported(tmp_path / "first", small())
        keep(connection, source)

    monkeypatch.setattr(actions, "_keep_files", come_first)
    counts = imported(tmp_path / "second", small())
    assert all(outcome["new"] == 0 for outcome in counts.values())
    assert sizes()["due_item"] == len(small()["due_items"])


def statements(deed: Callable[[], object]) -> list[str]:
    """The statements sent to the database meanwhile."""
    ran: list[str] = []

    def note(*arguments: Any) -> None:
        ran.append(arguments[2])

    event.listen(db.database().engine, "before_cursor_execute", note)
    deed()
    event.remove(db.database().engine, "before_cursor_execute", note)
    return ran


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
