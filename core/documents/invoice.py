"""Draws the courtesy copy of an invoice or a credit note: PDF/A and tagged, the same bytes for the same invoice.

The template has no words and no rules of its own; texts reach it as data, never as markup.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from core.formats import Formats
from core.locale import translations

_FOLDER = Path(__file__).parent
_LANG = "it"  # an Italian fiscal paper, whatever the language of the reader
_LOCK = Lock()  # the compiler makes no promise about threads
# What the fonts can draw: Latin, Greek, Cyrillic, punctuation. PDF/A refuses a page with any other character.
_NOT_DRAWABLE = re.compile(
    "[^\n\u0020-\u007e\u00a0-\u00ac\u00ae-\u017f\u0218-\u021b\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f"
    "\u0490\u0491\u1e80-\u1e85\u1e9e-\u1ef9\u2010-\u201e\u2020-\u2022\u2026\u202f\u2030\u2032\u2033\u2039\u203a\u20ac"
    "\u2116\u2122\u2212\u25a1]"
)
_NO_GLYPH = "\u25a1"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who the invoice is for, as it was when it was issued."""

    name: str
    address: str | None = None
    tax_code: str | None = None
    vat_no: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One due item: amounts in cents, VAT in basis points (2200 = 22 %), the payment method by its label."""

    contract: str
    causale: str
    number: int
    due_on: date
    method: str
    net_cents: int
    fees_cents: int
    vat_bp: int
    vat_cents: int

    @property
    def taxable_cents(self) -> int:
        """Net and fees, in cents."""
        return self.net_cents + self.fees_cents

    @property
    def gross_cents(self) -> int:
        """Net, fees and VAT, in cents."""
        return self.taxable_cents + self.vat_cents


@dataclass(frozen=True, slots=True)
class InvoiceSheet:
    """An invoice to draw; below zero it is a credit note. `iban` only where the account is debited (SDD)."""

    number: str
    issued_on: date
    recipient: Recipient
    lines: Sequence[Line]
    lessor: str
    legal: str
    iban: str | None = None

    @property
    def gross_cents(self) -> int:
        """The total with VAT, in cents."""
        return sum(line.gross_cents for line in self.lines)


def draw(sheet: InvoiceSheet) -> bytes:
    """The PDF of an invoice (PDF/A-2a, PDF/UA-1). Characters the fonts lack become a small box.

    Raises ValueError for an invoice without lines.
    """
    if not sheet.lines:
        message = f"Invoice {sheet.number} has no lines to draw."
        raise ValueError(message)
    inputs = {"invoice": json.dumps(_drawable(_content(sheet)))}
    issued = datetime.combine(sheet.issued_on, time(), UTC)
    with _LOCK:
        pdf = _compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=["a-2a", "ua-1"], timestamp=issued)
    if not isinstance(pdf, bytes):
        raise TypeError(type(pdf))
    return pdf


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FOLDER / "fonts"])
    return typst.Compiler(_FOLDER / "invoice.typ", root=_FOLDER, font_paths=fonts, ignore_system_fonts=True)


def _drawable(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return _NOT_DRAWABLE.sub(_NO_GLYPH, unicodedata.normalize("NFC", value.replace("\t", " ")))
    if isinstance(value, dict):
        return {key: _drawable(part) for key, part in value.items()}
    return [_drawable(part) for part in value] if isinstance(value, list) else value


def _content(sheet: InvoiceSheet) -> dict[str, object]:
    """Every text of the paper, ready to be set."""
    _ = translations(_LANG).gettext
    formats = Formats(_LANG)
    return {
        "lang": _LANG,
        "title": _("Credit note") if sheet.gross_cents < 0 else _("Invoice"),
        "number": sheet.number,
        "copy": _("Courtesy copy"),
        "page": _("Page"),
        "of": _("of"),
        "lessor": sheet.lessor,
        "legal": sheet.legal.splitlines(),
        "to": _("Recipient"),
        "recipient": _recipient(sheet.recipient),
        "details": _details(sheet, formats),
        "head": _head(),
        "lines": _lines(sheet, formats),
        "totals": _totals(sheet, formats),
        "payment_title": _("Payment"),
        "payment": _payment(sheet, formats),
        "notice": _(
            "Courtesy copy without fiscal value."
            " The electronic invoice is the XML file sent through the Exchange System."
        ),
    }


def _recipient(recipient: Recipient) -> list[str]:
    _ = translations(_LANG).gettext
    codes = [(_("Tax code"), recipient.tax_code), (_("VAT number"), recipient.vat_no)]
    return [
        recipient.name,
        *(recipient.address or "").splitlines(),
        *(f"{label} {code}" for label, code in codes if code),
    ]


def _details(sheet: InvoiceSheet, formats: Formats) -> list[tuple[str, str]]:
    _ = translations(_LANG).gettext
    return [
        (_("Number"), sheet.number),
        (_("Issue date"), formats.full_day(sheet.issued_on)),
        (_("Contract"), _each(line.contract for line in sheet.lines)),
    ]


def _head() -> list[str]:
    _ = translations(_LANG).gettext
    return [
        *(_("Reason"), _("Rent no."), _("Due on"), _("Method")),
        *(_("Net"), _("Fees"), _("VAT %"), _("VAT"), _("Amount")),
    ]


def _lines(sheet: InvoiceSheet, formats: Formats) -> list[list[str]]:
    """The cells of every line; it names its contract where the invoice has several."""
    contract = translations(_LANG).gettext("Contract")
    several = len({line.contract for line in sheet.lines}) > 1
    return [
        _line(line, formats, f"{line.causale}\n{contract} {line.contract}" if several else line.causale)
        for line in sheet.lines
    ]


def _line(line: Line, formats: Formats, charge: str) -> list[str]:
    amounts = (line.net_cents, line.fees_cents, line.vat_cents, line.gross_cents)
    net, fees, vat, gross = map(formats.money, amounts)
    due = formats.full_day(line.due_on)
    return [charge, str(line.number), due, line.method, net, fees, _percent(line.vat_bp), vat, gross]


def _totals(sheet: InvoiceSheet, formats: Formats) -> list[tuple[str, str]]:
    """Taxable amount and VAT of each rate, highest first, then the total."""
    _ = translations(_LANG).gettext
    rows: list[tuple[str, str]] = []
    for rate in sorted({line.vat_bp for line in sheet.lines}, reverse=True):
        of_rate = [line for line in sheet.lines if line.vat_bp == rate]
        shown = {"rate": _percent(rate)}
        rows.append((_("Taxable at %(rate)s") % shown, formats.money(sum(line.taxable_cents for line in of_rate))))
        rows.append((_("VAT at %(rate)s") % shown, formats.money(sum(line.vat_cents for line in of_rate))))
    return [*rows, (_("Total"), formats.money(sheet.gross_cents))]


def _payment(sheet: InvoiceSheet, formats: Formats) -> list[tuple[str, str]]:
    _ = translations(_LANG).gettext
    days = sorted({line.due_on for line in sheet.lines})
    due = " – ".join(formats.full_day(day) for day in dict.fromkeys((days[0], days[-1])))
    rows = [(_("Due on"), due), (_("Payment method"), _each(line.method for line in sheet.lines))]
    if sheet.iban:
        rows.append((_("Debited account"), _masked(sheet.iban)))
    to_pay = _("Credited amount") if sheet.gross_cents < 0 else _("Amount to pay")
    return [*rows, (to_pay, formats.money(abs(sheet.gross_cents)))]


def _each(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(texts))


def _percent(basis_points: int) -> str:
    whole, rest = divmod(basis_points, 100)
    decimals = f",{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}\u00a0%"


def _masked(iban: str) -> str:
    return f"{iban[:4]} •••• {iban[-4:]}"
