"""The documents of a customer as SQL: what kind each is, when it was issued, what an invoice comes to, the filters.

`frames` reads them, a page at a time or all invoices of a period. Statements are built once for each shape of filters,
with parameters in place of values: `bound` gives those.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    String,
    bindparam,
    case,
    func,
    or_,
    select,
)

from core.access import Access, Grant
from core.billing.ledger import STATE, STATES
from core.billing.period import FIRST_DAY, LAST_DAY
from core.billing.tables import DueItem, Invoice
from core.book.ledger import CONTRACT, CUSTOMER, ESCAPE, LONGEST_NUMBER, LONGEST_QUERY, literally, total
from core.book.tables import Contract, Document
from core.kit import addresses
from core.kit.errors import WrongPeriod

BILL_KINDS = ("invoice", "credit_note")
_KINDS = {"CONTRATTO": "contract", "PIANO": "plan", "CERTIFICAZIONE": "certificate", "COMUNICAZIONE": "letter"}
PAPER_KINDS = ("contract", "plan", *BILL_KINDS, "certificate", "letter")
_KIND, _STATE, _QUERY = (bindparam(name, type_=String()) for name in ("kind", "state", "query"))
_SINCE: BindParameter[date] = bindparam("since", type_=Date())
_UNTIL: BindParameter[date] = bindparam("until", type_=Date())


@dataclass(frozen=True, slots=True)
class DocumentFilters:
    """Which documents: of a contract, a kind, a period whose days both count, with a text in title or number.

    `kind` is one of PAPER_KINDS; `state` lets through only invoices that have an item in that state.
    """

    contract: str | None = None
    kind: str | None = None
    since: date | None = None
    until: date | None = None
    query: str = ""
    state: str | None = None

    @classmethod
    def of(cls, address: Mapping[str, str]) -> "DocumentFilters":
        """The filters of an address: `contract`, `kind`, `from`, `to`, `q`, `state`. What cannot be one is absent."""
        return cls(
            contract=addresses.text(address.get("contract"), LONGEST_NUMBER) or None,
            kind=addresses.one_of(address.get("kind"), PAPER_KINDS),
            since=addresses.day(address.get("from"), FIRST_DAY, LAST_DAY),
            until=addresses.day(address.get("to"), FIRST_DAY, LAST_DAY),
            query=addresses.text(address.get("q"), LONGEST_QUERY),
            state=addresses.one_of(address.get("state"), STATES),
        )

    @property
    def shape(self) -> "DocumentFilters":
        """What a statement is built for: the same filters, with a sign in place of each value that is bound later."""
        contract, kind, state = ("?" if value else None for value in (self.contract, self.kind, self.state))
        since, until = (FIRST_DAY if day else None for day in (self.since, self.until))
        return DocumentFilters(contract, kind, since, until, "?" if self.query.strip() else "", state)


def _of_items(cents: SQLColumnExpression[int]) -> ColumnElement[int]:
    items = select(total(cents)).where(DueItem.invoice_id == Invoice.id)
    return items.correlate(Invoice).scalar_subquery()


GROSS = _of_items(DueItem.gross_cents)
TAXABLE = _of_items(DueItem.net_cents + DueItem.fees_cents)
VAT = _of_items(DueItem.vat_cents)
# An invoice whose items come to less than nothing is a credit note.
KIND: ColumnElement[str] = case(
    *((Document.kind == stored, kind) for stored, kind in _KINDS.items()),
    (GROSS < 0, "credit_note"),
    else_="invoice",
)
ISSUED_ON = func.coalesce(Invoice.issued_on, Document.issued_on)


def filtered(shape: DocumentFilters, wanted: Iterable[SQLColumnExpression[Any]]) -> Select[Any]:
    """CUSTOMER's documents that the filters let through; to be run with the values of `bound`.

    An invoice over several contracts is one of each of them.
    """
    rows = select(*wanted).select_from(Document).outerjoin(Invoice, Invoice.document_id == Document.id)
    # The place of a document whose invoice is not there is no document.
    rows = rows.where(Document.customer_id == CUSTOMER, ISSUED_ON.is_not(None))
    items = select(DueItem.id).where(DueItem.invoice_id == Invoice.id).correlate(Invoice)
    if shape.contract:
        own = select(Contract.id).where(Contract.number == CONTRACT).scalar_subquery()
        rows = rows.where(or_(Document.contract_id == own, items.where(DueItem.contract_id == own).exists()))
    if shape.kind:
        rows = rows.where(KIND == _KIND)
    if shape.since:
        rows = rows.where(ISSUED_ON >= _SINCE)
    if shape.until:
        rows = rows.where(ISSUED_ON <= _UNTIL)
    if shape.query:
        titles = (Document.title, Invoice.number)
        rows = rows.where(or_(*(title.icontains(_QUERY, escape=ESCAPE) for title in titles)))
    if shape.state:
        rows = rows.where(items.where(STATE == _STATE).exists())
    return rows


def bound(access: Access, today: date, filters: DocumentFilters) -> dict[str, Any]:
    """The values of the statements' parameters. Raises WrongPeriod, NotFound without the grant to see invoices."""
    access.require(Grant.SEE_INVOICES)
    if filters.since and filters.until and filters.since > filters.until:
        raise WrongPeriod
    return {
        "customer": access.customer,
        "today": today,
        "contract": filters.contract,
        "kind": filters.kind,
        "since": filters.since,
        "until": filters.until,
        "query": literally(filters.query.strip()),
        "state": filters.state,
    }
