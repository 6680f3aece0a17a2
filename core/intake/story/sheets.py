"""The CSV files of the story: their columns and the text of their cells, as `docs/import.md` describes them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.book import rules
from core.intake.story.cast import Lease, Person
from core.intake.story.ledger import VAT_BP, Invoice, Item
from core.intake.story.payments import Payment
from core.intake.story.plans import Plan
from core.kit.money import euro_text

INDEX_CODE = "EURIBOR3M"
_LATE_SPREAD_PERCENT = 8
_PPM_OF_PERCENT = rules.PPM // 100
# The imported courtesy copies: rent or riscatto of 84963, and its file in `documents`.
_COPIES_OF = "84963"
_COPIES = {1: "84963-canone-01.pdf", 87: "84963-canone-87.pdf", 88: "84963-riscatto.pdf"}

Rows = Iterator[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of the index in a month, named by its first day."""

    month: date
    ppm: int
    source: str


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that is written."""

    customers: Sequence[Person]
    plans: Sequence[Plan]
    items: Sequence[Item]
    invoices: Sequence[Invoice]
    payments: Sequence[Payment]
    means: Sequence[Mean]

    @property
    def leases(self) -> Iterable[Lease]:
        """The leases in order of number."""
        return (plan.lease for plan in self.plans)


def euro(cents: int) -> str:
    """An amount as the demo book writes it: 231638 → `2316,38`."""
    return euro_text(cents).replace(".", ",")


def percent(ppm: int, decimals: int) -> str:
    """Parts per million as a percent with a decimal comma: 20630 with 3 decimals → `2,063`."""
    return f"{Decimal(ppm) / _PPM_OF_PERCENT:.{decimals}f}".replace(".", ",")


def _customers(book: Book) -> Rows:
    for person in book.customers:
        tax_code = person.tax_code or person.vat_no
        yield person.code, person.name, tax_code, person.vat_no, person.pec, person.address


def _contracts(book: Book) -> Rows:
    base_ppm = {mean.month: mean.ppm for mean in book.means}
    for plan in book.plans:
        lease, terms = plan.lease, plan.lease.terms
        indexed = lease.index_base is not None
        yield (
            *(lease.number, lease.customer, lease.product, lease.signed_on, lease.starts_on, lease.ends_on),
            *(lease.subsidy, lease.iban, lease.months, terms.instalments, lease.period_months),
            "yes" if lease.in_advance else "no",
            *map(euro, (terms.price_cents, terms.deposit_cents, terms.rent_cents, terms.residual_cents)),
            *(percent(rules.rate_ppm(plan.rate), 4), VAT_BP // 100),
            INDEX_CODE if indexed else "",
            percent(base_ppm[lease.index_base], 3) if lease.index_base else "",
            *(_LATE_SPREAD_PERCENT, lease.terminated_on),
        )


def _assets(book: Book) -> Rows:
    for lease in book.leases:
        for good in lease.goods:
            amounts = euro(good.price_cents), euro(good.residual_cents)
            yield good.code, lease.number, good.kind, good.description, *amounts


def _plan_rows(book: Book) -> Rows:
    for plan in book.plans:
        for dated in plan.rows:
            row = dated.row
            amounts = row.amount_cents, row.principal_cents, row.interest_cents, row.outstanding_cents
            days = dated.due_on, dated.accrues_from, dated.accrues_to
            yield plan.lease.number, row.kind, row.number, *days, *map(euro, amounts)


def _invoices(book: Book) -> Rows:
    for invoice in book.invoices:
        leases = {item.lease.number for item in invoice.items}
        contract = leases.pop() if len(leases) == 1 else ""
        yield invoice.number, invoice.items[0].lease.customer, contract, invoice.issued_on


def _due_items(book: Book) -> Rows:
    numbers = {item.name: invoice.number for invoice in book.invoices for item in invoice.items}
    for item in book.items:
        amounts = item.net_cents, item.fees_cents, item.vat_cents, item.gross_cents
        contract, kind, number, plan_due_on = item.name
        named = contract, kind, number, item.due_on, plan_due_on
        yield *named, numbers.get(item.name, ""), item.causale, item.method, *map(euro, amounts)


def _payments(book: Book) -> Rows:
    for payment in book.payments:
        named = payment.customer, payment.paid_on, payment.method, payment.reference
        yield *named, euro(payment.amount_cents), payment.reverses, payment.reason


def _allocations(book: Book) -> Rows:
    for payment in book.payments:
        for item, cents in payment.parts:
            yield payment.method, payment.reference, *item.name, euro(cents)


def _documents(book: Book) -> Rows:
    for invoice in book.invoices:
        item = invoice.items[0]
        if item.lease.number == _COPIES_OF and item.number in _COPIES:
            yield invoice.number, _COPIES[item.number], f"Fattura {invoice.number}"


def _index_rates(book: Book) -> Rows:
    for mean in book.means:
        yield INDEX_CODE, f"{mean.month:%Y-%m}", percent(mean.ppm, 3), mean.source


SHEETS: dict[str, tuple[str, Callable[[Book], Rows]]] = {
    "customers": ("code name tax_code vat_no pec address", _customers),
    "contracts": (
        "number customer product signed_on starts_on ends_on subsidy iban months instalments period_months in_advance"
        " price deposit rent residual rate vat index_code index_base late_spread terminated_on",
        _contracts,
    ),
    "assets": ("code contract kind description price residual", _assets),
    "plan_rows": (
        "contract kind number due_on accrues_from accrues_to amount principal interest outstanding",
        _plan_rows,
    ),
    "invoices": ("number customer contract issued_on", _invoices),
    "due_items": ("contract kind number due_on plan_due_on invoice causale method net fees vat gross", _due_items),
    "payments": ("customer paid_on method reference amount reverses reason", _payments),
    "allocations": ("method reference contract kind number plan_due_on amount", _allocations),
    "documents": ("invoice file title", _documents),
    "index_rates": ("code month percent source", _index_rates),
}
