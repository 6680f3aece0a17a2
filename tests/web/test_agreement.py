"""Screen, workbook and paper say the same cents, row by row, on the whole demo book.

The statement has a test of its own; what a workbook computes is held to what it stores in `test_exports_computed`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from core import db, demo
from core.access import Access
from core.billing import drawing
from core.billing import frames as billing
from core.billing.frames import Filters, Item, PlanItem
from core.billing.tables import DueItem, Invoice
from core.book import frames as book
from core.book.frames import AssetFilters, LeasedAsset
from core.documents import invoice as paper
from core.formats import Formats
from core.tabular import each
from core.ui import plan, schedule, tables
from core.ui.guard import View
from core.ui.tables import Kind, Table
from core.web.exports import EXPORTS
from tests.people import SYSTEM
from tests.ui.conftest import plain_view
from tests.web.test_exports_computed import owners

TODAY = date(2026, 11, 20)
_AMOUNTS = {Kind.MONEY, Kind.OVERDUE}
_AMOUNT = re.compile(r"-?[\d.]+,\d\d(?=\u00a0€)")


def cents(text: str) -> int | None:
    """The amount that a cell shows, whatever marks are around it; nothing for a dash."""
    found = _AMOUNT.search(text)
    return int(found[0].replace(".", "").replace(",", "")) if found else None


def on_screen(view: View, table: Table, rows: Sequence[object]) -> list[list[int | None]]:
    """The amounts of the cells that a page draws."""
    places = [place for place, column in enumerate(table.columns) if column.kind in _AMOUNTS]
    cells = tables.cells(view, table, rows).to_pydict().values()
    columns = [list(texts) for place, texts in enumerate(cells) if place in places]
    return [[cents(text) for text in row] for row in zip(*columns, strict=True)]


def in_workbook(access: Access, name: str, **address: str) -> list[list[int | None]]:
    """The stored amounts of an export, without its total row."""
    out, export = BytesIO(), EXPORTS[name]
    export.write(access, TODAY, export.filters(address), out=out, lang="it", who="", extension="xlsx")
    sheet = load_workbook(out, data_only=True).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2))
    places = [place for place, cell in enumerate(rows[0]) if "€" in cell.number_format] if rows else []
    amounts = [[row[place].value for place in places] for row in rows]
    return [[None if one is None else round(Decimal(str(one)) * 100) for one in row] for row in amounts][:-1]


@pytest.fixture
def demo_book(database: str) -> list[tuple[Access, list[str]]]:
    demo.load(TODAY)
    return list(owners())


@pytest.fixture
def view() -> View:
    return replace(plain_view(), today=TODAY)


def ledger_pages(access: Access) -> Iterator[Item]:
    filters = Filters(sort="due_on")
    pages = -(-billing.schedule(access, TODAY, filters).total_rows // billing.PAGE_ROWS)
    for number in range(1, pages + 1):
        yield from each(billing.schedule(access, TODAY, filters, number).rows, Item)


def test_the_ledger(demo_book: list[tuple[Access, list[str]]], view: View) -> None:
    for access, _numbers in demo_book:
        shown = on_screen(view, schedule.TABLE, list(ledger_pages(access)))
        assert shown == in_workbook(access, "invoices"), access.actor
        with db.reading(SYSTEM) as connection:
            owned = func.sum(DueItem.gross_cents).filter(DueItem.customer_id == access.customer)
            assert sum(row[0] or 0 for row in shown) <= connection.execute(select(owned)).scalar_one()


def test_every_plan(demo_book: list[tuple[Access, list[str]]], view: View) -> None:
    rows = 0
    for access, numbers in demo_book:
        for number in numbers:
            shown = on_screen(view, plan.TABLE, each(billing.plan(access, TODAY, number).rows, PlanItem))
            stored = in_workbook(access, "amortization", contract=number)
            # An index row shows a dash where the file has no principal.
            assert [[cell or 0 for cell in row] for row in shown] == [[cell or 0 for cell in row] for row in stored]
            rows += len(shown)
    assert rows > 2_000


def test_every_asset(demo_book: list[tuple[Access, list[str]]]) -> None:
    for access, numbers in demo_book:
        for number in numbers:
            page = book.assets(access, TODAY, AssetFilters(contract=number))
            shown = [[asset.price_cents, asset.residual_cents] for asset in each(page.rows, LeasedAsset)]
            assert shown == in_workbook(access, "assets", contract=number)


def test_every_contract(demo_book: list[tuple[Access, list[str]]]) -> None:
    for access, numbers in demo_book:
        of_page = [book.details(access, TODAY, number) for number in numbers]
        shown = [
            [one.price_cents, one.deposit_cents, one.rent_cents, one.residual_cents, one.outstanding_cents]
            for one in of_page
        ]
        assert sorted(shown) == sorted(in_workbook(access, "contracts", state="all")), access.actor


def test_every_invoice_on_paper(demo_book: list[tuple[Access, list[str]]]) -> None:
    with db.reading(SYSTEM) as connection:
        sums = select(Invoice.document_id, Invoice.number, func.sum(DueItem.gross_cents).label("cents"))
        invoices = connection.execute(
            sums.join(DueItem, DueItem.invoice_id == Invoice.id).group_by(Invoice.document_id, Invoice.number)
        ).all()
        sheets: dict[int, paper.InvoiceSheet] = {}
        for start in range(0, len(invoices), 500):
            sheets |= drawing.undrawn(connection, [row.document_id for row in invoices[start : start + 500]])
    money = Formats("it").money
    for row in invoices:
        if row.document_id in sheets:
            name, total = paper._content(sheets[row.document_id])["totals"][-1]
            assert (name, total) == ("Totale", money(row.cents)), row.number
    assert len(sheets) > len(invoices) - 10
