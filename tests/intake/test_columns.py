"""The format and the tables it fills agree: lengths, kinds and methods."""

from sqlalchemy import String, Text

from core.billing.tables import KINDS, METHODS, DueItem, Invoice, Payment
from core.book.tables import PLAN_KINDS, Asset, Contract, IndexRate, PlanRow
from core.identity.tables import Customer
from core.intake import columns
from core.intake.cells import CellError, text
from core.intake.columns import FORMATS

TABLES = {
    columns.CUSTOMERS: Customer,
    columns.CONTRACTS: Contract,
    columns.ASSETS: Asset,
    columns.PLAN_ROWS: PlanRow,
    columns.INVOICES: Invoice,
    columns.DUE_ITEMS: DueItem,
    columns.PAYMENTS: Payment,
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
    assert checked == 14


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


def test_every_key_is_made_of_values_of_its_row() -> None:
    for file in (*FORMATS.values(), columns.AVERAGED_RATES, columns.ECB_RATES):
        derived = {"plan_due_on", "code"}
        assert set(file.key) <= {column.key for column in file.columns} | derived
