"""The contracts as a file, one row each: exactly those that the page lets through."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import BinaryIO

from core.access import Access
from core.book.actions.files import note_export
from core.book.frames import ContractFilters, Details, register, register_sums
from core.exports.extensions import WRITE, Extension, fitting
from core.exports.names import file_name
from core.exports.table import Column, Control, Kind, Notes, Table, aligned, headed
from core.kit import words
from core.kit.errors import N_
from core.locale import translations

_SUMMED = ("price_cents", "deposit_cents", "residual_cents", "outstanding_cents")
_OPTIONS: dict[str, tuple[Kind, float, bool]] = {
    "number": (Kind.TEXT, 11, False),
    "product": (Kind.TEXT, 27, False),
    "status": (Kind.TEXT, 10, False),
    "assets": (Kind.COUNT, 8, True),
    "signed_on": (Kind.DATE, 12, False),
    "starts_on": (Kind.DATE, 12, False),
    "ends_on": (Kind.DATE, 12, False),
    "rent_cents": (Kind.MONEY, 14, False),
    "instalments": (Kind.COUNT, 12, False),
    "months": (Kind.COUNT, 14, False),
    "period_months": (Kind.TEXT, 14, False),
    "index_code": (Kind.TEXT, 27, False),
    **dict.fromkeys(_SUMMED, (Kind.MONEY, 15, True)),
}
_COLUMNS = [Column(title, *_OPTIONS[key], key=key) for key, title in words.CONTRACT.items()]


def contracts_rows(access: Access, today: date, filters: ContractFilters, extension: Extension) -> int:
    """How many rows the file of the filtered contracts has. Raises TooManyRows for a workbook above the row limit."""
    return fitting(register_sums(access, today, filters).contracts, extension)


def export_contracts(
    access: Access,
    today: date,
    filters: ContractFilters,
    out: BinaryIO,
    *,
    lang: str,
    who: str,
    extension: Extension = "xlsx",
    manual_headers: bool = False,
) -> str:
    """Write the filtered contracts into `out`, amounts net of VAT; returns the file's name.

    The earlier portal had no such file: `manual_headers` changes nothing. Leaves an audit line with format, filters and
    row count. Raises what `contracts_rows` does.
    """
    contracts_rows(access, today, filters, extension)
    gettext = translations(lang).gettext
    title = gettext(N_("Contracts"))
    columns = headed(_COLUMNS, gettext)
    notes = Notes.of(title, today, _filter_notes(filters, gettext), lang=lang, who=who)
    with register(access, today, filters) as (sums, leases):
        control = [Control(gettext(words.CONTRACT[key]), key, getattr(sums, key)) for key in _SUMMED]
        cells = aligned(columns, _cells(leases, gettext))
        written = WRITE[extension](out, Table(title, columns, cells, notes, control))
    note_export(access, "contracts", filters, extension=extension, rows=written)
    return file_name(gettext(N_("contracts")), on=today, extension=extension)


def _cells(leases: Iterable[Details], gettext: Callable[[str], str]) -> Iterator[Mapping[str, object]]:
    for lease in leases:
        status, period = words.CONTRACT_STATUSES[lease.status], words.period_message(lease.period_months)
        yield asdict(lease) | {
            "status": gettext(status),
            "period_months": gettext(period) % {"n": lease.period_months},
            "index_code": words.rate_name(lease.index_code, gettext),
        }


def _filter_notes(filters: ContractFilters, gettext: Callable[[str], str]) -> list[tuple[str, str]]:
    state = words.CONTRACT_FILTERS[filters.state]
    return [
        (gettext(N_("Contracts")), gettext(state)),
        (gettext(N_("Text searched for")), filters.query.strip() or "–"),
        (gettext(N_("Amounts")), gettext(N_("net of VAT"))),
    ]
