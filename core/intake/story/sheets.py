"""The files of the story: their rows as values in the order of the columns that `columns.FORMATS` has."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from core.book import rules
from core.intake.columns import (
    ALLOCATIONS,
    ASSETS,
    CONTRACTS,
    CUSTOMERS,
    DOCUMENTS,
    DUE_ITEMS,
    EURIBOR,
    FORMATS,
    INDEX_RATES,
    INVOICES,
    PAPERS,
    PAYMENTS,
    PLAN_ROWS,
)
from core.intake.story import index, ledger, papers, payments, plans
from core.intake.story.cast import Lease, Person
from core.intake.story.ledger import VAT_BP, Invoice, Item
from core.intake.story.payments import Payment
from core.intake.story.plans import Plan
from core.intake.texts import Columns

_LATE_SPREAD_BP = 800
_INDEX_METHOD = "QUARTERLY"
# The imported courtesy copies: rent or riscatto of 84963, and its file in `documents`.
_COPIES_OF = "84963"
_COPIES = {1: "84963-canone-01.pdf", 87: "84963-canone-87.pdf", 88: "84963-riscatto.pdf"}

Rows = Iterator[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that is told of some customers."""

    customers: Sequence[Person]
    plans: Sequence[Plan]
    items: Sequence[Item]
    invoices: Sequence[Invoice]
    payments: Sequence[Payment]


def told(customers: Sequence[Person], leases: Sequence[Lease], series: str = "") -> Book:
    """The story of some leases to its end; `series` goes into the numbers of their invoices."""
    drawn = [plans.draw(lease, index.ppm_by_month()) for lease in leases]
    owed = [item for plan in drawn for item in ledger.items(plan)]
    invoices = list(ledger.invoices(owed, series))
    return Book(customers, drawn, owed, invoices, payments.payments(invoices))


def columns(name: str, rows: Sequence[tuple[object, ...]]) -> Columns:
    """Rows of a file by column, under the fields of its format."""
    return {column.key: [row[place] for row in rows] for place, column in enumerate(FORMATS[name].columns)}


def _customers(book: Book) -> Rows:
    for person in book.customers:
        yield person.code, person.name, person.tax_code or person.vat_no, person.vat_no, person.pec, person.address


def _contracts(book: Book) -> Rows:
    base_ppm = index.ppm_by_month()
    for plan in book.plans:
        lease, terms = plan.lease, plan.lease.terms
        yield (
            *(lease.number, lease.customer, lease.product, lease.signed_on, lease.starts_on, lease.ends_on),
            *(lease.subsidy or None, lease.iban or None, lease.months, terms.instalments, lease.period_months),
            *(lease.in_advance, terms.price_cents, terms.deposit_cents, terms.rent_cents, terms.residual_cents),
            *(rules.rate_ppm(plan.rate), VAT_BP),
            *((EURIBOR, base_ppm[lease.index_base]) if lease.index_base else (None, None)),
            *(_INDEX_METHOD, _LATE_SPREAD_BP, lease.terminated_on),
        )


def _assets(book: Book) -> Rows:
    for plan in book.plans:
        for good in plan.lease.goods:
            yield good.code, plan.lease.number, good.kind, good.description, good.price_cents, good.residual_cents


def _plan_rows(book: Book) -> Rows:
    for plan in book.plans:
        contract = plan.lease.number
        for dated in plan.rows:
            row = dated.row
            yield (
                *(contract, row.kind, row.number, dated.due_on, dated.accrues_from, dated.accrues_to),
                *(row.amount_cents, row.principal_cents, row.interest_cents, row.outstanding_cents),
            )


def _invoices(book: Book) -> Rows:
    for invoice in book.invoices:
        leases = {item.lease.number for item in invoice.items}
        contract = leases.pop() if len(leases) == 1 else None
        yield invoice.number, invoice.items[0].lease.customer, contract, invoice.issued_on


def _due_items(book: Book) -> Rows:
    numbers = {item.name: invoice.number for invoice in book.invoices for item in invoice.items}
    for item in book.items:
        contract, kind, number, plan_due_on = name = item.name
        yield (
            *(contract, kind, number, item.due_on, plan_due_on, numbers.get(name), item.causale or None, item.method),
            *(item.net_cents, item.fees_cents, item.vat_cents, item.gross_cents),
        )


def _payments(book: Book) -> Rows:
    for payment in book.payments:
        named = payment.customer, payment.paid_on, payment.method, payment.reference
        yield *named, payment.amount_cents, payment.reverses or None, payment.reason or None


def _allocations(book: Book) -> Rows:
    for payment in book.payments:
        for item, cents in payment.parts:
            yield payment.method, payment.reference, *item.name, cents


def _documents(book: Book) -> Rows:
    for invoice in book.invoices:
        item = invoice.items[0]
        if item.lease.number == _COPIES_OF and item.number in _COPIES:
            yield invoice.number, _COPIES[item.number], f"Fattura {invoice.number}"


def _papers(book: Book) -> Rows:
    for plan in book.plans:
        lease = plan.lease
        for paper in papers.papers(lease):
            yield lease.customer, lease.number, paper.kind, paper.issued_on, paper.file, paper.title


def index_rates(_book: Book | None = None) -> Rows:
    """The rates of the index, the same for every book."""
    for mean in index.means():
        yield EURIBOR, mean.month, mean.ppm, mean.source


SHEETS: dict[str, Callable[[Book], Rows]] = {
    CUSTOMERS: _customers,
    CONTRACTS: _contracts,
    ASSETS: _assets,
    PLAN_ROWS: _plan_rows,
    INVOICES: _invoices,
    DUE_ITEMS: _due_items,
    PAYMENTS: _payments,
    ALLOCATIONS: _allocations,
    DOCUMENTS: _documents,
    PAPERS: _papers,
    INDEX_RATES: index_rates,
}
