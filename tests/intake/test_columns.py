"""The format and the tables it fills agree: lengths, kinds and methods."""

import pytest
from sqlalchemy import String, Text

from core.billing.tables import KINDS, METHODS, DueItem, Invoice, Payment
from core.book.tables import DOCUMENT_KINDS, INDEX_METHODS, PLAN_KINDS, Asset, Contract, Document, IndexRate, PlanRow
from core.identity.tables import Customer
from core.intake import columns, rates
from core.intake.cells import CellError, Parser, text
from core.intake.columns import FORMATS

TABLES = {
    columns.CUSTOMERS: Customer,
    columns.CONTRACTS: Contract,
    columns.ASSETS: Asset,
    columns.PLAN_ROWS: PlanRow,
    columns.INVOICES: Invoice,
    columns.DUE_ITEMS: DueItem,
    columns.PAYMENTS: Payment,
    columns.PAPERS: Document,
    columns.INDEX_RATES: IndexRate,
}
PLAIN_TEXT = text().one.__code__


def test_no_text_is_longer_than_its_column_in_the_database() -> None:
    checked = 0
    for file, table in TABLES.items():
        for column in FORMATS[file].columns:
            stored = table.__table__.columns.get(column.key)
            if (
                stored is None
                or getattr(column.parse.one, "__code__", None) is not PLAIN_TEXT
                or isinstance(stored.type, Text)
            ):
                continue
            assert isinstance(stored.type, String)
            assert fits(column, stored.type.length)
            assert not fits(column, stored.type.length + 1)
            checked += 1
    assert checked == 15


def fits(column: columns.Column, length: int) -> bool:
    try:
        column.parse("x" * length)
    except CellError:
        return False
    return True


def test_a_name_is_as_long_wherever_a_file_refers_to_it() -> None:
    referring = {"customer": (columns.CUSTOMERS, "code"), "contract": (columns.CONTRACTS, "number")}
    referring |= {"invoice": (columns.INVOICES, "number"), "reverses": (columns.PAYMENTS, "reference")}
    for file in FORMATS.values():
        for column in file.columns:
            if column.name in referring:
                target, name = referring[column.name]
                length = TABLES[target].__table__.columns[name].type.length
                assert fits(column, length), f"{file.name} {column.name}"
                assert not fits(column, length + 1), f"{file.name} {column.name}"


def test_kinds_and_methods_are_those_of_the_database() -> None:
    kinds = {column.name: column.parse for column in FORMATS[columns.DUE_ITEMS].columns}
    assert [kinds["kind"](kind) for kind in KINDS] == list(KINDS)
    assert [kinds["method"](method) for method in METHODS] == list(METHODS)
    assert tuple(kind for kind in KINDS if kind in PLAN_KINDS) == columns.PLAN_KINDS


def test_kinds_of_papers_and_methods_of_an_index_are_those_of_the_database() -> None:
    kind, method = (_parser(columns.PAPERS, "kind"), _parser(columns.CONTRACTS, "index_method"))
    assert [kind(one) for one in columns.PAPER_KINDS] == [one for one in DOCUMENT_KINDS if one != "FATTURA"]
    assert [method(one) for one in INDEX_METHODS] == list(INDEX_METHODS)
    with pytest.raises(CellError):
        kind("FATTURA")


def _parser(file: str, name: str) -> Parser:
    return next(column.parse for column in FORMATS[file].columns if column.name == name)


def test_every_key_is_made_of_values_of_its_row() -> None:
    for file in (*FORMATS.values(), rates.AVERAGED_RATES, rates.ECB_RATES):
        derived = {"plan_due_on", "code"}
        assert set(file.key) <= {column.key for column in file.columns} | derived
