"""The leased assets as a file: contract by contract, as on the page."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import BinaryIO

from core.access import Access
from core.book.actions.files import note_export
from core.book.frames import AssetFilters, asset_list, asset_sums
from core.exports.extensions import WRITE, Extension, fitting
from core.exports.names import file_name
from core.exports.table import Column, Control, Kind, Notes, Table, aligned, headed
from core.kit import words
from core.kit.errors import N_
from core.locale import translations

# The names are those of the earlier portal's file, not those of the page: people have sheets that were built on it.
_COLUMNS = [
    Column(words.ASSET["contract"], width=15, key="contract"),
    Column(N_("End of mandate"), Kind.DATE, 13, key="ends_on"),
    Column(N_("Code of the asset"), width=16, key="code"),
    Column(N_("Kind of resource"), width=27, key="kind"),
    Column(N_("Financed value"), Kind.MONEY, 17, total=True, key="price_cents"),
    Column(N_("Expected future value"), Kind.MONEY, 19, total=True, key="residual_cents"),
    Column(N_("Description of the resource"), width=60, key="description"),
]
_MANUAL = {column.key: column.title for column in _COLUMNS} | {
    "contract": N_("Contract code (earlier header)"),
    "price_cents": N_("Financed value (earlier header)"),
}
# What the earlier portal said on the first row of a contract only.
_ONCE = ("contract", "ends_on")


def assets_rows(access: Access, today: date, filters: AssetFilters, extension: Extension) -> int:
    """How many rows the file of the filtered assets has.

    Raises TooManyRows for a workbook above the row limit, NotFound for another's contract.
    """
    return fitting(asset_sums(access, today, filters).assets, extension)


def export_assets(
    access: Access,
    today: date,
    filters: AssetFilters,
    out: BinaryIO,
    *,
    lang: str,
    who: str,
    extension: Extension = "xlsx",
    manual_headers: bool = False,
) -> str:
    """Write the filtered assets into `out`, amounts net of VAT; returns the file's name.

    `manual_headers` gives the headers and the grouping of the earlier portal: contract and end date on the first row of
    each contract only. Leaves an audit line with format, filters and row count. Raises what `assets_rows` does.
    """
    assets_rows(access, today, filters, extension)
    gettext = translations(lang).gettext
    title = gettext(N_("Leased assets"))
    columns = headed(_COLUMNS, gettext, _MANUAL if manual_headers else None)
    notes = Notes.of(title, today, _filter_notes(filters, gettext), lang=lang, who=who)
    with asset_list(access, today, filters) as (sums, assets):
        control = [Control(column.title, column.key, getattr(sums, column.key)) for column in columns if column.total]
        rows = map(asdict, assets)
        cells = aligned(columns, _grouped(rows) if manual_headers else rows)
        written = WRITE[extension](out, Table(title, columns, cells, notes, control))
    note_export(access, "assets", filters, extension=extension, rows=written)
    return file_name(gettext(N_("assets")), filters.contract or "", on=today, extension=extension)


def _grouped(rows: Iterable[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
    """The rows without what repeats the row above: contract and end date."""
    contract: object = None
    for row in rows:
        yield {**row, **dict.fromkeys(_ONCE)} if row["contract"] == contract else row
        contract = row["contract"]


def _filter_notes(filters: AssetFilters, gettext: Callable[[str], str]) -> list[tuple[str, str]]:
    contract = words.ASSET["contract"]
    return [
        (gettext(contract), filters.contract or gettext(N_("All contracts"))),
        (gettext(N_("Text searched for")), filters.query.strip() or "–"),
        (gettext(N_("Amounts")), gettext(N_("net of VAT"))),
    ]
