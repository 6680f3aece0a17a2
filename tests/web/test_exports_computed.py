"""Every workbook of the demo book computes to what it stores, and its totals are the portal's."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from core import db, demo
from core.access import Access, Grant, Role
from core.book.tables import Contract
from core.identity.tables import Customer
from core.web.exports import EXPORTS
from tests.exports import office
from tests.people import SYSTEM

GOLDEN = date(2024, 4, 5)
TABLES = {name: export for name, export in EXPORTS.items() if "." not in name}
OF_A_CONTRACT = {"amortization"}


def owners() -> Iterator[tuple[Access, list[str]]]:
    """Every customer of the demo with the numbers of their contracts."""
    with db.reading(SYSTEM) as connection:
        for customer in connection.execute(select(Customer.id, Customer.code)).all():
            numbers = connection.execute(select(Contract.number).where(Contract.customer_id == customer.id)).scalars()
            yield Access(Role.CUSTOMER, customer.id, None, frozenset(Grant), actor=customer.code), list(numbers)


def workbooks() -> Iterator[tuple[str, bytes]]:
    for access, numbers in owners():
        for name, export in TABLES.items():
            for contract in numbers if name in OF_A_CONTRACT else [""]:
                filters = export.filters({"contract": contract})
                write = partial(export.write, access, GOLDEN, filters, lang="it", who="", extension="xlsx")
                for manual in (False, True):
                    out = BytesIO()
                    write(out, manual_headers=manual)
                    yield "-".join((name, access.actor, contract, "manual" * manual)), out.getvalue()


def outcomes(book: Workbook) -> set[object]:
    """What the control block says in its last column."""
    return {row[4] for row in book.worksheets[1].values if len(row) > 4 and row[4] is not None} - {"Esito", "Outcome"}


def whole_numbers(content: bytes) -> Iterator[bool]:
    """Whether each stored amount of a workbook is a number of cents."""
    for row in load_workbook(BytesIO(content), data_only=True).worksheets[0].iter_rows(min_row=2):
        for cell in row:
            if "€" in cell.number_format and cell.value is not None:
                yield isinstance(cell.value, int | float) and abs(cell.value * 100 - round(cell.value * 100)) < 1e-4


@pytest.mark.usefixtures("stored")
def test_every_workbook_of_the_demo_computes_to_what_it_stores(tmp_path: Path) -> None:
    demo.load(GOLDEN)
    files = dict(workbooks())
    computed = office.recomputed(files, tmp_path)
    assert set(computed) == set(files)
    assert {name: found for name in files if (found := office.differences(files[name], computed[name]))} == {}
    assert {name: said for name, book in computed.items() if (said := outcomes(book)) != {"OK"}} == {}
    assert all(all(whole_numbers(content)) for content in files.values())
    assert {name.split("-")[0] for name in files} == set(TABLES)
