"""The schedule as a file: exactly the filtered rows, as a workbook with live totals or as CSV."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, BinaryIO, Literal

from core import audit, db
from core.access import Access
from core.billing.frames import ledger, ledger_rows
from core.billing.ledger import Filters
from core.exports import delimited, workbook
from core.exports.names import file_name
from core.exports.table import Column, Kind, Link, Notes, Table
from core.kit import clock, words
from core.kit.errors import N_, TooManyRows
from core.locale import translations
from core.settings import settings

Extension = Literal["xlsx", "csv"]

_WRITE = {"xlsx": workbook.write, "csv": delimited.write}
_MONEY: dict[str, Any] = {"kind": Kind.MONEY, "width": 14, "total": True}
_OPTIONS: dict[str, dict[str, Any]] = {
    "state": {"width": 12},
    "contract": {"width": 11},
    "due_on": {"kind": Kind.DATE, "width": 11},
    "number": {"kind": Kind.COUNT, "width": 10},
    "causale": {"width": 18},
    "method": {"width": 27},
    "invoice": {"kind": Kind.LINK, "width": 14},
}
# The columns and headers of the earlier portal, for sheets that were built on its files: they stay as they are.
_EARLIER_NAMES = ("state", "contract", "due_on", "number", "causale", "method")
_EARLIER_AMOUNTS = ("gross_cents", "paid_cents", "overdue_cents", "invoice")
_EARLIER = {name: words.LEDGER[name] for name in (*_EARLIER_NAMES, *_EARLIER_AMOUNTS)} | {
    "number": N_("Rent no. (earlier header)"),
    "causale": N_("Reason (earlier header)"),
}


def invoices_rows(access: Access, today: date, filters: Filters, extension: Extension) -> int:
    """How many rows the file of the filtered schedule has.

    Raises TooManyRows for a workbook above the row limit, NotFound for another's contract or without the grant to see
    invoices.
    """
    count, limit = ledger_rows(access, today, filters), settings().export_rows_limit
    if extension == "xlsx" and count > limit:
        raise TooManyRows(rows=count, limit=limit)
    return count


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
    labels = _EARLIER if manual_headers else words.LEDGER
    title = gettext(N_("Invoices and payments"))
    notes = Notes(
        lang=lang,
        company=settings().company_name,
        title=title,
        who=who,
        at=clock.now(),
        data_date=today,
        filters=_filter_notes(filters, gettext),
    )
    columns = [Column(gettext(label), **_OPTIONS.get(name, _MONEY)) for name, label in labels.items()]
    rows = ([cells[name] for name in labels] for cells in _cells(access, today, filters, gettext))
    written = _WRITE[extension](out, Table(title, columns, rows, notes))
    with db.transaction(access) as connection:
        audit.write(connection, access, "export", "invoices", **asdict(filters), format=extension, rows=written)
    return file_name(gettext(N_("invoices")), filters.contract or "", on=today, extension=extension)


def _cells(
    access: Access, today: date, filters: Filters, gettext: Callable[[str], str]
) -> Iterator[Mapping[str, object]]:
    """The rows of the file: the ledger's, with words for codes and a link where there is a document."""
    for row in ledger(access, today, filters):
        state, method = words.ITEM_STATES[row["state"]], words.METHODS[row["method"]]
        causale = words.causale_message(row["kind"], row["causale"])
        link = f"/documents/{row['document_id']}"
        yield row | {
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
