"""Excel and CSV at size: what they cost beside pandas, and what others notice while they are made."""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from core.exports import outside
from tests.bench import workbooks_portal as others
from tests.bench.report import Line, Section
from tests.exports import tasks
from tests.server import ROOT

_ROWS, _MANY = 60_000, 250_000
_ROUNDS = 3
_CPU_RATIO, _MEGABYTES, _MANY_MEGABYTES, _OTHERS_RATIO = 0.1, 60, 80, 2.0


@dataclass(frozen=True)
class Took:
    """What a way of writing took: seconds, megabytes above the loaded frame, megabytes of file."""

    cpu: float
    wall: float
    size: float
    memory: float

    def __str__(self) -> str:
        return f"CPU {self.cpu:.2f} s, wall {self.wall:.2f} s, +{self.memory:.0f} MB, file {self.size:.1f} MB"


def written(way: str, rows: int) -> Took:
    """One way in a fresh process."""
    command = [sys.executable, "-m", "tests.bench.workbooks_ways", way, str(rows)]
    return Took(**json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout))


def measure() -> Section:
    """Writers side by side, the start of a process, and the page changes of others."""
    rounds = [{way: written(way, _ROWS) for way in ("ours", "plain", "comma")} for _ in range(_ROUNDS)]
    return Section(
        "Excel and CSV",
        f"A schedule of {_ROWS:,} rows by 11 columns from a frame, each way in fresh processes, {_ROUNDS} alternating "
        "rounds: our workbook with live balances, `pandas.to_excel` through openpyxl with the same formats, widths, "
        "header, frozen pane and filter, and our CSV. Memory is the peak above the loaded frame. Then the page changes "
        f"of another customer (Streamlit's websocket), alone and while exports of {others.ROWS:,} rows follow each "
        "other.",
        [*_writer_lines(rounds), *_many_lines(), *_start_lines(), *_others_lines()],
        [
            "The first export above `PORTAL_EXPORT_ROWS_INLINE` rows waits for the start of a process; from then on "
            "one is kept ready. At most two work at once, below the web process in priority."
        ],
    )


def _middle(rounds: list[dict[str, Took]], way: str) -> Took:
    return sorted((one[way] for one in rounds), key=lambda took: took.cpu)[len(rounds) // 2]


def _writer_lines(rounds: list[dict[str, Took]]) -> list[Line]:
    ours, plain, comma = (_middle(rounds, way) for way in ("ours", "plain", "comma"))
    ratio = median(one["ours"].cpu / one["plain"].cpu for one in rounds)
    links = written("ours_with_links", _ROWS)
    most = max(ours.memory, links.memory)
    return [
        Line("workbook, pandas and openpyxl", str(plain)),
        Line("workbook, ours", str(ours)),
        Line("workbook, ours, every invoice a link", str(links)),
        Line("CSV, ours", str(comma)),
        Line("CPU of our workbook by that of pandas", f"{ratio:.3f}", f"≤ {_CPU_RATIO}", ratio <= _CPU_RATIO),
        Line("memory above the frame, links or not", f"{most:.0f} MB", f"≤ {_MEGABYTES} MB", most <= _MEGABYTES),
    ]


def _many_lines() -> list[Line]:
    found = {way: written(way, _MANY) for way in ("ours", "ours_with_links", "comma")}
    most = max(found["ours"].memory, found["ours_with_links"].memory)
    return [
        *(Line(f"{_MANY:,} rows, {way.replace('_', ' ')}", str(took)) for way, took in found.items()),
        Line(f"memory of {_MANY:,} rows", f"{most:.0f} MB", f"≤ {_MANY_MEGABYTES} MB", most <= _MANY_MEGABYTES),
    ]


def _start_lines() -> list[Line]:
    """How long an empty file takes in a process of its own: one that has to start, then one that waits."""
    seconds = []
    try:
        for _ in range(4):
            start = time.perf_counter()
            outside.submit(partial(tasks.written, b"")).result()
            seconds.append(time.perf_counter() - start)
            time.sleep(4)  # the next process does its imports
    finally:
        outside.end()
    return [
        Line("an empty file from a process started for it", f"{seconds[0]:.2f} s"),
        Line("an empty file from a process kept ready, quickest of three", f"{min(seconds[1:]):.2f} s"),
    ]


def _others_lines() -> list[Line]:
    with tempfile.TemporaryDirectory() as folder:
        with others.portal(Path(folder) / "outside") as server:
            found = {"xlsx": others.changes(server, "xlsx"), "CSV": others.changes(server, "csv")}
        with others.portal(Path(folder) / "inside", PORTAL_EXPORT_ROWS_INLINE=str(_MANY)) as server:
            inside = others.changes(server, "xlsx")
    lines = [Line(f"page change of another, xlsx made inside the web process, {inside.ratio:.1f} times", str(inside))]
    for name, clicks in found.items():
        met = clicks.ratio <= _OTHERS_RATIO
        lines.append(Line(f"page change of another, {name} made outside", str(clicks)))
        lines.append(Line(f"the same, median beside median alone, {name}", f"{clicks.ratio:.2f}", "≤ 2", met))
    return lines
