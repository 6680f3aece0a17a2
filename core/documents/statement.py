"""Draws a statement of account: the movements of a period with their running balance, and how old the balance is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.documents import paper
from core.documents.paper import Recipient
from core.formats import Formats
from core.kit.errors import N_
from core.locale import short, translations

BUCKETS = (
    N_("Not yet due"),
    N_("1–30 days"),
    N_("31–60 days"),
    N_("61–90 days"),
    N_("91–120 days"),
    N_("Over 120 days"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One movement, its description ready to read; of debit and credit, in cents, one is missing."""

    day: date
    document: str
    contract: str | None
    description: str
    debit_cents: int | None
    credit_cents: int | None
    balance_cents: int


@dataclass(frozen=True, slots=True)
class StatementSheet:
    """A statement to draw, in the language of its reader. Amounts in cents, VAT included.

    `buckets` are the open items by days past due, as BUCKETS has them; less `credit_cents`, money not matched yet,
    they are the closing balance. `contract` is missing where the statement is of all contracts.
    """

    lang: str
    customer: str
    recipient: Recipient
    contract: str | None
    since: date
    until: date
    drawn_on: date
    opening_cents: int
    closing_cents: int
    lines: Sequence[Line]
    buckets: Sequence[int]
    credit_cents: int
    lessor: str
    legal: str


def draw(sheet: StatementSheet) -> bytes:
    """The PDF of a statement (PDF/A-2a, PDF/UA-1): the same bytes for the same sheet."""
    return paper.draw("statement.typ", _content(sheet), sheet.drawn_on)


def _content(sheet: StatementSheet) -> dict[str, object]:
    """Every text of the paper, ready to be set."""
    _ = translations(sheet.lang).gettext
    formats, title = Formats(sheet.lang), _("Statement of account")
    return {
        "lang": short(sheet.lang),
        "title": title,
        "name": f"{title} {sheet.customer} · {_period(sheet, formats)}",
        "copy": _("Not a fiscal document"),
        "page": _("Page"),
        "of": _("of"),
        "lessor": sheet.lessor,
        "legal": sheet.legal.splitlines(),
        "to": _("Customer"),
        "recipient": sheet.recipient.lines(sheet.lang),
        "details": _details(sheet, formats),
        "head": [_("Date"), _("Document"), _("Contract"), _("Description"), _("Debit"), _("Credit"), _("Balance")],
        "opening": _balance(_("Opening balance on %(day)s"), sheet.since, sheet.opening_cents, formats),
        "lines": [_line(line, formats) for line in sheet.lines],
        "closing": _closing(sheet, formats),
        "ageing_title": _("The closing balance by days past due on %(day)s") % {"day": formats.full_day(sheet.until)},
        "ageing": _ageing(sheet, formats),
        "notice": _notice(sheet, formats),
    }


def _details(sheet: StatementSheet, formats: Formats) -> list[tuple[str, str]]:
    _ = translations(sheet.lang).gettext
    return [
        (_("Period"), _period(sheet, formats)),
        (_("Contract"), sheet.contract or _("All contracts")),
        (_("Customer code"), sheet.customer),
        (_("Amounts"), _("VAT included")),
    ]


def _period(sheet: StatementSheet, formats: Formats) -> str:
    days = {"since": formats.full_day(sheet.since), "until": formats.full_day(sheet.until)}
    return translations(sheet.lang).gettext("from %(since)s to %(until)s") % days


def _balance(label: str, day: date, cents: int, formats: Formats) -> list[str]:
    return [label % {"day": formats.full_day(day)}, formats.money(cents)]


def _line(line: Line, formats: Formats) -> list[str]:
    amounts = (line.debit_cents, line.credit_cents)
    debit, credit = ("" if cents is None else formats.money(cents) for cents in amounts)
    day, balance = formats.full_day(line.day), formats.money(line.balance_cents)
    return [day, line.document, line.contract or "–", line.description, debit, credit, balance]


def _closing(sheet: StatementSheet, formats: Formats) -> list[str]:
    """The last row: what the period added and took away, and what is owed."""
    _ = translations(sheet.lang).gettext
    debit, credit = (sum(getattr(line, name) or 0 for line in sheet.lines) for name in ("debit_cents", "credit_cents"))
    label = _("Closing balance on %(day)s") % {"day": formats.full_day(sheet.until)}
    return [label, *map(formats.money, (debit, credit, sheet.closing_cents))]


def _ageing(sheet: StatementSheet, formats: Formats) -> list[tuple[str, str]]:
    """The buckets, what was received and is not matched, and the balance they make."""
    _ = translations(sheet.lang).gettext
    rows = [(_(name), formats.money(cents)) for name, cents in zip(BUCKETS, sheet.buckets, strict=True)]
    credit = [(_("Credit available"), formats.money(-sheet.credit_cents))] if sheet.credit_cents else []
    return [*rows, *credit, (_("Closing balance"), formats.money(sum(sheet.buckets) - sheet.credit_cents))]


def _notice(sheet: StatementSheet, formats: Formats) -> list[str]:
    _ = translations(sheet.lang).gettext
    return [
        _("Invoices and credit notes count from their issue date, payments and returned debits from their own."),
        _("Of one contract, payments count by what they pay of its due items.") if sheet.contract else "",
        _("This statement is not a fiscal document: it does not replace invoices."),
        _("Prepared on %(day)s.") % {"day": formats.full_day(sheet.drawn_on)},
    ]
