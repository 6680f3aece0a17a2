"""The invoices of a period in one ZIP file, for the accountant: each as its PDF, and a list of them all.

One PDF is in memory at a time; what has not been drawn is drawn and kept, as it is when it is opened.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import select

from core import db, files
from core.access import Access
from core.billing import drawing, frames
from core.billing.frames import Bill, DocumentFilters
from core.book.actions.files import note_export
from core.book.tables import Document
from core.exports import delimited
from core.exports.names import file_name, slug
from core.exports.table import Column, Kind, Notes, Table, aligned, headed
from core.kit import words
from core.kit.errors import N_, TooLarge, TooManyInvoices
from core.locale import translations
from core.settings import settings

MEGABYTE = 1024 * 1024
_AT_ONCE = 50
_FIRST_YEAR = 1980  # a ZIP file knows no earlier day
_COLUMNS = [
    Column(words.LEDGER["invoice"], key="number"),
    Column(N_("Issued on"), Kind.DATE, key="issued_on"),
    Column(N_("Type"), key="kind"),
    Column(words.LEDGER["contract"], key="contract"),
    Column(N_("Taxable amount"), Kind.MONEY, key="taxable_cents"),
    Column(N_("VAT"), Kind.MONEY, key="vat_cents"),
    Column(N_("Total"), Kind.MONEY, key="gross_cents"),
    Column(N_("File"), key="file"),
]


def archive_rows(access: Access, today: date, filters: DocumentFilters) -> int:
    """How many invoices the file of these filters has.

    Raises TooManyInvoices above the limit of the settings, WrongPeriod, NotFound for another's contract or without
    the grant to see invoices.
    """
    return _allowed(frames.bills_count(access, today, filters))


def export_archive(access: Access, today: date, filters: DocumentFilters, out: BinaryIO, *, lang: str, who: str) -> str:
    """Write the invoices into `out` as a ZIP file of PDFs with a list of them; returns its name.

    Invoices without a file are drawn and kept. Leaves an audit line with the filters and the count. Raises what
    `archive_rows` does, and TooLarge above the megabytes of the settings.
    """
    archive_rows(access, today, filters)
    bills = frames.bills(access, today, filters, settings().zip_invoices_limit + 1)
    _allowed(len(bills))  # more may have come since they were counted
    gettext = translations(lang).gettext
    names = _names(bills, gettext)
    with ZipFile(out, "w") as archive:
        _pack(archive, bills, names, _keys(access, bills))
        notes = Notes.of(gettext(N_("invoices")), today, (), lang=lang, who=who)
        _add_list(archive, gettext, _list(bills, names, notes, gettext))
    note_export(access, "invoices", filters, extension="zip", rows=len(bills))
    days = (day.isoformat() for day in (filters.since, filters.until) if day)
    return file_name(gettext(N_("invoices")), filters.contract or "", *days, on=today, extension="zip")


def _allowed(count: int) -> int:
    limit = settings().zip_invoices_limit
    if count > limit:
        raise TooManyInvoices(invoices=count, limit=limit)
    return count


def _names(bills: Sequence[Bill], gettext: Callable[[str], str]) -> list[str]:
    """A name for each PDF, which tells month, kind and number; numbers that look alike are told apart."""
    found, names = Counter[str](), []
    for bill in bills:
        kind = gettext(words.DOCUMENTS[bill.kind])
        name = f"{bill.issued_on:%Y-%m}_{slug(kind)}_{slug(bill.number)}"
        found[name] += 1
        names.append(f"{name}_{found[name]}.pdf" if found[name] > 1 else f"{name}.pdf")
    return names


def _keys(access: Access, bills: Sequence[Bill]) -> Iterator[str]:
    """The keys of the PDFs in the file store, drawn where there is none, some at a time."""
    for start in range(0, len(bills), _AT_ONCE):
        some = [bill.document_id for bill in bills[start : start + _AT_ONCE]]
        with db.reading(access) as connection:
            stored = connection.execute(select(Document.id, Document.sha256).where(Document.id.in_(some)))
            keys: dict[int, Any] = dict(stored.all())
            sheets = drawing.undrawn(connection, some)
        if sheets:
            drawn = drawing.draw(sheets)
            with db.transaction(access) as connection:
                keys |= drawing.keep(connection, drawn)
        yield from (keys[document_id] for document_id in some)


def _pack(archive: ZipFile, bills: Sequence[Bill], names: Sequence[str], keys: Iterable[str]) -> None:
    """The PDFs, which are packed already and go in as they are. Raises TooLarge."""
    size, limit = 0, settings().zip_mb
    for bill, name, key in zip(bills, names, keys, strict=True):
        content, day = files.get(key), bill.issued_on
        size += len(content)
        if size > limit * MEGABYTE:
            raise TooLarge(limit=limit)
        archive.writestr(ZipInfo(name, (max(day.year, _FIRST_YEAR), day.month, day.day, 0, 0, 0)), content)


def _list(bills: Sequence[Bill], names: Sequence[str], notes: Notes, gettext: Callable[[str], str]) -> Table:
    columns = headed(_COLUMNS, gettext)
    rows = (
        {
            "number": bill.number,
            "issued_on": bill.issued_on,
            "kind": gettext(words.DOCUMENTS[bill.kind]),
            "contract": bill.contract,
            "taxable_cents": bill.taxable_cents,
            "vat_cents": bill.vat_cents,
            "gross_cents": bill.gross_cents,
            "file": name,
        }
        for bill, name in zip(bills, names, strict=True)
    )
    return Table(notes.title, columns, aligned(columns, rows), notes)


def _add_list(archive: ZipFile, gettext: Callable[[str], str], table: Table) -> None:
    day, name = table.notes.data_date, gettext(N_("list"))
    entry = ZipInfo(f"{slug(name)}.csv", (day.year, day.month, day.day, 0, 0, 0))
    entry.compress_type = ZIP_DEFLATED
    with archive.open(entry, "w") as file:
        delimited.write(cast("BinaryIO", file), table)
