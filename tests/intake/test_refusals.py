"""Every reason to refuse a row that the cells alone do not show, each at its exact place. The database is empty."""

from pathlib import Path

import pytest

from core.intake.rules.book import Fault
from tests.intake.books import Tables, judged, small

Place = tuple[str, int, str, str]
UNTRUE = "is part of a reversal whose allocations are not the opposite of those of the payment it takes back"


def spoilt(table: str, row: int, **cells: str) -> Tables:
    """The small book with other cells in a row, numbered as in a spreadsheet."""
    tables = small()
    tables[table][row - 2] |= cells
    return tables


def test_the_small_book_is_sound(database: str, tmp_path: Path) -> None:
    assert judged(tmp_path, small()) == []


@pytest.mark.parametrize(
    ("tables", "fault"),
    [
        (spoilt("contracts", 2, ends_on="2024-01-15"), ("contracts.csv", 2, "ends_on", "must come after starts_on")),
        (spoilt("contracts", 2, price="0"), ("contracts.csv", 2, "price", "must be above zero")),
        (spoilt("contracts", 2, deposit="-1"), ("contracts.csv", 2, "deposit", "must not be negative")),
        (spoilt("contracts", 2, index_base=""), ("contracts.csv", 2, "index_code", "and index_base go together")),
        (
            spoilt("contracts", 3, customer="C3"),
            ("contracts.csv", 3, "customer", "is in neither customers.csv nor the database"),
        ),
        (
            spoilt("assets", 2, contract="300"),
            ("assets.csv", 2, "contract", "is in neither contracts.csv nor the database"),
        ),
        (
            spoilt("plan_rows", 3, amount="500,01"),
            ("plan_rows.csv", 3, "amount", "must be principal + interest, 500.00"),
        ),
        (
            spoilt("plan_rows", 3, accrues_to="2024-01-14"),
            ("plan_rows.csv", 3, "accrues_to", "must not come before accrues_from"),
        ),
        (
            spoilt("due_items", 3, gross="622,21"),
            ("due_items.csv", 3, "gross", "must be net + fees + vat, 622.20"),
        ),
        (
            spoilt("due_items", 5, kind="INDICIZZAZIONE"),
            ("due_items.csv", 5, "invoice", "is needed: INDICIZZAZIONE is a due item only once it is invoiced"),
        ),
        (
            spoilt("due_items", 5, invoice="9/2024"),
            ("due_items.csv", 5, "invoice", "is in neither invoices.csv nor the database"),
        ),
        (
            spoilt("due_items", 5, contract="200", invoice="3/2024"),
            ("due_items.csv", 5, "invoice", "is an invoice of customer A1"),
        ),
        (
            spoilt("invoices", 5, contract="200"),
            ("invoices.csv", 5, "contract", "is a contract of customer B2"),
        ),
        (
            spoilt("payments", 5, amount="-700,00"),
            ("payments.csv", 5, "amount", "is negative: name the payment it takes back under reverses"),
        ),
        (
            spoilt("payments", 4, reverses="S9"),
            ("payments.csv", 4, "reverses", "is in neither payments.csv nor the database as a payment by SDD"),
        ),
        (
            spoilt("payments", 4, customer="B2"),
            ("payments.csv", 4, "reverses", "is a payment of customer A1"),
        ),
        (
            spoilt("allocations", 2, reference="S9"),
            ("allocations.csv", 2, "reference", "is in neither payments.csv nor the database as a payment by SDD"),
        ),
        (
            spoilt("allocations", 2, kind="CANONE"),
            ("allocations.csv", 2, "plan_due_on", "is of no due item in due_items.csv or the database"),
        ),
        (
            spoilt("allocations", 2, kind="RISCATTO", number="3", plan_due_on="2024-06-30"),
            (
                "allocations.csv",
                2,
                "number",
                "is not invoiced yet: leave the allocation out, the money stays unapplied",
            ),
        ),
        (spoilt("allocations", 2, amount="-1"), ("allocations.csv", 2, "amount", "must be positive here")),
        (spoilt("allocations", 2, amount="0"), ("allocations.csv", 2, "amount", "must not be zero")),
        (
            spoilt("allocations", 2, amount="121,00") | {"payments": [small()["payments"][0] | {"amount": "120,00"}]},
            (
                "allocations.csv",
                2,
                "amount",
                "brings the allocations of the payment to 121.00, it is of 120.00",
            ),
        ),
        (
            spoilt("allocations", 2, amount="122,01") | {"payments": [small()["payments"][0] | {"amount": "130,00"}]},
            (
                "allocations.csv",
                2,
                "amount",
                "brings what is paid of the due item to 122.01, it is of 122.00",
            ),
        ),
        (
            spoilt("documents", 2, invoice="9/2024"),
            ("documents.csv", 2, "invoice", "is in neither invoices.csv nor the database"),
        ),
        (
            spoilt("papers", 2, customer="C3"),
            ("papers.csv", 2, "customer", "is in neither customers.csv nor the database"),
        ),
        (
            spoilt("papers", 2, contract="300"),
            ("papers.csv", 2, "contract", "is in neither contracts.csv nor the database"),
        ),
        (spoilt("papers", 2, contract="200"), ("papers.csv", 2, "contract", "is a contract of customer B2")),
        (
            spoilt("papers", 2, kind="FATTURA"),
            ("papers.csv", 2, "kind", "must be one of CONTRATTO, PIANO, CERTIFICAZIONE, COMUNICAZIONE"),
        ),
        (
            spoilt("papers", 2, file=f"{'a' * 140}.pdf"),
            ("papers.csv", 2, "file", "is 144 characters long, at most 143 leave room for a mark of its content"),
        ),
        (
            spoilt("contracts", 2, index_method="YEARLY"),
            ("contracts.csv", 2, "index_method", "must be one of QUARTERLY, SIMPLE"),
        ),
    ],
    ids=lambda value: f"{value[0]}-{value[2]}-{value[3][:20]}" if isinstance(value, tuple) else "",
)
def test_a_row_is_refused_at_its_place(database: str, tmp_path: Path, tables: Tables, fault: Place) -> None:
    assert fault in judged(tmp_path, tables)


@pytest.mark.parametrize(
    ("table", "row", "fault"),
    [
        ("customers", "A1;Anna;;;anna@pec.example;Via", ("customers.csv", 4, "code", "is already in row 2")),
        ("payments", "A1;2024-01-15;SDD;S1;122,00;;", ("payments.csv", 6, "reference", "is already in row 2")),
        ("index_rates", "EURIBOR3M;2024-01;1,0;x", ("index_rates.csv", 6, "month", "is already in row 2")),
        (
            "allocations",
            "SDD;S1;100;ANTICIPO;0;2024-01-15;1,00",
            ("allocations.csv", 6, "number", "is already in row 2"),
        ),
        (
            "papers",
            "A1;;PIANO;2024-02-01;lettera.pdf;Piano",
            ("papers.csv", 4, "file", "is already in row 3"),
        ),
        (
            "invoices",
            "5/2024;A1;;2024-05-01",
            ("invoices.csv", 6, "number", "has no due item: no row of due_items.csv names it"),
        ),
        (
            "payments",
            "A1;2024-02-09;SDD;S2-R2;-622,20;S2;",
            ("payments.csv", 6, "reverses", "is taken back already by row 4"),
        ),
        (
            "payments",
            "A1;2024-02-09;SDD;S9;622,20;S2-R;",
            ("payments.csv", 6, "reverses", "takes a payment back itself"),
        ),
        (
            "payments",
            "A1;2024-02-09;SDD;S1-R;-121,00;S1;",
            ("payments.csv", 6, "amount", "must be the opposite of the payment it takes back, -122.00"),
        ),
        ("payments", "A1;2024-02-09;SDD;S1-R;-122,00;S1;", ("payments.csv", 6, "reverses", UNTRUE)),
        (
            "payments",
            "A1;2024-02-09;SDD;S8;-122,00;S8;",
            ("payments.csv", 6, "reverses", "is the reference of the row itself"),
        ),
        (
            "payments",
            "A1;2024-02-09;SDD;S1-R;122,00;S1;",
            ("payments.csv", 6, "amount", "must be negative: the row takes a payment back"),
        ),
    ],
)
def test_a_row_that_clashes_with_another_is_refused(
    database: str, tmp_path: Path, table: str, row: str, fault: Place
) -> None:
    tables = small()
    tables[table].append(dict(zip(tables[table][0], row.split(";"), strict=True)))
    assert fault in judged(tmp_path, tables)


def test_a_reversal_takes_back_what_its_payment_paid(database: str, tmp_path: Path) -> None:
    tables = spoilt("allocations", 4, amount="-622,19")
    assert judged(tmp_path, tables) == [
        ("allocations.csv", 4, "reference", UNTRUE),
        ("allocations.csv", 5, "amount", "brings what is paid of the due item to 622.21, it is of 622.20"),
    ]


def test_money_goes_only_to_its_own_customers_items(database: str, tmp_path: Path) -> None:
    tables = spoilt("payments", 5, customer="B2")
    assert judged(tmp_path, tables) == [
        ("allocations.csv", 5, "contract", "is of customer A1, the payment of customer B2")
    ]


def test_a_credit_note_is_offset_by_a_negative_allocation(database: str, tmp_path: Path) -> None:
    tables = small()
    tables["plan_rows"][3] |= {"amount": "-3,00", "interest": "-3,00"}
    tables["due_items"][4] |= {"kind": "NOTA_CREDITO", "net": "-3,00", "vat": "-0,66", "gross": "-3,66"}
    row = {"method": "BONIFICO", "reference": "TRN 3", "contract": "100", "kind": "NOTA_CREDITO", "number": "0"}
    tables["allocations"].append(row | {"plan_due_on": "2024-03-31", "amount": "-3,66"})
    assert judged(tmp_path / "negative", tables) == []
    tables["allocations"][-1]["amount"] = "3,66"
    reason = "must be negative here: a reversal takes money back, a credit note gives it"
    assert judged(tmp_path / "positive", tables) == [("allocations.csv", 6, "amount", reason)]


def test_a_fault_is_not_told_again_for_every_row_that_leans_on_it(database: str, tmp_path: Path) -> None:
    tables = spoilt("customers", 2, vat_no="1")
    tables["contracts"][0]["iban"] = "IT"
    tables["payments"][1]["amount"] = "much"
    tables["due_items"][1]["net"] = "some"
    assert [(file, row, column) for file, row, column, _ in judged(tmp_path, tables)] == [
        ("contracts.csv", 2, "iban"),
        ("customers.csv", 2, "vat_no"),
        ("due_items.csv", 3, "net"),
        ("payments.csv", 3, "amount"),
    ]


def test_an_unreadable_file_is_one_fault(database: str, tmp_path: Path) -> None:
    tables = small()
    tables["contracts"] = [{"numero": row.pop("number")} | row for row in tables["contracts"]]
    assert judged(tmp_path, tables) == [
        ("contracts.csv", 1, "number", "is missing"),
        ("contracts.csv", 1, "numero", "is not a column of this file"),
    ]


def test_a_fault_reads_as_one_line() -> None:
    assert (
        str(Fault("payments.csv", 7, "amount", "x" * 50, "is odd"))
        == f"payments.csv row 7: amount '{'x' * 39}…' is odd"
    )
    assert str(Fault("payments.csv", 7, "amount", "", "is empty")) == "payments.csv row 7: amount is empty"
    assert str(Fault("customer.csv", 0, "", "", "is not a file of a book")) == "customer.csv: is not a file of a book"
    assert "\n" not in str(Fault("payments.csv", 7, "reason", "a\nb", "is odd"))
