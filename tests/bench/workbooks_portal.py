"""A portal with one very large customer, and how long another's page changes take while it exports."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles

import httpx

from tests.server import Server, running
from tests.web.streaming import Tab, sign_in, tab

GOLDEN_DAY = "2024-04-05"
LARGE, OTHER = "10094", "10093"
ROWS = 60_000
_ROUNDS, _CLICKS, _WARM = 5, 24, 6
_INVOICE = """insert into invoice (id, customer_id, contract_id, number, issued_on, snapshot)
    values (:id, :customer, :contract, :invoice, '2020-01-01', '{}')"""
_ITEM = """insert into due_item (customer_id, contract_id, invoice_id, kind, number, plan_due_on, due_on, causale,
    method, net_cents, vat_cents, fees_cents, paid_cents)
    values (:customer, :contract, :id, 'CANONE', :id, :due_on, :due_on, 'Pagamento', 'SDD', :net, 0, 0, 0)"""


def fill(database: Path, customer: str = LARGE, rows: int = ROWS) -> None:
    """Give a customer of the demo as many due items more, each with an invoice of its own."""
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        wanted = (
            "select customer.id, contract.id from customer join contract on customer_id = customer.id where code = ?"
        )
        owner, contract = connection.execute(wanted, (customer,)).fetchone()
        named = {"customer": owner, "contract": contract}
        items = [
            {
                **named,
                "id": 1_000_000 + n,
                "invoice": f"L{n}/2020",
                "due_on": str(date(2010, 1, 1) + timedelta(n % 7_000)),
                "net": 10_000 + n * 7_919 % 900_000,
            }
            for n in range(rows)
        ]
        connection.executemany(_INVOICE, items)
        connection.executemany(_ITEM, items)


@dataclass
class Clicks:
    """Page changes of one visitor, in seconds, and how many files were made meanwhile."""

    alone: list[float] = field(default_factory=list)
    meanwhile: list[float] = field(default_factory=list)
    files: int = 0

    @property
    def ratio(self) -> float:
        """The median while files are made by the median alone."""
        return median(self.meanwhile) / median(self.alone)

    def __str__(self) -> str:
        return f"alone {_said(self.alone)}, meanwhile {_said(self.meanwhile)}, {self.files} files"


def _said(taken: list[float]) -> str:
    return f"median {median(taken) * 1000:.0f} ms (p95 {quantiles(taken, n=20)[-1] * 1000:.0f})"


def changes(server: Server, extension: str = "xlsx") -> Clicks:
    """One visitor changes pages, in rounds with and without an export of the large customer beside it."""
    clicks = Clicks()
    with tab(server.url, sign_in(server.url, OTHER)) as visitor, _at_the_other_desk(server) as http:
        _walk(visitor, _WARM)
        http.get(f"/exports/invoices.{extension}").raise_for_status()
        for _ in range(_ROUNDS):
            clicks.alone += _walk(visitor, _CLICKS)
            with _exporting(http, extension, clicks):
                clicks.meanwhile += _walk(visitor, _CLICKS)
    return clicks


@contextmanager
def _at_the_other_desk(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, cookies={"sid": sign_in(server.url, LARGE)}, timeout=120) as http:
        yield http


@contextmanager
def _exporting(http: httpx.Client, extension: str, clicks: Clicks) -> Iterator[None]:
    """One export after the other, until the block ends."""
    stop = threading.Event()

    def export() -> None:
        while not stop.is_set():
            http.get(f"/exports/invoices.{extension}").raise_for_status()
            clicks.files += 1

    thread = threading.Thread(target=export)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _walk(visitor: Tab, clicks: int) -> list[float]:
    taken = []
    for number in range(clicks):
        start = time.perf_counter()
        visitor.run(("invoices", "")[number % 2])
        taken.append(time.perf_counter() - start)
    return taken


@contextmanager
def portal(folder: Path, **settings: str) -> Iterator[Server]:
    """The demo with its large customer."""
    folder.mkdir()
    with running(folder, PORTAL_CLOCK=GOLDEN_DAY, **settings) as server:
        fill(folder / "portal.db")
        yield server
