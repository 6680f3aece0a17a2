"""Why a due item is what it is: net amount, fees and VAT, and behind the net amount the row of the plan."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

from sqlalchemy import BindParameter, Date, bindparam, or_, select

from core import audit, db
from core.access import Access, Grant
from core.billing.tables import DueItem, Invoice
from core.book import frames as book
from core.book import rules
from core.book.derivations import Line, Origins, row_figures
from core.book.ledger import CONTRACT, CUSTOMER
from core.book.tables import Contract, PlanRow
from core.db import BIG
from core.kit import words
from core.kit.errors import N_, NotFound
from core.kit.figures import Explanation, Figure, Unit, Words, fact, named
from core.kit.money import BASIS_POINTS

_ID: BindParameter[int] = bindparam("item", type_=BIG)
_ITEMS = (
    select(
        *(DueItem.plan_row_id, DueItem.kind, DueItem.causale, DueItem.number, DueItem.due_on),
        *(DueItem.net_cents, DueItem.fees_cents, DueItem.gross_cents),
        Contract.number.label("contract"),
        Contract.vat_bp,
        Invoice.number.label("invoice"),
    )
    .join(Contract, Contract.id == DueItem.contract_id)
    .outerjoin(Invoice, Invoice.id == DueItem.invoice_id)
    .where(DueItem.customer_id == CUSTOMER)
)
_ITEM = _ITEMS.where(DueItem.id == _ID)
_INDEX_ROW = "INDICIZZAZIONE"
# What an index row was invoiced as: a charge, or a credit note where it is negative.
_CHARGED = (
    _ITEMS.join(PlanRow, PlanRow.id == DueItem.plan_row_id)
    .where(Contract.number == CONTRACT, PlanRow.kind == _INDEX_ROW, PlanRow.due_on == bindparam("due_on", type_=Date()))
    .where(or_(DueItem.kind == PlanRow.kind, PlanRow.amount_cents < 0), DueItem.invoice_id.is_not(None))
    .order_by(DueItem.id)
    .limit(1)
)


def item_explained(access: Access, today: date, item_id: int) -> Explanation:
    """A due item: its amount in cents, VAT included, then what its net amount is worked out from.

    What the company invoiced and its terms do not give is told as a difference. Raises NotFound for another's item or
    without the grant to see invoices.
    """
    access.require(Grant.SEE_INVOICES)
    with db.reading(access) as connection:
        item = connection.execute(_ITEM, {"item": item_id, "customer": access.customer}).one_or_none()
    if item is None:
        audit.denied(access, "due_item", item_id)
        raise NotFound
    of = book.origins(access, today, item.contract)
    return Explanation(_subject(item), tuple(_figures(of, item)))


def charge_explained(access: Access, today: date, contract: str, due_on: date) -> Explanation:
    """An index row of the plan, month by month in cents net of VAT, and what it was invoiced at, once it was.

    Raises NotFound for another's contract or a day without such a row. Without the grant to see invoices nothing is
    said of them.
    """
    found = book.plan_row_explained(access, today, contract, _INDEX_ROW, 0, due_on)
    if Grant.SEE_INVOICES not in access.grants:
        return found
    with db.reading(access) as connection:
        values = {"customer": access.customer, "contract": contract, "due_on": due_on}
        item = connection.execute(_CHARGED, values).one_or_none()
    charge, *others = found.figures
    beside = [_beside_invoice(item, charge)] if item else []
    return replace(found, figures=(charge, *beside, *others))


def _subject(item: Line) -> Words:
    """What the item is called; only a rent's number says something."""
    where = {"contract": item.contract, "day": item.due_on}
    if item.kind == "CANONE":
        rent = N_("Rent no. %(number)s of contract %(contract)s, due on %(day)s")
        return Words(rent, {"number": str(item.number), **where})
    reason = Words(words.causale_message(item.kind, item.causale))
    return Words(N_("%(kind)s of contract %(contract)s, due on %(day)s"), {"kind": reason, **where})


def _figures(of: Origins, item: Line) -> Iterator[Figure]:
    """The amount of the item, what its terms give where that differs, and the figures of its plan row."""
    row = next((row for row in of.rows if _bills(item, row)), None)
    net, *others = row_figures(of, row) if row else (_recorded(item, item.net_cents, N_("Net amount")),)
    fees = _recorded(item, item.fees_cents, N_("Fees"))
    taxable = named(net + fees, N_("Taxable amount")) if item.fees_cents else net
    rate = fact(Fraction(item.vat_bp, BASIS_POINTS), Unit.SHARE, N_("VAT rate"), of.source)
    gross = rules.gross(taxable, rules.vat(taxable, rate))
    if item.gross_cents != gross.value:
        recorded = _recorded(item, item.gross_cents)
        yield recorded
        yield named(recorded - gross, N_("Difference to the ledger"))
    yield gross
    if item.invoice and net.operation:
        yield _beside_invoice(item, net)
    yield from others


def _beside_invoice(item: Line, net: Figure) -> Figure:
    return named(_recorded(item, item.net_cents) - net, N_("Difference to the invoice"))


def _bills(item: Line, row: Line) -> bool:
    """Whether an item is owed for a plan row; a credit note that takes an index charge back is not what the row is."""
    return bool(row.id == item.plan_row_id and (row.kind == item.kind or row.amount_cents < 0))


def _recorded(item: Line, cents: int, name: str = N_("Recorded amount")) -> Figure:
    source = Words(N_("invoice %(number)s"), {"number": item.invoice}) if item.invoice else Words(N_("ledger"))
    return fact(cents, Unit.CENTS, name, source)
