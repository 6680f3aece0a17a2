"""One customer's schedule out of a million due items and out of ten, beside the driver with the same statements."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import event

from core import bulk, db, schema
from core.access import Access, Grant, Role
from core.billing.frames import Filters, ledger, schedule
from core.billing.tables import DueItem
from core.book.tables import Contract
from core.identity.tables import Customer
from tests.bench.intake import databases
from tests.bench.report import Line, Section

SIZES = (1_000_000, 10_000_000)
OF_ONE = 1_000
RUNS = 60
_OF_A_CONTRACT = 50
_CUSTOMERS_AT_ONCE = 100
_TODAY = date(2024, 4, 5)
_FIRST = date(2022, 1, 31)
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_SYSTEM = Access.system("bench")


def measure() -> Section:
    """Both databases, at both sizes."""
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="bench-ledger-") as name:
        for backend in ("sqlite", "postgresql"):
            with databases(Path(name), backend) as (url, _):
                db.use(url)
                lines += _measured(backend)
                db.use(None)
    how = (
        f"A ledger of customers with {OF_ONE:,} due items each, {_OF_A_CONTRACT} to a contract, none invoiced. The "
        "first page of one customer's schedule with its counts and sums, and all of it, as the portal reads them, "
        "beside the same statements in one transaction through the driver alone: medians of "
        f"{RUNS} alternating reads of different customers."
    )
    return Section("Schedule of one customer", how, lines)


def _measured(backend: str) -> list[Line]:
    lines: list[Line] = []
    filled, took = 0, dict[str, list[float]]()
    for size in SIZES:
        _fill(filled // OF_ONE, size // OF_ONE)
        filled = size
        for what, read in READS.items():
            ours, bare = _reads(size // OF_ONE, read)
            ratio, said = ours / bare, f"{backend}, {size:,} due items: {what}"
            lines.append(Line(said, f"{ours:.1f} ms, driver {bare:.1f} ms: {ratio:.2f}", "≤ 2", ratio <= 2))
            took.setdefault(what, []).append(ours)
    for what, (few, many) in took.items():
        growth = many / few
        lines.append(Line(f"{backend}: {what}, ten times the ledger", f"{growth:.2f} times", "≤ 1.2", growth <= 1.2))
    return lines


def _fill(first: int, last: int) -> None:
    """Customers from one place to another, with their contracts and due items."""
    tables = schema.METADATA.tables
    for start in range(first, last, _CUSTOMERS_AT_ONCE):
        customers = range(start + 1, min(start + _CUSTOMERS_AT_ONCE, last) + 1)
        items = range((customers[0] - 1) * OF_ONE, customers[-1] * OF_ONE)
        contracts = range(items[0] // _OF_A_CONTRACT, items[-1] // _OF_A_CONTRACT + 1)
        with db.transaction(_SYSTEM) as connection:
            bulk.load(connection, tables["customer"], _customers(customers))
            bulk.load(connection, tables["contract"], _contracts(contracts))
            bulk.load(connection, tables["due_item"], _items(items))
    with db.transaction(_SYSTEM) as connection:
        for table in (Customer, Contract, DueItem):
            bulk.analyze(connection, table)


def _customers(ids: range) -> dict[str, Any]:
    same = {"name": "Cliente", "pec": "cliente@pec.example", "address": "Via Roma 1"}
    return {"id": ids, "code": [f"C{n}" for n in ids], **{name: [text] * len(ids) for name, text in same.items()}}


def _contracts(places: range) -> dict[str, Any]:
    count = len(places)
    same: dict[str, Any] = {
        "product": "Leasing targato",
        "signed_on": _FIRST,
        "starts_on": _FIRST,
        "ends_on": date(2027, 1, 1),
        "months": 60,
        "instalments": _OF_A_CONTRACT,
        "period_months": 1,
        "in_advance": False,
        "price_cents": 5_000_000,
        "deposit_cents": 0,
        "rent_cents": 100_000,
        "residual_cents": 50_000,
        "rate_ppm": 50_000,
        "vat_bp": 2_200,
        "mora_spread_bp": 800,
    }
    own = {
        "id": [place + 1 for place in places],
        "customer_id": [place * _OF_A_CONTRACT // OF_ONE + 1 for place in places],
        "number": [f"L{place}" for place in places],
    }
    return own | {name: [value] * count for name, value in same.items()}


def _items(places: range) -> dict[str, Any]:
    count = len(places)
    days = [_FIRST + timedelta(days=30 * number) for number in range(_OF_A_CONTRACT)]
    due = [days[place % _OF_A_CONTRACT] for place in places]
    amounts = {"net_cents": 100_000, "fees_cents": 0, "vat_cents": 22_000, "paid_cents": 0}
    own = {
        "customer_id": [place // OF_ONE + 1 for place in places],
        "contract_id": [place // _OF_A_CONTRACT + 1 for place in places],
        "number": [place % _OF_A_CONTRACT + 1 for place in places],
        "plan_due_on": due,
        "due_on": due,
    }
    texts = {"kind": "CANONE", "causale": "Pagamento", "method": "SDD"}
    return own | {name: [value] * count for name, value in (amounts | texts).items()}


def _page(access: Access) -> object:
    return schedule(access, _TODAY, Filters())


def _all(access: Access) -> object:
    with ledger(access, _TODAY, Filters()) as (_, rows):
        return list(rows)


READS = {"its first page": _page, f"all {OF_ONE:,} of it, for a file": _all}


def _reads(customers: int, read: Callable[[Access], object]) -> tuple[float, float]:
    """Milliseconds of a read of the portal's and of its statements through the driver."""
    with _driver() as driver:
        return _medians(customers, read, driver)


def _medians(customers: int, read: Callable[[Access], object], driver: Any) -> tuple[float, float]:
    ours, bare = [], []
    for run in range(RUNS + 5):
        customer = 1 + run * 7_919 % customers
        access = Access(Role.CUSTOMER, customer, 1, frozenset(Grant), "bench")
        asked: list[tuple[str, Any]] = []
        _heard(asked, partial(read, access))
        ours.append(_milliseconds(partial(read, access)))
        bare.append(_milliseconds(partial(_alone, driver, asked)))
    return median(ours[5:]), median(bare[5:])


@contextmanager
def _driver() -> Iterator[Any]:
    """The driver's own connection, which begins and ends transactions when it is told."""
    url = db.database().url
    if db.database().sqlite:
        with closing(sqlite3.connect(url.database or "", isolation_level=None)) as connection:
            yield connection
        return
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def _alone(driver: Any, asked: list[tuple[str, Any]]) -> None:
    """The statements on one state of the database."""
    driver.execute("BEGIN" if isinstance(driver, sqlite3.Connection) else _SNAPSHOT)
    for statement, parameters in asked:
        driver.execute(statement, parameters).fetchall()
    driver.execute("COMMIT")


def _heard(asked: list[tuple[str, Any]], deed: Callable[[], object]) -> None:
    """The statements of a deed, as the driver got them."""

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(db.database().engine, "before_cursor_execute", note)
    deed()
    event.remove(db.database().engine, "before_cursor_execute", note)


def _milliseconds(deed: Callable[[], object]) -> float:
    started = time.perf_counter()
    deed()
    return (time.perf_counter() - started) * 1000
