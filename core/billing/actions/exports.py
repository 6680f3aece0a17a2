"""The schedule as a file: exactly the filtered rows, as a workbook with live balances and totals or as CSV."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO

from core.access import Access
from core.billing.frames import Totals, ledger, ledger_rows
from core.billing.ledger import Filters
from core.book.actions.files import note_export
from core.exports.extensions import WRITE, Extension, fitting
from core.exports.names import file_name
from core.exports.table import Column, Control, Kind, Link, Notes, Table, aligned, headed
from core.kit import words
from core.kit.errors import N_
from core.locale import translations

# The balances say again in a spreadsheet's words what `core.billing.ledger` says of them.
_AMOUNTS = {
    "gross_cents": "",
    "paid_cents": "",
    "balance_cents": "{gross_cents}-{paid_cents}",
    "overdue_cents": 'IF(AND({invoice}<>"",{due_on}<{data_date}),{balance_cents},0)',
}
_COLUMNS = [
    Column(words.LEDGER["state"], width=12, key="state"),
    Column(words.LEDGER["contract"], width=11, key="contract"),
    Column(words.LEDGER["due_on"], Kind.DATE, 11, key="due_on"),
    Column(words.LEDGER["number"], Kind.COUNT, 10, key="number"),
    Column(words.LEDGER["causale"], width=18, key="causale"),
    Column(words.LEDGER["method"], width=27, key="method"),
    *(
        Column(words.LEDGER[key], Kind.MONEY, 14, total=True, key=key, formula=formula)
        for key, formula in _AMOUNTS.items()
    ),
    Column(words.LEDGER["invoice"], Kind.LINK, 14, key="invoice"),
]
# The columns and headers of the earlier portal, for sheets that were built on its files: they stay as they are.
_MANUAL = {key: title for key, title in words.LEDGER.items() if key != "balance_cents"} | {
    "number": N_("Rent no. (earlier header)"),
    "causale": N_("Reason (earlier header)"),
}


def invoices_rows(access: Access, today: date, filters: Filters, extension: Extension) -> int:
    """How many rows the file of the filtered schedule has.

    Raises TooManyRows for a workbook above the row limit, NotFound for another's contract or without the grant to see
    invoices.
    """
    return fitting(ledger_rows(access, today, filters), extension)


def export_invoices(
    access: Access,
    today: date,
    filters: Filters,
    out: BinaryIO,
    *,
    lang: str,
    who: str,
    extension: Extension = "xlsx",
    manual_headers: bool = False,
) -> str:
    """Write the filtered schedule into `out`, amounts VAT included; returns the file's name.

    `manual_headers` gives the columns and headers of the earlier portal. Leaves an audit line with format, filters and
    row count. Raises what `invoices_rows` does.
    """
    invoices_rows(access, today, filters, extension)
    gettext = translations(lang).gettext
    title = gettext(N_("Invoices and payments"))
    columns = headed(_COLUMNS, gettext, _MANUAL if manual_headers else None)
    notes = Notes.of(title, today, _filter_notes(filters, gettext), lang=lang, who=who)
    parts = (gettext(N_("invoices")), filters.contract or "")
    with ledger(access, today, filters) as (totals, rows):
        cells = aligned(columns, _cells(rows, gettext))
        written = WRITE[extension](out, Table(title, columns, cells, notes, _control(columns, totals)))
    note_export(access, "invoices", filters, extension=extension, rows=written)
    return file_name(*parts, on=today, extension=extension)


def _control(columns: Sequence[Column], totals: Totals) -> list[Control]:
    return [Control(column.title, column.key, getattr(totals, column.key)) for column in columns if column.total]


def _cells(rows: Iterable[Mapping[str, Any]], gettext: Callable[[str], str]) -> Iterator[Mapping[str, object]]:
    """The rows of the file: the ledger's, with words for codes and a link where there is a document."""
    for row in rows:
        state, method = words.ITEM_STATES[row["state"]], words.METHODS[row["method"]]
        causale = words.causale_message(row["kind"], row["causale"])
        link = f"/documents/{row['document_id']}"
        yield {
            **row,
            "state": gettext(state),
            "causale": gettext(causale),
            "method": gettext(method),
            "invoice": Link(row["invoice"], link) if row["document_id"] else row["invoice"],
        }


def _filter_notes(filters: Filters, gettext: Callable[[str], str]) -> list[tuple[str, str]]:
    contract, state = words.LEDGER["contract"], words.LEDGER["state"]
    chosen = words.ITEM_STATES[filters.state] if filters.state else N_("All")
    return [
        (gettext(contract), filters.contract or gettext(N_("All contracts"))),
        (gettext(state), gettext(chosen)),
        (gettext(N_("Invoice number contains")), filters.query.strip() or "–"),
        (gettext(N_("View")), gettext(words.VIEWS[filters.view]) if filters.view else "–"),
        (gettext(N_("Amounts")), gettext(N_("VAT included"))),
    ]
