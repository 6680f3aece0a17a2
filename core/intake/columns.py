"""The format of a leasing book: which files, which columns, how each is read, what names a row.

`docs/import.md` describes the same columns for people; a test holds the two together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.book.tables import DOCUMENT_KINDS, INDEX_METHODS
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
PAPERS = "papers.csv"
INDEX_RATES = "index_rates.csv"
# The files whose rows name a PDF, and where those lie.
WITH_PDFS = (DOCUMENTS, PAPERS)
DOCUMENTS_FOLDER = "documents"

# Kinds whose number names a row within its contract, so that its date may move; the others are named by their day too.
NUMBERED_KINDS = frozenset({"ANTICIPO", "CANONE", "RISCATTO", "PREAMMORTAMENTO"})
PLAN_KINDS = tuple(kind for kind in KINDS if kind != "NOTA_CREDITO")
PAPER_KINDS = tuple(kind for kind in DOCUMENT_KINDS if kind != "FATTURA")
EURIBOR = "EURIBOR3M"
SOURCE_LENGTH = 160


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


def need(name: str, parse: Parser, field: str = "") -> Column:
    """A column that every row fills."""
    return Column(name, parse, required=True, field=field)


def _due_items(lists: Lists) -> Lists:
    days = [planned or due for planned, due in zip(lists["plan_due_on"], lists["due_on"], strict=True)]
    words = [word or CAUSALI.get(kind) for word, kind in zip(lists["causale"], lists["kind"], strict=True)]
    return lists | {"plan_due_on": days, "causale": words}


_CODE, _NUMBER, _REFERENCE = text(12), text(12), text(140)
_KIND, _METHOD, _PLAN_KIND = cells.one_of(*KINDS), cells.one_of(*METHODS), cells.one_of(*PLAN_KINDS)
RATE_KEY = ("code", "month")

FORMATS = {
    file.name: file
    for file in (
        FileFormat(
            CUSTOMERS,
            (
                need("code", _CODE),
                need("name", text(160)),
                Column("tax_code", cells.tax_code),
                Column("vat_no", cells.vat_number),
                need("pec", cells.email),
                need("address", text()),
            ),
            key=("code",),
        ),
        FileFormat(
            CONTRACTS,
            (
                need("number", _NUMBER),
                need("customer", _CODE),
                need("product", text(60)),
                need("signed_on", cells.day),
                need("starts_on", cells.day),
                need("ends_on", cells.day),
                Column("subsidy", text(80)),
                Column("iban", cells.iban),
                need("months", cells.count(1)),
                need("instalments", cells.count(1)),
                Column("period_months", cells.count(1), default=1),
                need("in_advance", cells.yes_no),
                need("price", cells.amount, "price_cents"),
                Column("deposit", cells.amount, field="deposit_cents", default=0),
                need("rent", cells.amount, "rent_cents"),
                need("residual", cells.amount, "residual_cents"),
                need("rate", cells.ppm, "rate_ppm"),
                Column("vat", cells.basis_points, field="vat_bp", default=2200),
                Column("index_code", text(20)),
                Column("index_base", cells.ppm, field="index_base_ppm"),
                Column("index_method", cells.one_of(*INDEX_METHODS), default="QUARTERLY"),
                Column("late_spread", cells.basis_points, field="mora_spread_bp", default=800),
                Column("terminated_on", cells.day),
            ),
            key=("number",),
        ),
        FileFormat(
            ASSETS,
            (
                need("code", _CODE),
                need("contract", _NUMBER),
                need("kind", text(60)),
                need("description", text()),
                need("price", cells.amount, "price_cents"),
                need("residual", cells.amount, "residual_cents"),
            ),
            key=("code",),
        ),
        FileFormat(
            PLAN_ROWS,
            (
                need("contract", _NUMBER),
                need("kind", _PLAN_KIND),
                need("number", cells.count()),
                need("due_on", cells.day),
                need("accrues_from", cells.day),
                need("accrues_to", cells.day),
                need("amount", cells.amount, "amount_cents"),
                need("principal", cells.amount, "principal_cents"),
                need("interest", cells.amount, "interest_cents"),
                need("outstanding", cells.amount, "outstanding_cents"),
            ),
            key=("contract", "kind", "number", "due_on"),
        ),
        FileFormat(
            INVOICES,
            (
                need("number", text(24)),
                need("customer", _CODE),
                Column("contract", _NUMBER),
                need("issued_on", cells.day),
            ),
            key=("number",),
        ),
        FileFormat(
            DUE_ITEMS,
            (
                need("contract", _NUMBER),
                need("kind", _KIND),
                need("number", cells.count()),
                need("due_on", cells.day),
                Column("plan_due_on", cells.day),
                Column("invoice", text(24)),
                Column("causale", text(60)),
                need("method", _METHOD),
                need("net", cells.amount, "net_cents"),
                Column("fees", cells.amount, field="fees_cents", default=0),
                need("vat", cells.amount, "vat_cents"),
                Column("gross", cells.amount, field="gross_cents"),
            ),
            key=("contract", "kind", "number", "plan_due_on"),
            complete=_due_items,
        ),
        FileFormat(
            PAYMENTS,
            (
                need("customer", _CODE),
                need("paid_on", cells.day),
                need("method", _METHOD),
                need("reference", _REFERENCE),
                need("amount", cells.amount, "amount_cents"),
                Column("reverses", _REFERENCE),
                Column("reason", text(10)),
            ),
            key=("method", "reference"),
        ),
        FileFormat(
            ALLOCATIONS,
            (
                need("method", _METHOD),
                need("reference", _REFERENCE),
                need("contract", _NUMBER),
                need("kind", _KIND),
                need("number", cells.count()),
                need("plan_due_on", cells.day),
                need("amount", cells.amount, "amount_cents"),
            ),
            key=("method", "reference", "contract", "kind", "number", "plan_due_on"),
        ),
        FileFormat(
            DOCUMENTS,
            (need("invoice", text(24)), need("file", text(160)), Column("title", text(160))),
            key=("invoice",),
        ),
        FileFormat(
            PAPERS,
            (
                need("customer", _CODE),
                Column("contract", _NUMBER),
                need("kind", cells.one_of(*PAPER_KINDS)),
                need("issued_on", cells.day),
                need("file", text(160)),
                need("title", text(160)),
            ),
            key=("customer", "file"),
        ),
        FileFormat(
            INDEX_RATES,
            (
                Column("code", text(20), default=EURIBOR),
                need("month", cells.month),
                need("percent", cells.index_ppm, "ppm"),
                Column("source", text(SOURCE_LENGTH), default=""),
            ),
            key=RATE_KEY,
        ),
    )
}
