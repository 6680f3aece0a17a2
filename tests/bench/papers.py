"""Drawing an invoice, after the first one."""

import time
from datetime import date
from statistics import median

from core.documents.invoice import InvoiceSheet, Line, Recipient, draw
from tests.bench.report import Line as Figure
from tests.bench.report import Section

_PAPERS = 120
_TARGET_MS = 15


def _sheet(number: int) -> InvoiceSheet:
    """An invoice of five lines; every number makes another one, so that nothing is drawn from memory."""
    due = [date(2024, month, 1) for month in range(1, 6)]
    lines = [
        Line("84963", "Pagamento", number + n, day, "Addebito diretto SEPA", 10_000 + number, 500, 2200, 2_310)
        for n, day in enumerate(due)
    ]
    recipient = Recipient("Rossi Impianti S.r.l.", "Via Roma 1\n31100 Treviso TV", None, "01234567890")
    legal = "Aurora Leasing S.p.A. · Capitale sociale 10.000.000,00 € i.v.\nC.F. e Registro Imprese 01234560000"
    return InvoiceSheet(f"{number}/2024", date(2024, 1, 1), recipient, lines, "Aurora Leasing", legal)


def _drawn(number: int) -> tuple[float, float]:
    """CPU and wall time of one invoice in milliseconds."""
    sheet, cpu, wall = _sheet(number), time.process_time(), time.perf_counter()
    draw(sheet)
    return (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000


def measure() -> Section:
    """The first invoice of a process, and the median of the next."""
    first = _drawn(0)
    rest = [_drawn(number) for number in range(1, _PAPERS + 1)]
    cpu, wall = (median(times) for times in zip(*rest, strict=True))
    quickest = min(time for time, _ in rest)
    return Section(
        "Invoice PDF",
        f"An invoice of five lines as PDF/A-2a and PDF/UA-1, drawn in the process of the bench: the first one, which "
        f"loads fonts and template, then {_PAPERS} different ones.",
        [
            Figure("first invoice", f"{first[1]:.0f} ms wall, {first[0]:.0f} ms CPU"),
            Figure(
                "CPU of an invoice after the first, median", f"{cpu:.1f} ms", f"≤ {_TARGET_MS} ms", cpu <= _TARGET_MS
            ),
            Figure("CPU of an invoice after the first, quickest", f"{quickest:.1f} ms"),
            Figure("wall time of an invoice after the first, median", f"{wall:.1f} ms"),
        ],
    )
