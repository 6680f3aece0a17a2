"""Documents of the customers of the tests."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, select, update

from core import db
from core.billing.tables import Invoice
from core.book.tables import Contract, Document
from tests.people import SYSTEM, Person


def paper(person: Person, title: str, **values: Any) -> int:
    """A document; its content is not there."""
    made = {"filename": "a.pdf", "mime": "application/pdf", "created_at": datetime(2024, 3, 1, tzinfo=UTC)}
    with db.transaction(SYSTEM) as connection:
        added = insert(Document).values(customer_id=person.customer_id, title=title, **made | values)
        return connection.execute(added).inserted_primary_key[0]


def bill(person: Person, number: str, issued_on: date, *items: tuple[int, int, int], **values: Any) -> int:
    """The document of an invoice over some items: contract, number and net cents of each; negative on a credit note."""
    invoice_id = person.invoice(items[0][0], number, issued_on)
    for contract_id, item, cents in items:
        kind = "NOTA_CREDITO" if cents < 0 else "CANONE"
        person.item(contract_id, item, issued_on, cents, kind=kind, invoice_id=invoice_id)
    document_id = paper(person, **{"title": f"Fattura {number}"} | values)
    with db.transaction(SYSTEM) as connection:
        invoice = Invoice.id == invoice_id
        numbers = connection.execute(select(Contract.number).where(Contract.id.in_([item[0] for item in items])))
        terms = {"contracts": {number: {"vat_bp": 2200, "iban": None} for number in numbers.scalars()}}
        snapshot = connection.execute(select(Invoice.snapshot).where(invoice)).scalar_one() | terms
        connection.execute(update(Invoice).where(invoice).values(document_id=document_id, snapshot=snapshot))
    return document_id
