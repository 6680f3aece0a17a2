"""Contracts and assets as files: exactly what the page lets through, in real numbers and dates."""

import csv
from datetime import date, datetime
from functools import partial
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from core.book.actions import assets_rows, contracts_rows, export_assets, export_contracts
from core.book.frames import AssetFilters, ContractFilters
from core.kit.errors import NotFound, TooManyRows
from core.settings import settings
from tests.book.conftest import TODAY, audited
from tests.people import Person

CONTRACTS = [
    "Contratto",
    "Prodotto",
    "Stato",
    "Importo",
    "N. beni",
    "Data stipula",
    "Data inizio",
    "Data termine",
    "Anticipo",
    "Importo rata",
    "Numero rate",
    "Durata (mesi)",
    "Periodicità",
    "Valore residuo",
    "Tasso di riferimento",
    "Capitale residuo",
]
ASSETS = [
    "Codice contratto",
    "Fine mandato",
    "Codice del bene",
    "Tipo di risorsa",
    "Valore finanziario",
    "Valore atteso futuro",
    "Descrizione della risorsa",
]
OF_THE_MANUAL = ["Codice Contratto", *ASSETS[1:4], "Valore Finanziario", *ASSETS[5:]]
ENDS = datetime(2028, 2, 1)  # noqa: DTZ001 - a cell of a workbook has no time zone


@pytest.fixture
def leases(anna: Person, carla: Person) -> Person:
    """Contracts of two assets and of one, this paid every quarter at a variable rate, and one that is over."""
    first = anna.contract("84963", signed_on=date(2024, 1, 9))
    anna.asset(first, "166029", description="=POLTRONA", price_cents=150_000, residual_cents=1_500)
    anna.asset(first, "166030", description="PANORAMICO", price_cents=1_150_000, residual_cents=11_500)
    second = anna.contract("91207", product="Leasing targato", period_months=3, index_code="EURIBOR3M", deposit_cents=5)
    anna.asset(second, "171844", description="targa GX 482 LM", price_cents=285_000, residual_cents=2_850)
    anna.contract("70000", ends_on=date(2024, 4, 4))
    carla.asset(carla.contract("70001"), "999999")
    return anna


def sheet(content: bytes) -> list[list[object]]:
    return [[cell.value for cell in row] for row in load_workbook(BytesIO(content)).worksheets[0].iter_rows()]


def exported(write: partial[str], **options: object) -> tuple[str, bytes]:
    out = BytesIO()
    name = write(out, lang="it", who="Anna", **options)
    return name, out.getvalue()


def test_the_contracts_file_has_one_row_for_each_with_every_column(leases: Person) -> None:
    name, content = exported(partial(export_contracts, leases.access, TODAY, ContractFilters()))
    titles, car, dental, total = sheet(content)
    assert titles == CONTRACTS
    assert car[:6] == ["91207", "Leasing targato", "Attivo", 10_000, 1, datetime(2024, 1, 10)]  # noqa: DTZ001
    assert car[8:] == [0.05, 215, 48, 48, "Trimestrali", 100, "Euribor 3 m.l. (div. 360)", 10_000]
    assert (dental[0], dental[4], dental[12], dental[14]) == ("84963", 2, "Mensili", "Tasso fisso")
    assert str(total[3]).startswith("=")
    assert name == "contratti_2024-04-05.xlsx"
    assert ("export", "contracts", None) in audited()


def test_the_contracts_file_has_the_filtered_ones_only(leases: Person) -> None:
    write = partial(export_contracts, leases.access, TODAY)
    for filters, numbers in (
        (ContractFilters("closed"), ["70000"]),
        (ContractFilters(None), ["91207", "84963", "70000"]),
        (ContractFilters(None, "gx482lm"), ["91207"]),
    ):
        _, content = exported(partial(write, filters), extension="csv")
        rows = list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";"))[1:]
        assert sorted(row[0] for row in rows) == sorted(numbers)
        assert contracts_rows(leases.access, TODAY, filters, "csv") == len(numbers)


def test_the_assets_file_says_contract_and_end_on_every_row_in_real_numbers(leases: Person) -> None:
    name, content = exported(partial(export_assets, leases.access, TODAY, AssetFilters()))
    titles, *rows, total = sheet(content)
    assert titles == ASSETS
    assert rows == [
        ["91207", ENDS, "171844", "Beni mobili", 2_850, 28.5, "targa GX 482 LM"],
        ["84963", ENDS, "166029", "Beni mobili", 1_500, 15, "=POLTRONA"],
        ["84963", ENDS, "166030", "Beni mobili", 11_500, 115, "PANORAMICO"],
    ]
    assert all(str(cell).startswith("=") for cell in total[4:6])
    assert name == "beni_2024-04-05.xlsx"


def test_the_headers_of_the_manual_come_with_its_grouping(leases: Person) -> None:
    write = partial(export_assets, leases.access, TODAY, AssetFilters())
    titles, *rows, _ = sheet(exported(write, manual_headers=True)[1])
    assert titles == OF_THE_MANUAL
    assert [row[:3] for row in rows] == [["91207", ENDS, "171844"], ["84963", ENDS, "166029"], [None, None, "166030"]]
    written = exported(write, manual_headers=True, extension="csv")[1].decode("utf-8-sig").splitlines()
    assert written[3].startswith(";;166030;")


def test_the_assets_file_takes_the_filters_of_the_page(leases: Person) -> None:
    write = partial(export_assets, leases.access, TODAY)
    one, found = AssetFilters("84963"), AssetFilters(query="GX482LM")
    name, content = exported(partial(write, one))
    assert [row[2] for row in sheet(content)[1:-1]] == ["166029", "166030"]
    assert "84963" in name
    assert [row[2] for row in sheet(exported(partial(write, found))[1])[1:-1]] == ["171844"]
    assert assets_rows(leases.access, TODAY, one, "xlsx") == 2


def test_the_control_of_a_file_names_the_sums_of_the_page(leases: Person) -> None:
    _, content = exported(partial(export_assets, leases.access, TODAY, AssetFilters()))
    control = {cell for row in load_workbook(BytesIO(content)).worksheets[1].values for cell in row}
    assert {15_850, 158.5} <= control


def test_another_customers_contract_is_not_found(leases: Person) -> None:
    with pytest.raises(NotFound):
        exported(partial(export_assets, leases.access, TODAY, AssetFilters("70001")))
    with pytest.raises(NotFound):
        assets_rows(leases.access, TODAY, AssetFilters("70001"), "xlsx")


def test_a_workbook_above_the_row_limit_is_refused(leases: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "export_rows_limit", 1)
    with pytest.raises(TooManyRows):
        exported(partial(export_contracts, leases.access, TODAY, ContractFilters()))
    with pytest.raises(TooManyRows):
        exported(partial(export_assets, leases.access, TODAY, AssetFilters()))
    assert assets_rows(leases.access, TODAY, AssetFilters(), "csv") == 3
