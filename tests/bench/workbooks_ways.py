"""The ways of writing a table, each in a process of its own: `python -m tests.bench.workbooks_ways WAY ROWS`."""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from core.exports import delimited, workbook
from core.exports.table import Column, Control, Kind, Link, Notes, Table

MONEY = ("Importo", "Pagato", "Saldo", "Saldo scaduto")
NOTES = Notes(
    "it", "Aurora Leasing", "Fatture e pagamenti", "10093", datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1)
)
FORMATS = {"Scadenza": "dd/mm/yy", "N. canone": "#,##0"} | dict.fromkeys(MONEY, r"#,##0.00\ [$€-410]")
KEYS = {"Importo": "gross", "Pagato": "paid", "Saldo": "balance", "Scadenza": "due_on", "Fattura": "invoice"}
FORMULAS = {
    "Saldo": "{gross}-{paid}",
    "Saldo scaduto": 'IF(AND({invoice}<>"",{due_on}<{data_date}),{balance},0)',
}
KINDS = {"Scadenza": Kind.DATE, "N. canone": Kind.COUNT, "Fattura": Kind.LINK} | dict.fromkeys(MONEY, Kind.MONEY)


def ledger(rows: int) -> pd.DataFrame:
    """A frame like a customer's schedule: eleven columns, amounts in cents."""
    numbers = np.arange(rows)
    gross = 10_000 + (numbers * 7_919) % 900_000
    paid = np.where(numbers % 10 < 7, gross, 0)
    due_on = [date(2016, 1, 1) + timedelta(n % 5_000) for n in range(rows)]
    past = np.array(due_on, "datetime64[D]") < np.datetime64(NOTES.data_date)
    return pd.DataFrame(
        {
            "Stato": np.where(paid == gross, "Pagato", "Non ancora scaduto"),
            "Contratto": (84_000 + numbers // 60).astype(str),
            "Scadenza": pd.Series(due_on, dtype=object),
            "N. canone": 1 + numbers % 60,
            "Causale": np.where(numbers % 60, "Pagamento", "Anticipo"),
            "Pagamento": np.where(numbers % 9, "Addebito diretto SEPA", "Bonifico bancario"),
            "Importo": gross,
            "Pagato": paid,
            "Saldo": gross - paid,
            "Saldo scaduto": np.where(past, gross - paid, 0),
            "Fattura": pd.Series([f"{n}/2026" for n in range(rows)], dtype=object),
        }
    )


def _table(frame: pd.DataFrame, *, links: bool = False) -> Table:
    rows = frame.itertuples(index=False, name=None)
    if links:
        rows = ((*row[:-1], Link(row[-1], f"/documents/{row[3]}")) for row in rows)
    control = [Control("Saldo scaduto", "Saldo scaduto", int(frame["Saldo scaduto"].sum()))]
    return Table("Fatture", [_column(name) for name in frame], rows, NOTES, control)


def _column(name: str) -> Column:
    kind, total = KINDS.get(name, Kind.TEXT), name in MONEY
    return Column(name, kind, 14, total=total, key=KEYS.get(name, name), formula=FORMULAS.get(name, ""))


def ours(frame: pd.DataFrame, out: BinaryIO) -> None:
    """The portal's workbook, balances and overdue balances live."""
    workbook.write(out, _table(frame))


def ours_with_links(frame: pd.DataFrame, out: BinaryIO) -> None:
    """The portal's workbook, every invoice a link to its document."""
    workbook.write(out, _table(frame, links=True))


def comma(frame: pd.DataFrame, out: BinaryIO) -> None:
    """The portal's CSV."""
    delimited.write(out, _table(frame))


def plain(frame: pd.DataFrame, out: BinaryIO) -> None:
    """`pandas.to_excel` through openpyxl, then the same look: formats, bold header, widths, frozen pane, filter."""
    euros = frame.assign(**{name: frame[name] / 100 for name in MONEY})
    with pd.ExcelWriter(out, engine="openpyxl") as writer:
        euros.to_excel(writer, sheet_name="Fatture", index=False)
        sheet = writer.sheets["Fatture"]
        for position, name in enumerate(euros, start=1):
            sheet.column_dimensions[get_column_letter(position)].width = 14
            head = sheet.cell(1, position)
            head.font, head.fill = Font(bold=True), PatternFill("solid", start_color="F4F6F8")
            if name in FORMATS:
                for row in range(2, len(euros) + 2):
                    sheet.cell(row, position).number_format = FORMATS[name]
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = sheet.dimensions


WAYS: dict[str, Callable[[pd.DataFrame, BinaryIO], None]] = {
    way.__name__: way for way in (ours, ours_with_links, comma, plain)
}


def _in_use() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def _peak() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")  # `ru_maxrss` begins at the peak of the parent
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def main() -> None:
    """Write a small table so that everything is imported, then the asked one, and say what it took as JSON."""
    way, rows = WAYS[sys.argv[1]], int(sys.argv[2])
    with tempfile.TemporaryFile() as out:
        way(ledger(100), out)
    frame = ledger(rows)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak of making the frame
    before, cpu, wall = _in_use(), time.process_time(), time.perf_counter()
    with tempfile.TemporaryFile() as out:
        way(frame, out)
        took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "size": out.seek(0, 2) / 2**20}
    sys.stdout.write(json.dumps({**took, "memory": _peak() - before}))


if __name__ == "__main__":
    main()
