"""The plan page of one contract beside a bare Streamlit page with the same table, chart and widgets."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa

from tests.bench.pages import GOLDEN_DAY, Cost, cost
from tests.bench.pages_client import DEEDS, turn
from tests.bench.report import Line, Section
from tests.server import Server, running
from tests.web.streaming import Run, Tab, sign_in, tab

CUSTOMER, CONTRACT, PAGES = "10093", "91207", 3
PAGE, QUERY = "amortization", f"contract={CONTRACT}"
ROUNDS, WARM, MOST = 7, 10, 1.6
# The bare page, once with its chart made by plotly's classes, once with the finished specification.
BARE = {"bare": "", "bare with a finished chart": "ready"}


def texts(server: Server, cookie: str) -> dict[str, Any]:
    """What the portal's page says, as the browser gets it."""
    with tab(server.url, cookie) as client:
        page = client.run(PAGE, QUERY)
        years, first = map(_table, page.elements("table"))
        rows = [first, *(_table(turn(client, number).elements("table")[0]) for number in range(2, PAGES + 1))]
    heading, chart_heading = page.elements("heading")
    chart = page.elements("plotly_chart")[0]
    marks = [mark.body for mark in page.elements("markdown")]
    return {
        "title": heading.body,
        "lead": next(text for text in marks if " · " in text),
        "rates": next(text for text in marks if "TIR" in text),
        "contracts": list(page.elements("selectbox")[0].options),
        "export": page.elements("link_button")[0].label,
        "heading": chart_heading.body,
        "chart": json.loads(chart.spec),
        "alt": chart.alt,
        "figures": "Dati del grafico",
        "states": [option.content for option in page.elements("button_group")[0].options],
        "index_rows": page.elements("checkbox")[0].label,
        "explain": page.elements("button")[-1].label,
        "rows": list(page.elements("selectbox")[1].options),
        "columns": first.column_names,
        "pages": [_cells(table) for table in rows],
        "year_columns": years.column_names,
        "years": _cells(years),
        "total": next(text for text in reversed(marks) if " · " in text),
        "name": "Anna Bianchi",
        "legal": "Aurora Leasing S.p.A. · Capitale sociale 10.000.000,00 € i.v. · P. IVA 01234560000",
    }


def _table(drawn: Any) -> pa.Table:
    return pa.ipc.open_stream(drawn.arrow_data.data).read_all()


def _cells(table: pa.Table) -> list[list[str]]:
    return [list(row.values()) for row in table.to_pylist()]


@contextmanager
def side_by_side(folder: Path) -> Iterator[dict[str, tuple[Server, Tab]]]:
    """Start the portal, learn the texts of the page, start the bare pages with them; a tab at each, warm."""
    with ExitStack() as started:
        portal = started.enter_context(running(_made(folder / "portal"), PORTAL_CLOCK=GOLDEN_DAY))
        cookie = sign_in(portal.url, CUSTOMER)
        memory = folder / "texts.json"
        memory.write_text(json.dumps(texts(portal, cookie)), encoding="utf-8")
        servers = {"portal": portal}
        for name, way in BARE.items():
            command = ("-m", "tests.bench.pages_bare", "plan")
            settings = {"BENCH_TEXTS": str(memory), "BENCH_CHART": way}
            servers[name] = started.enter_context(running(_made(folder / name), *command, **settings))
        yield {
            name: (server, _warm(started.enter_context(tab(server.url, cookie if server is portal else None))))
            for name, server in servers.items()
        }


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _warm(client: Tab) -> Tab:
    client.run(PAGE, QUERY)
    for number in range(WARM):
        turn(client, 1 + number % 2)
        client.again()
    return client


def costs(subjects: dict[str, tuple[Server, Tab]], do: Callable[[Tab, int], Run]) -> dict[str, list[Cost]]:
    """The costs of a deed, in rounds that alternate between the servers."""
    rounds = [
        {name: cost(server, partial(do, client)) for name, (server, client) in subjects.items()} for _ in range(ROUNDS)
    ]
    return {name: [one[name] for one in rounds] for name in subjects}


def measure() -> Section:
    """A full rerun, which draws table and chart, and a page change."""
    with tempfile.TemporaryDirectory() as name, side_by_side(Path(name)) as subjects:
        lines = [
            line
            for what, deed in (("full rerun", "again"), ("page change", "turn"))
            for line in _lines(what, costs(subjects, DEEDS[deed]))
        ]
    return Section(
        "Plan page",
        f"The plan of contract {CONTRACT} on SQLite with the demo of the golden date: chart, figures by year, 25 of 56 "
        "rows. Beside it a bare Streamlit page with the same widgets, texts and figures from memory, once with its "
        "chart made by plotly's classes, as its guide does, once with the finished specification. CPU is the server "
        f"process's own, the median of {ROUNDS} alternating rounds.",
        lines,
    )


def _lines(deed: str, found: dict[str, list[Cost]]) -> Iterator[Line]:
    for name, rounds in found.items():
        of = Cost(*(median(asdict(one)[field] for one in rounds) for field in asdict(rounds[0])))
        said = f"CPU {of.cpu:.1f} ms, wall {of.wall:.1f} ms, {of.messages:.0f} messages, {of.size / 1000:.0f} KB"
        yield Line(f"{deed}, {name}", said)
    for name in BARE:
        ratio = median(ours.cpu / bare.cpu for ours, bare in zip(found["portal"], found[name], strict=True))
        what = f"{deed}: CPU of the portal by that of the {name} page"
        yield Line(what, f"{ratio:.2f}", f"≤ {MOST}", ratio <= MOST)
