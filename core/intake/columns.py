"""The format of a leasing book: which files, which columns, how each is read, what names a row.

`docs/import.md` describes the same columns for people; a test holds the two together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.intake import cells
from core.intake.cells import Holds, Parser, text
from core.kit.words import CAUSALI, KINDS, METHODS

Values = dict[str, Any]
Lists = dict[str, Sequence[Any]]

CUSTOMERS = "customers.csv"
CONTRACTS = "contracts.csv"
ASSETS = "assets.csv"
PLAN_ROWS = "plan_rows.csv"
INVOICES = "invoices.csv"
DUE_ITEMS = "due_items.csv"
PAYMENTS = "payments.csv"
ALLOCATIONS = "allocations.csv"
DOCUMENTS = "documents.csv"
INDEX_RATES = "index_rates.csv"
DOCUMENTS_FOLDER = "documents"

# Kinds whose number names a row within its contract, so that its date may move; the others are named by their day too.
NUMBERED_KINDS = frozenset({"ANTICIPO", "CANONE", "RISCATTO", "PREAMMORTAMENTO"})
PLAN_KINDS = tuple(kind for kind in KINDS if kind != "NOTA_CREDITO")
EURIBOR = "EURIBOR3M"
ECB_SERIES = "FM.M.U2.EUR.RT.MM.EURIBOR3MD_.HSTA"
SOURCE_LENGTH = 160
PROVISIONAL = " (provvisorio)"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: `name` in the header, `field` in the values of a row; an empty cell means `default`."""

    name: str
    parse: Parser
    required: bool = False
    field: str = ""
    default: object = None

    @property
    def key(self) -> str:
        """The name of the value in a row."""
        return self.field or self.name

    @property
    def holds(self) -> Holds:
        """What its values are: a text, a whole number (cents, ppm, basis points, a count), a day, yes or no."""
        return self.parse.holds


def _as_read(lists: Lists) -> Lists:
    return lists


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A file: its columns, the values that name a row, and what turns columns as read into those of the values.

    A key that has a kind ends in a day, which counts only where the kind's number is not enough.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    complete: Callable[[Lists], Lists] = _as_read
    further_columns: bool = False

    def column_of(self, field: str) -> str:
        """The header name behind a value."""
        return next((column.name for column in self.columns if column.key == field), field)


def _need(name: str, parse: Parser, field: str = "") -> Column:
    return Column(name, parse, required=True, field=field)


def _due_items(lists: Lists) -> Lists:
    days = [planned or due for planned, due in zip(lists["plan_due_on"], lists["due_on"], strict=True)]
    words = [word or CAUSALI.get(kind) for word, kind in zip(lists["causale"], lists["kind"], strict=True)]
    return lists | {"plan_due_on": days, "causale": words}


def _ecb_rates(lists: Lists) -> Lists:
    return _euribor(lists, [f"ECB {series}" for series in lists["series"]])


def _averaged_rates(lists: Lists) -> Lists:
    marked = zip(lists["source"], lists["missing_fixings"], strict=True)
    return _euribor(lists, [_source(source or "", missing=bool(missing)) for source, missing in marked])


def _source(source: str, *, missing: bool) -> str:
    return source[: SOURCE_LENGTH - len(PROVISIONAL)] + PROVISIONAL if missing else source


def _euribor(lists: Lists, sources: list[str]) -> Lists:
    return {"code": [EURIBOR] * len(sources), "month": lists["month"], "ppm": lists["ppm"], "source": sources}


_CODE, _NUMBER, _REFERENCE = text(12), text(12), text(140)
_KIND, _METHOD, _PLAN_KIND = cells.one_of(*KINDS), cells.one_of(*METHODS), cells.one_of(*PLAN_KINDS)
_RATE_KEY = ("code", "month")

FORMATS = {
    file.name: file
    for file in (
        FileFormat(
            CUSTOMERS,
            (
                _need("code", _CODE),
                _need("name", text(160)),
                Column("tax_code", cells.tax_code),
                Column("vat_no", cells.vat_number),
                _need("pec", cells.email),
                _need("address", text()),
            ),
            key=("code",),
        ),
        FileFormat(
            CONTRACTS,
            (
                _need("number", _NUMBER),
                _need("customer", _CODE),
                _need("product", text(60)),
                _need("signed_on", cells.day),
                _need("starts_on", cells.day),
                _need("ends_on", cells.day),
                Column("subsidy", text(80)),
                Column("iban", cells.iban),
                _need("months", cells.count(1)),
                _need("instalments", cells.count(1)),
                Column("period_months", cells.count(1), default=1),
                _need("in_advance", cells.yes_no),
                _need("price", cells.amount, "price_cents"),
                Column("deposit", cells.amount, field="deposit_cents", default=0),
                _need("rent", cells.amount, "rent_cents"),
                _need("residual", cells.amount, "residual_cents"),
                _need("rate", cells.ppm, "rate_ppm"),
                Column("vat", cells.basis_points, field="vat_bp", default=2200),
                Column("index_code", text(20)),
                Column("index_base", cells.ppm, field="index_base_ppm"),
                Column("late_spread", cells.basis_points, field="mora_spread_bp", default=800),
                Column("terminated_on", cells.day),
            ),
            key=("number",),
        ),
        FileFormat(
            ASSETS,
            (
                _need("code", _CODE),
                _need("contract", _NUMBER),
                _need("kind", text(60)),
                _need("description", text()),
                _need("price", cells.amount, "price_cents"),
                _need("residual", cells.amount, "residual_cents"),
            ),
            key=("code",),
        ),
        FileFormat(
            PLAN_ROWS,
            (
                _need("contract", _NUMBER),
                _need("kind", _PLAN_KIND),
                _need("number", cells.count()),
                _need("due_on", cells.day),
                _need("accrues_from", cells.day),
                _need("accrues_to", cells.day),
                _need("amount", cells.amount, "amount_cents"),
                _need("principal", cells.amount, "principal_cents"),
                _need("interest", cells.amount, "interest_cents"),
                _need("outstanding", cells.amount, "outstanding_cents"),
            ),
            key=("contract", "kind", "number", "due_on"),
        ),
        FileFormat(
            INVOICES,
            (
                _need("number", text(24)),
                _need("customer", _CODE),
                Column("contract", _NUMBER),
                _need("issued_on", cells.day),
            ),
            key=("number",),
        ),
        FileFormat(
            DUE_ITEMS,
            (
                _need("contract", _NUMBER),
                _need("kind", _KIND),
                _need("number", cells.count()),
                _need("due_on", cells.day),
                Column("plan_due_on", cells.day),
                Column("invoice", text(24)),
                Column("causale", text(60)),
                _need("method", _METHOD),
                _need("net", cells.amount, "net_cents"),
                Column("fees", cells.amount, field="fees_cents", default=0),
                _need("vat", cells.amount, "vat_cents"),
                Column("gross", cells.amount, field="gross_cents"),
            ),
            key=("contract", "kind", "number", "plan_due_on"),
            complete=_due_items,
        ),
        FileFormat(
            PAYMENTS,
            (
                _need("customer", _CODE),
                _need("paid_on", cells.day),
                _need("method", _METHOD),
                _need("reference", _REFERENCE),
                _need("amount", cells.amount, "amount_cents"),
                Column("reverses", _REFERENCE),
                Column("reason", text(10)),
            ),
            key=("method", "reference"),
        ),
        FileFormat(
            ALLOCATIONS,
            (
                _need("method", _METHOD),
                _need("reference", _REFERENCE),
                _need("contract", _NUMBER),
                _need("kind", _KIND),
                _need("number", cells.count()),
                _need("plan_due_on", cells.day),
                _need("amount", cells.amount, "amount_cents"),
            ),
            key=("method", "reference", "contract", "kind", "number", "plan_due_on"),
        ),
        FileFormat(
            DOCUMENTS,
            (_need("invoice", text(24)), _need("file", text(160)), Column("title", text(160))),
            key=("invoice",),
        ),
        FileFormat(
            INDEX_RATES,
            (
                Column("code", text(20), default=EURIBOR),
                _need("month", cells.month),
                _need("percent", cells.index_ppm, "ppm"),
                Column("source", text(SOURCE_LENGTH), default=""),
            ),
            key=_RATE_KEY,
        ),
    )
}

AVERAGED_RATES = FileFormat(
    INDEX_RATES,
    (
        _need("month", cells.month),
        Column("percent_360", cells.index_ppm),
        _need("percent_360_6dec", cells.index_ppm, "ppm"),
        Column("target_days", cells.count()),
        Column("missing_fixings", cells.count(), default=0),
        Column("source", text(SOURCE_LENGTH)),
    ),
    key=_RATE_KEY,
    complete=_averaged_rates,
)
ECB_RATES = FileFormat(
    INDEX_RATES,
    (
        _need("KEY", cells.one_of(ECB_SERIES), "series"),
        _need("TIME_PERIOD", cells.month, "month"),
        _need("OBS_VALUE", cells.index_ppm, "ppm"),
    ),
    key=_RATE_KEY,
    complete=_ecb_rates,
    further_columns=True,
)


def format_for(name: str, header: list[str]) -> FileFormat:
    """The format of a file, told by its name and, for index rates, by its header."""
    if name == INDEX_RATES and "TIME_PERIOD" in header:
        return ECB_RATES
    if name == INDEX_RATES and "percent_360_6dec" in header:
        return AVERAGED_RATES
    return FORMATS[name]
