"""A generated book keeps to every rule of the demo book, customer by customer, whatever its size."""

import runpy
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.access import Access
from core.analysis.frames import findings
from core.intake import texts
from core.intake.actions import import_book
from core.intake.blocks import BLOCK_ROWS, Block
from core.intake.columns import CONTRACTS, CUSTOMERS, DUE_ITEMS, FORMATS, INVOICES, PAYMENTS
from core.intake.story import portfolio, sheets
from core.kit.words import CAUSALI
from tests.intake import demobook
from tests.intake.demobook import DEMO, Told, day
from tests.intake.sums import RULES, no_two_rows_share_a_name

PLACES = st.integers(0, 2_000_000)
# Every twentieth customer has hundreds of leases.
SMALL = PLACES.filter(lambda place: place % 20 < 19)


def told(book: sheets.Book) -> Told:
    """The files of a customer as they would be written."""
    return Told({name.removesuffix(".csv"): tuple(_written(name, book)) for name in portfolio.FILES})


def _written(name: str, book: sheets.Book) -> Iterator[dict[str, str]]:
    values = sheets.columns(name, list(sheets.SHEETS[name](book)))
    cells = [["" if cell is None else str(cell) for cell in texts.cells(field, values[field])] for field in values]
    names = [column.name for column in FORMATS[name].columns]
    return (dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True))


def rows(blocks: list[Block], file: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for block in blocks:
        if block.file == file:
            for field, values in block.values.items():
                found[field].extend(values)
    return found


@settings(deadline=None, max_examples=15)
@given(PLACES)
def test_every_customer_keeps_to_the_rules_of_the_demo_book(place: int) -> None:
    book = told(portfolio.customer(place))
    for rule in RULES:
        rule(book)


@settings(deadline=None, max_examples=15)
@given(SMALL)
def test_names_fit_and_are_not_those_of_the_demo(place: int) -> None:
    book = told(portfolio.customer(place))
    assert all(len(row["code"]) <= 12 for name in ("customers", "assets") for row in book.sheet(name))
    assert all(len(number) <= 12 for number in book.contracts)
    assert all(len(number) <= 24 for number in book.issued)
    for name, column in (("customers", "code"), ("contracts", "number"), ("invoices", "number"), ("assets", "code")):
        assert {row[column] for row in book.sheet(name)}.isdisjoint(row[column] for row in DEMO.sheet(name))
    assert {row["vat_no"] for row in book.sheet("customers")}.isdisjoint(
        row["vat_no"] for row in DEMO.sheet("customers")
    )


@settings(deadline=None, max_examples=15)
@given(SMALL)
def test_the_story_is_told_from_2016_to_2031(place: int) -> None:
    for row in told(portfolio.customer(place)).contracts.values():
        assert 2016 <= day(row["signed_on"]).year <= 2026
        assert day(row["signed_on"]) < day(row["starts_on"]) <= day(row["ends_on"])
        assert day(row["ends_on"]).year <= 2031


@settings(deadline=None, max_examples=15)
@given(SMALL, st.integers(1, 18))
def test_names_of_two_customers_never_meet(place: int, further: int) -> None:
    one, other = told(portfolio.customer(place)), told(portfolio.customer(place + further))
    for name, column in (("customers", "code"), ("customers", "vat_no"), ("contracts", "number")):
        assert {row[column] for row in one.sheet(name)}.isdisjoint(row[column] for row in other.sheet(name))
    for name, column in (("invoices", "number"), ("assets", "code"), ("payments", "reference")):
        assert {row[column] for row in one.sheet(name)}.isdisjoint(row[column] for row in other.sheet(name))


def test_twenty_customers_show_everything_that_happens() -> None:
    blocks = list(portfolio.source(20).blocks)
    contracts, items, payments = (rows(blocks, file) for file in (CONTRACTS, DUE_ITEMS, PAYMENTS))
    sizes = Counter(contracts["customer"])
    assert sum(count <= 2 for count in sizes.values()) == 10
    assert max(sizes.values()) >= 150
    assert set(items["kind"]) == {"ANTICIPO", "CANONE", "RISCATTO", "INDICIZZAZIONE", "NOTA_CREDITO"}
    assert {contract is None for contract in rows(blocks, INVOICES)["contract"]} == {True, False}
    assert {day is None for day in contracts["terminated_on"]} == {True, False}
    assert set(contracts["period_months"]) == {1, 3}
    assert set(contracts["in_advance"]) == {True, False}
    assert len(items["kind"]) >= 20_000 - 1_000
    assert {"SDD", "BONIFICO"} < set(payments["method"])


def test_a_hundred_customers_pay_in_every_way_and_not_always_well() -> None:
    book = [told(portfolio.customer(place)) for place in range(100) if place % 20 < 19]
    payments = [row for one in book for row in one.sheet("payments")]
    assert {row["method"] for row in payments} == {"SDD", "BONIFICO", "MAV", "PAGOPA", "BOLLETTINO"}
    assert {row["reason"] for row in payments} == {"", "AM04", "MS03"}
    assert any(one.unapplied() for one in book)
    for one in book:
        no_two_rows_share_a_name(one)


def test_blocks_say_what_an_import_reads() -> None:
    blocks = list(portfolio.source(21).blocks)
    assert {block.file for block in blocks} == set(portfolio.source(21).files) == set(portfolio.FILES)
    for file in portfolio.FILES:
        numbers = list(chain.from_iterable(block.numbers for block in blocks if block.file == file))
        assert numbers == list(range(2, len(numbers) + 2))
    for block in blocks:
        assert list(block.values) == [column.key for column in FORMATS[block.file].columns]
        assert {len(values) for values in block.values.values()} == {len(block.numbers)} == {len(block.sound)}
        assert all(block.sound)
        assert len(block.numbers) <= BLOCK_ROWS
    items = rows(blocks, DUE_ITEMS)
    assert set(items["causale"]) == {*CAUSALI.values(), "Estinzione anticipata"} - {"Preammortamento"}


def test_a_customer_is_the_same_in_a_book_of_any_size() -> None:
    small, larger = list(portfolio.source(3).blocks), list(portfolio.source(6).blocks)
    for file in portfolio.FILES:
        few = rows(small, file)
        assert {field: values[: len(few[field])] for field, values in rows(larger, file).items()} == few
    assert rows(larger, CUSTOMERS)["code"] == ["500000", "500001", "500002", "500003", "500004", "500005"]


def test_the_files_hold_what_the_blocks_hold(tmp_path: Path) -> None:
    portfolio.write(tmp_path, 3)
    books = [told(portfolio.customer(place)) for place in range(3)]
    written = demobook.read(tmp_path)
    for name in (file.removesuffix(".csv") for file in portfolio.FILES if file != DUE_ITEMS):
        assert written.sheet(name) == tuple(row for book in books for row in book.sheet(name))
    assert written.sheet("index_rates") == DEMO.sheet("index_rates")
    assert [row["gross"] for row in written.sheet("due_items")] == [
        row["gross"] for book in books for row in book.sheet("due_items")
    ]


def test_the_command_writes_a_generated_book_only_where_it_is_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["story", str(tmp_path / "book"), "--customers", "1"])
    runpy.run_module("core.intake.story", run_name="__main__")
    assert len(demobook.read(tmp_path / "book").contracts) == len(portfolio.customer(0).plans)
    monkeypatch.setattr(sys, "argv", ["story", "--customers", "1"])
    with pytest.raises(SystemExit):
        runpy.run_module("core.intake.story", run_name="__main__")
    assert "name the folder" in capsys.readouterr().err


def test_the_command_writes_the_demo_book_without_customers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["story", str(tmp_path)])
    runpy.run_module("core.intake.story", run_name="__main__")
    assert demobook.read(tmp_path) == DEMO


def test_a_generated_book_is_sound_on_every_day(database: str, system: Access) -> None:
    for today in (date(2018, 6, 30), date(2024, 4, 5), date(2026, 11, 20), date(2032, 1, 1)):
        import_book(system, portfolio.source(12), as_of=today)
        assert findings(system, today) == []
