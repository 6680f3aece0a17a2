"""What a second book may not change: invoices, payments, documents, money already allocated. On both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.intake.actions import import_book
from core.intake.rules.book import Refused
from tests.intake.books import PDF, SYSTEM, Tables, found, imported, opened, small, write
from tests.intake.held import refused


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
            change("papers", 2, kind="PIANO"),
            ("papers.csv", 2, "kind", "was imported as CONTRATTO: a document is never changed"),
        ),
        (
            change("papers", 3, contract="100"),
            ("papers.csv", 3, "contract", "was imported as empty: a document is never changed"),
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
                "was imported as 3,923: an invoiced index row was calculated from it",
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


def test_another_file_for_the_same_document_is_refused(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    folder = write(tmp_path, small())
    (folder / "documents" / "anticipo.pdf").write_bytes(PDF + b"changed")
    with pytest.raises(Refused) as refusal:
        import_book(SYSTEM, opened(folder))
    reason = "was imported as fattura_1-2024.pdf: a document is never changed"
    assert found(refusal.value.faults) == [("documents.csv", 2, "file", reason)]


def test_another_content_of_the_same_paper_is_refused(database: str, tmp_path: Path) -> None:
    imported(tmp_path, small())
    folder = write(tmp_path, small())
    (folder / "documents" / "lettera.pdf").write_bytes(PDF + b"changed")
    with pytest.raises(Refused) as refusal:
        import_book(SYSTEM, opened(folder))
    reason = "was imported with another content: a document is never changed"
    assert found(refusal.value.faults) == [("papers.csv", 3, "file", reason)]


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
