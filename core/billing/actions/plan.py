"""The amortization plan of a contract as a file: always the whole plan, whose arithmetic is live in a workbook."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import BinaryIO

from core.access import Access
from core.billing.frames import Plan, PlanItem, plan
from core.book.actions.files import write_file
from core.book.ledger import LONGEST_NUMBER
from core.exports.extensions import Extension, fitting
from core.exports.table import Column, Control, Kind, Notes, Table, aligned, headed
from core.formats import Formats
from core.kit import addresses, words
from core.kit.errors import N_
from core.locale import translations
from core.tabular import each

_OUTSTANDING = Column(words.PLAN["outstanding_cents"], Kind.MONEY, 16, key="outstanding_cents")
_COLUMNS = [
    Column(words.PLAN["number"], Kind.COUNT, 10, key="number"),
    Column(words.PLAN["due_on"], Kind.DATE, 14, key="due_on"),
    Column(words.PLAN["kind"], width=18, key="kind"),
    Column(
        words.PLAN["amount_cents"],
        Kind.MONEY,
        14,
        total=True,
        key="amount_cents",
        formula="{principal_cents}+{interest_cents}",
    ),
    Column(words.PLAN["principal_cents"], Kind.MONEY, 14, total=True, key="principal_cents"),
    Column(words.PLAN["interest_cents"], Kind.MONEY, 14, total=True, key="interest_cents"),
    _OUTSTANDING,
    Column(words.PLAN["method"], width=27, key="method"),
    Column(words.PLAN["accrues_from"], Kind.DATE, 16, key="accrues_from"),
    Column(words.PLAN["accrues_to"], Kind.DATE, 16, key="accrues_to"),
    Column(words.PLAN["collected_on"], Kind.DATE, 14, key="collected_on"),
]
_LEFT = "{above.outstanding_cents}-{principal_cents}"
_MILLION = 1_000_000
# How the earlier portal named a direct debit; it wrote every means of payment in capitals.
_EARLIER_DEBIT = "SEPA DIRECT DEBIT"


@dataclass(frozen=True, slots=True)
class PlanFilters:
    """Whose plan it is: the number of a contract."""

    contract: str = ""

    @classmethod
    def of(cls, address: Mapping[str, str]) -> "PlanFilters":
        """The contract of an address (`contract`). What cannot be a number counts as absent, and is no contract."""
        return cls(addresses.text(address.get("contract"), LONGEST_NUMBER))


def amortization_rows(access: Access, today: date, filters: PlanFilters, extension: Extension) -> int:
    """How many rows the file of a plan has.

    Raises TooManyRows for a workbook above the row limit, NotFound for another's contract.
    """
    return fitting(len(plan(access, today, filters.contract).rows), extension)


def export_amortization(
    access: Access,
    today: date,
    filters: PlanFilters,
    out: BinaryIO,
    *,
    lang: str,
    who: str,
    extension: Extension = "xlsx",
    manual_headers: bool = False,
) -> str:
    """Write the whole plan of a contract into `out`, amounts net of VAT; returns the file's name.

    `manual_headers` gives the words of the earlier portal. Leaves an audit line with format, contract and row count.
    Raises what `amortization_rows` does.
    """
    found = plan(access, today, filters.contract)
    fitting(len(found.rows), extension)
    gettext = translations(lang).gettext
    title = gettext(N_("Amortization plan"))
    columns = headed(_columns(found), gettext, words.PLAN if manual_headers else None)
    control = [Control(column.title, column.key, found.sums[column.key]) for column in columns if column.total]
    notes = Notes.of(title, today, _notes(found, lang), lang=lang, who=who)
    cells = _cells(found, gettext, _earlier_method if manual_headers else _method)
    table = Table(title, columns, aligned(columns, cells), notes, control)
    parts = (title, found.number)
    return write_file(access, out, table, export="amortization", filters=filters, extension=extension, parts=parts)


def _columns(found: Plan) -> list[Column]:
    """The columns; what is left is live too, unless rows of the plan are missing between others."""
    left = found.price_cents - found.rows["principal_cents"].cumsum()
    if not left.equals(found.rows["outstanding_cents"]):
        return _COLUMNS
    live = replace(_OUTSTANDING, formula=_LEFT, opening={_OUTSTANDING.key: found.price_cents})
    return [live if column is _OUTSTANDING else column for column in _COLUMNS]


def _cells(
    found: Plan, gettext: Callable[[str], str], method: Callable[[Callable[[str], str], str], str]
) -> Iterator[Mapping[str, object]]:
    """The rows of the file: the plan's, with words for codes."""
    for row in each(found.rows, PlanItem):
        kind = words.PLAN_KINDS[row.kind]
        named = {"kind": gettext(kind), "method": method(gettext, row.method)}
        yield {key: getattr(row, key) for key in words.PLAN} | named


def _method(gettext: Callable[[str], str], method: str) -> str:
    return gettext(words.PLAN_METHODS[method])


def _earlier_method(gettext: Callable[[str], str], method: str) -> str:
    return _EARLIER_DEBIT if method == "SDD" else _method(gettext, method).upper()


def _notes(found: Plan, lang: str) -> list[tuple[str, str]]:
    gettext, formats = translations(lang).gettext, Formats(lang)
    notes = [
        (words.LEDGER["contract"], found.number),
        (N_("Product"), found.product),
        (N_("Status"), gettext(words.CONTRACT_STATUSES[found.status])),
        (N_("Financed amount"), formats.money(found.price_cents)),
        (words.PLAN["outstanding_cents"], formats.money(found.outstanding_cents)),
        (N_("Amounts"), gettext(N_("net of VAT"))),
    ]
    if found.rates:
        notes += [
            (N_("Nominal yearly rate"), formats.share(Fraction(found.rates.nominal_ppm, _MILLION))),
            (N_("Effective yearly rate (TIR)"), formats.share(Fraction(found.rates.effective_ppm, _MILLION))),
        ]
    return [(gettext(label), value) for label, value in notes]
