"""The plan as a file: all of it, its arithmetic live, the same to the cent when another program computes it."""

import csv
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from core import db, demo
from core.access import Access, Grant, Role
from core.audit import AuditLine
from core.billing.actions import PlanFilters, amortization_rows, export_amortization
from core.billing.frames import plan
from core.identity.tables import Customer
from core.kit.errors import NotFound, TooManyRows
from core.settings import settings
from tests.billing.conftest import TODAY
from tests.exports import office
from tests.people import SYSTEM, Person

TITLES = [
    "Num. rata",
    "Data scadenza",
    "Tipologia rata",
    "Importo rata",
    "Quota capitale",
    "Quota interessi",
    "Capitale residuo",
    "Modalità di pagamento",
    "Inizio competenza",
    "Fine competenza",
    "Data di incasso",
]
# Closed, indexed, paid late; with credit notes, quarterly with a large riscatto, ended early.
OF_THE_DEMO = {"10093": ("84963", "91207"), "10096": ("91689",), "10095": ("92660", "87731", "87990")}
DEBIT, TRANSFER = "Addebito in c/c tramite SEPA", "Bonifico bancario"
Cells = list[list[object]]
Export = Callable[..., bytes]


@pytest.fixture
def leased(anna: Person) -> Person:
    """A plan of an advance, a rent that is paid, an index row, a second rent and the redemption."""
    contract_id = anna.contract("84963", price_cents=40_000, iban="IT60X0542811101000000123456")
    anna.plan_row(contract_id, "ANTICIPO", 0, date(2024, 2, 1), 30_000)
    rent = anna.plan_row(contract_id, "CANONE", 1, date(2024, 3, 1), 20_000, amount_cents=10_500, interest_cents=500)
    index = {"amount_cents": 333, "principal_cents": 0, "interest_cents": 333}
    anna.plan_row(contract_id, "INDICIZZAZIONE", 0, date(2024, 3, 31), 20_000, **index)
    anna.plan_row(contract_id, "CANONE", 2, date(2024, 3, 31), 10_000, amount_cents=10_400, interest_cents=400)
    anna.plan_row(contract_id, "RISCATTO", 3, date(2028, 2, 1), 0)
    invoice_id = anna.invoice(contract_id, "7/2024", date(2024, 2, 14))
    paid_by = {"method": "BONIFICO", "invoice_id": invoice_id, "plan_row_id": rent}
    item = anna.item(contract_id, 1, date(2024, 3, 1), 10_500, **paid_by)
    anna.payment(date(2024, 3, 2), 12_810, "A", [(item, 12_810)], method="BONIFICO")
    return anna


def exported(access: Access, number: str = "84963", **options: object) -> bytes:
    out = BytesIO()
    name = export_amortization(access, TODAY, PlanFilters(number), out, lang="it", who="Anna", **options)
    assert name == f"piano-di-ammortamento_{number}_2024-04-05.{options.get('extension', 'xlsx')}"
    return out.getvalue()


def cells(content: bytes, *, stored: bool = False) -> Cells:
    sheet = load_workbook(BytesIO(content), data_only=stored).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_file_has_the_eleven_columns_and_every_row(leased: Person) -> None:
    titles, *rows, _ = cells(exported(leased.access), stored=True)
    assert titles == TITLES
    assert [(row[0], row[2]) for row in rows] == [
        (0, "Rata anticipata"),
        (1, "Rata"),
        (0, "Indicizzazione"),
        (2, "Rata"),
        (3, "Riscatto"),
    ]
    first, second, third = (datetime(2024, month, day) for month, day in ((3, 1), (3, 2), (3, 31)))  # noqa: DTZ001
    assert rows[1][3:] == [105, 100, 5, 200, TRANSFER, first, first, second]
    assert rows[2][1] == third
    assert rows[2][3:8] == [3.33, 0, 3.33, 200, DEBIT]


def test_amounts_and_what_is_left_are_formulas_of_principal_and_interest(leased: Person) -> None:
    _, *rows, total = cells(exported(leased.access))
    assert [row[3] for row in rows] == [f"=ROUND(E{n}+F{n},2)" for n in range(2, 7)]
    assert [row[6] for row in rows] == ["=ROUND((400.00)-E2,2)", *(f"=ROUND(G{n - 1}-E{n},2)" for n in range(3, 7))]
    assert total[3:7] == [*(f"=SUBTOTAL(109,{letter}2:{letter}6)" for letter in "DEF"), None]


def test_what_is_left_is_no_formula_where_rows_in_between_are_no_longer_owed(leased: Person) -> None:
    contract_id = leased.contract("84964", price_cents=40_000, terminated_on=date(2024, 2, 15))
    rows = [leased.plan_row(contract_id, "CANONE", n, date(2024, n, 28), 40_000 - n * 10_000) for n in (2, 3, 4)]
    invoice_id = leased.invoice(contract_id, "9/2024", date(2024, 2, 10))
    leased.item(contract_id, 4, date(2024, 4, 28), 10_000, invoice_id=invoice_id, plan_row_id=rows[2])
    _, *found, _ = cells(exported(leased.access, "84964"))
    assert [(row[0], row[6]) for row in found] == [(4, 0)]


def test_the_earlier_profile_writes_the_means_in_capitals_and_has_no_formulas_in_its_rows(leased: Person) -> None:
    titles, *rows, _ = cells(exported(leased.access, manual_headers=True))
    assert titles == TITLES
    assert {row[7] for row in rows} == {"SEPA DIRECT DEBIT", "BONIFICO BANCARIO"}
    assert not any(str(cell).startswith("=") for row in rows for cell in row)


@pytest.mark.parametrize("manual_headers", [False, True])
def test_the_csv_has_the_rows_of_the_workbook(leased: Person, manual_headers: bool) -> None:
    content = exported(leased.access, extension="csv", manual_headers=manual_headers)
    titles, *rows = csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    _, *in_workbook, _ = cells(exported(leased.access, manual_headers=manual_headers), stored=True)
    assert titles == TITLES
    assert rows[2][3:7] == ["3,33", "0,00", "3,33", "200,00"]
    assert [row[7] for row in rows] == [row[7] for row in in_workbook]


@pytest.fixture
def demo_book(database: str) -> dict[str, Access]:
    """The demo of the golden day; the access of each customer by code."""
    demo.load(TODAY)
    with db.reading(SYSTEM) as connection:
        found = connection.execute(select(Customer.code, Customer.id)).all()
    return {code: Access(Role.CUSTOMER, id_, None, frozenset(Grant), actor=code) for code, id_ in found}


def test_computed_anew_the_file_says_what_the_portal_says(demo_book: dict[str, Access], tmp_path: Path) -> None:
    owners = {number: demo_book[code] for code, numbers in OF_THE_DEMO.items() for number in numbers}
    files = {number: exported(access, number) for number, access in owners.items()}
    computed = office.recomputed(files, tmp_path)
    assert {name: office.differences(files[name], computed[name]) for name in files} == {name: [] for name in files}
    for number, access in owners.items():
        found = plan(access, TODAY, number)
        sheet, notes = computed[number].worksheets
        *rows, total = list(sheet.values)[1:]
        assert [round(cents * 100) for cents in total[3:6]] == list(found.sums.values()), number
        assert [round(row[6] * 100) for row in rows] == found.rows["outstanding_cents"].tolist(), number
        outcomes = [row[4] for row in notes.values if row[0] in TITLES[3:6]]
        assert outcomes == ["OK"] * 3, number


def test_an_export_is_audited_with_contract_format_and_rows(leased: Person) -> None:
    exported(leased.access, extension="csv")
    with db.reading(SYSTEM) as connection:
        line = connection.execute(select(AuditLine.action, AuditLine.entity, AuditLine.data)).one()
    assert tuple(line) == ("export", "amortization", {"contract": "84963", "format": "csv", "rows": 5})


@pytest.mark.parametrize("number", ["84963", "", "1' or '1'='1"])
def test_another_customers_plan_or_none_is_not_found(leased: Person, carla: Person, number: str) -> None:
    filters = PlanFilters.of({"contract": number})
    with pytest.raises(NotFound):
        amortization_rows(carla.access, TODAY, filters, "csv")
    with pytest.raises(NotFound):
        exported(carla.access, number)


def test_above_the_limit_there_is_no_workbook_but_a_csv(leased: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "export_rows_limit", 4)
    with pytest.raises(TooManyRows):
        exported(leased.access)
    assert amortization_rows(leased.access, TODAY, PlanFilters("84963"), "csv") == 5
