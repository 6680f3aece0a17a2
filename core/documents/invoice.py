"""Draws the courtesy copy of an invoice or a credit note: PDF/A and tagged, the same bytes for the same invoice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.documents import paper
from core.documents.paper import Recipient
from core.formats import Formats, masked_iban
from core.locale import translations

__all__ = ["InvoiceSheet", "Line", "Recipient", "draw"]

_LANG = "it"  # an Italian fiscal paper, whatever the language of the reader


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
    return paper.draw("invoice.typ", _content(sheet), sheet.issued_on)


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
        "recipient": sheet.recipient.lines(_LANG),
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
        rows.append((_("Debited account"), masked_iban(sheet.iban)))
    to_pay = _("Credited amount") if sheet.gross_cents < 0 else _("Amount to pay")
    return [*rows, (to_pay, formats.money(abs(sheet.gross_cents)))]


def _each(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(texts))


def _percent(basis_points: int) -> str:
    whole, rest = divmod(basis_points, 100)
    decimals = f",{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}\u00a0%"
