"""The statement of account as a file: a workbook whose balance runs by formulas, CSV, or a paper."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import BinaryIO

from sqlalchemy import select

from core import db
from core.access import Access
from core.billing import wording
from core.billing.frames import Movement, Sums, statement_sums, whole_statement
from core.billing.period import StatementFilters
from core.book.actions.files import note_export
from core.documents import paper
from core.documents import statement as papers
from core.exports.extensions import WRITE, Extension, fitting
from core.exports.names import file_name
from core.exports.table import Column, Control, Kind, Link, Notes, Table, aligned, headed
from core.formats import Formats
from core.identity.tables import Customer
from core.kit.errors import N_, TooManyRows
from core.locale import translations
from core.settings import settings

# A paper of so many rows has 60 pages: it takes a second and 300 MB to draw, and nobody reads a longer one.
MOST_DRAWN = 2_000
_COLUMNS = [
    Column(N_("Date"), Kind.DATE, 11, key="day"),
    Column(N_("Document"), Kind.LINK, 22, key="document"),
    Column(N_("Contract"), width=11, key="contract"),
    Column(N_("Description"), width=52, key="description"),
    Column(N_("Debit"), Kind.MONEY, 14, total=True, key="debit"),
    Column(N_("Credit"), Kind.MONEY, 14, total=True, key="credit"),
    Column(N_("Balance"), Kind.MONEY, 14, key="balance", formula="{above.balance}+{debit}-{credit}"),
]
_TITLE = N_("Statement of account")


def statement_rows(access: Access, today: date, filters: StatementFilters, extension: Extension) -> int:
    """How many rows the file of a statement has, the opening balance among them.

    Raises TooManyRows for a workbook above the row limit, WrongPeriod, and NotFound for another's contract or
    without the grant to see invoices.
    """
    return fitting(statement_sums(access, today, filters).rows + 1, extension)


def export_statement(
    access: Access,
    today: date,
    filters: StatementFilters,
    out: BinaryIO,
    *,
    lang: str,
    who: str,
    extension: Extension = "xlsx",
    manual_headers: bool = False,
) -> str:
    """Write a statement into `out`, the opening balance in its first row; returns the file's name.

    Amounts VAT included. The earlier portal had no statement: `manual_headers` changes nothing. Leaves an audit line
    with format, filters and row count. Raises what `statement_rows` does.
    """
    statement_rows(access, today, filters, extension)
    gettext = translations(lang).gettext
    with whole_statement(access, today, filters) as (sums, _, moves):
        columns = headed([*_COLUMNS[:-1], _running(sums)], gettext)
        notes = Notes.of(gettext(_TITLE), today, _notes(sums, filters, lang), lang=lang, who=who)
        rows = aligned(columns, _cells(sums, moves, lang))
        written = WRITE[extension](out, Table(gettext(_TITLE), columns, rows, notes, _controls(sums, gettext)))
    note_export(access, "statement", filters, extension=extension, rows=written)
    return file_name(*_name(filters, gettext), on=today, extension=extension)


def statement_pdf_rows(access: Access, today: date, filters: StatementFilters) -> int:
    """How many movements the paper of a statement has. Raises TooManyRows above MOST_DRAWN, and as `statement_rows`."""
    rows = statement_sums(access, today, filters).rows
    if rows > MOST_DRAWN:
        message = N_(
            "The statement has %(rows)s movements, more than the %(limit)s of a PDF."
            " Choose a shorter period, or take Excel."
        )
        raise TooManyRows(message, rows=rows, limit=MOST_DRAWN)
    return rows


def export_statement_pdf(
    access: Access,
    today: date,
    filters: StatementFilters,
    out: BinaryIO,
    *,
    lang: str,
    who: str,
) -> str:
    """Draw a statement into `out`, dated `today`, the same whoever asks (`who`); returns the file's name.

    The same data on the same day give the same bytes. Leaves an audit line. Raises what `statement_pdf_rows` does.
    """
    rows = statement_pdf_rows(access, today, filters)
    out.write(papers.draw(_sheet(access, today, filters, lang)))
    note_export(access, "statement", filters, extension="pdf", rows=rows)
    return file_name(*_name(filters, translations(lang).gettext), on=today, extension="pdf")


def _running(sums: Sums) -> Column:
    """The balance, which begins with what was owed before."""
    *_, balance = _COLUMNS
    return replace(balance, opening={"balance": sums.opening_cents})


def _cells(sums: Sums, moves: Iterable[Movement], lang: str) -> Iterator[Mapping[str, object]]:
    """The rows of the file: the opening balance, then the movements, each document with a link to where it is."""
    gettext, day = translations(lang).gettext, Formats(lang).full_day
    opening = gettext(N_("Opening balance"))
    empty = dict.fromkeys(("document", "contract", "debit", "credit"))
    yield {**empty, "day": sums.since, "description": opening, "balance": sums.opening_cents}
    for move in moves:
        yield {
            "day": move.day,
            "document": Link(move.document, f"/documents/{move.document_id}") if move.document_id else move.document,
            "contract": move.contract,
            "description": wording.described(gettext, day, move),
            "debit": move.debit_cents,
            "credit": move.credit_cents,
            "balance": move.balance_cents,
        }


def _controls(sums: Sums, gettext: Callable[[str], str]) -> list[Control]:
    return [
        Control(gettext(N_("Debit")), "debit", sums.debit_cents),
        Control(gettext(N_("Credit")), "credit", sums.credit_cents),
    ]


def _notes(sums: Sums, filters: StatementFilters, lang: str) -> list[tuple[str, str]]:
    gettext, formats = translations(lang).gettext, Formats(lang)
    days = {"since": formats.full_day(sums.since), "until": formats.full_day(sums.until)}
    return [
        (gettext(N_("Contract")), filters.contract or gettext(N_("All contracts"))),
        (gettext(N_("Period")), gettext(N_("from %(since)s to %(until)s")) % days),
        (gettext(N_("Opening balance")), formats.money(sums.opening_cents)),
        (gettext(N_("Closing balance")), formats.money(sums.closing_cents)),
        (gettext(N_("Amounts")), gettext(N_("VAT included"))),
    ]


def _name(filters: StatementFilters, gettext: Callable[[str], str]) -> tuple[str, str]:
    return gettext(N_("statement")), filters.contract or ""


def _sheet(access: Access, today: date, filters: StatementFilters, lang: str) -> papers.StatementSheet:
    wanted = select(Customer.code, Customer.name, Customer.address, Customer.tax_code, Customer.vat_no)
    with db.reading(access) as connection:
        customer = connection.execute(wanted.where(Customer.id == access.customer)).one()
    with whole_statement(access, today, filters) as (sums, ageing, moves):
        lines = [_line(move, lang) for move in moves]
    return papers.StatementSheet(
        lang=lang,
        customer=customer.code,
        recipient=paper.Recipient(*customer[1:]),
        contract=filters.contract,
        since=sums.since,
        until=sums.until,
        drawn_on=today,
        opening_cents=sums.opening_cents,
        closing_cents=sums.closing_cents,
        lines=lines,
        buckets=ageing.buckets,
        credit_cents=ageing.credit_cents,
        lessor=settings().company_name,
        legal=settings().company_legal,
    )


def _line(move: Movement, lang: str) -> papers.Line:
    description = wording.described(translations(lang).gettext, Formats(lang).full_day, move)
    amounts = move.debit_cents, move.credit_cents, move.balance_cents
    return papers.Line(move.day, move.document, move.contract, description, *amounts)
