"""People and rows for the tests: Anna is a customer, Carla another one. Amounts in cents."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from core import db
from core.access import Access, Grant, Role
from core.billing.tables import Allocation, DueItem, Invoice, Payment
from core.book.rules import vat_cents
from core.book.tables import Asset, Contract, PlanRow
from core.identity.tables import Account, Customer
from core.kit.words import CAUSALI

SYSTEM = Access.system("test")


def _insert(table: type[db.Base], **values: object) -> int:
    with db.transaction(SYSTEM) as connection:
        return connection.execute(insert(table).values(**values)).inserted_primary_key[0]


@dataclass
class Person:
    """A customer of the tests with an account, and what hangs on it."""

    code: str
    first_name: str
    customer_id: int = field(init=False)
    account_id: int = field(init=False)

    def __post_init__(self) -> None:
        self.customer_id = _insert(
            Customer,
            code=self.code,
            name=f"{self.first_name} S.r.l.",
            pec=f"{self.code}@pec.example",
            address="Via Roma 1, 31100 Treviso TV",
        )
        self.account_id = _insert(
            Account,
            role="customer",
            customer_id=self.customer_id,
            username=self.code,
            first_name=self.first_name,
            last_name="Prova",
            email=f"{self.code}@pec.example",
            password_hash="-",
            password_scheme="-",
        )

    @property
    def access(self) -> Access:
        return Access(Role.CUSTOMER, self.customer_id, self.account_id, frozenset(Grant), actor=self.code)

    def contract(self, number: str, **changes: Any) -> int:
        values: dict[str, Any] = {
            "customer_id": self.customer_id,
            "number": number,
            "product": "Beni mobili",
            "signed_on": date(2024, 1, 10),
            "starts_on": date(2024, 2, 1),
            "ends_on": date(2028, 2, 1),
            "months": 48,
            "instalments": 48,
            "in_advance": True,
            "price_cents": 1_000_000,
            "deposit_cents": 0,
            "rent_cents": 21_500,
            "residual_cents": 10_000,
            "rate_ppm": 50_000,
        }
        return _insert(Contract, **values | changes)

    def asset(self, contract_id: int, code: str, **changes: Any) -> int:
        values: dict[str, Any] = {
            "contract_id": contract_id,
            "code": code,
            "kind": "Beni mobili",
            "description": "Poltrona",
            "price_cents": 1_000_000,
            "residual_cents": 10_000,
        }
        return _insert(Asset, **values | changes)

    def plan_row(
        self, contract_id: int, kind: str, number: int, due_on: date, outstanding_cents: int, **changes: Any
    ) -> int:
        """A row of the plan of 100,00 of principal and no interest."""
        values: dict[str, Any] = {
            "accrues_from": due_on,
            "accrues_to": due_on,
            "amount_cents": 10_000,
            "principal_cents": 10_000,
            "interest_cents": 0,
        }
        named = {"contract_id": contract_id, "kind": kind, "number": number, "due_on": due_on}
        return _insert(PlanRow, **named, outstanding_cents=outstanding_cents, **values | changes)

    def invoice(self, contract_id: int, number: str, issued_on: date) -> int:
        with db.reading(SYSTEM) as connection:
            contracts = connection.execute(select(Contract.number).where(Contract.id == contract_id)).scalars().all()
        return _insert(
            Invoice,
            customer_id=self.customer_id,
            contract_id=contract_id,
            number=number,
            issued_on=issued_on,
            snapshot={
                "recipient": {"name": "Anna S.r.l.", "address": "Via Roma 1", "code": self.code},
                "lessor": "Aurora Leasing",
                "legal": "Aurora Leasing S.p.A.",
                "contracts": {contract: {"vat_bp": 2200, "iban": None} for contract in contracts},
            },
        )

    def item(self, contract_id: int, number: int, due_on: date, net_cents: int, **changes: Any) -> int:
        kind = changes.get("kind", "CANONE")
        values: dict[str, Any] = {
            "customer_id": self.customer_id,
            "contract_id": contract_id,
            "kind": kind,
            "number": number,
            "plan_due_on": due_on,
            "due_on": due_on,
            "causale": CAUSALI[kind],
            "method": "SDD",
            "net_cents": net_cents,
            "vat_cents": vat_cents(net_cents + changes.get("fees_cents", 0), 2200),
        }
        return _insert(DueItem, **values | changes)

    def payment(
        self, paid_on: date, amount_cents: int, reference: str, pays: Sequence[tuple[int, int]] = (), **changes: Any
    ) -> int:
        """A payment and the parts of it (item id, cents) that pay items; the kept sums follow."""
        values = {"method": "SDD", "amount_cents": amount_cents, "reference": reference, "paid_on": paid_on}
        payment_id = _insert(Payment, customer_id=self.customer_id, **values | changes)
        for item_id, cents in pays:
            _insert(Allocation, payment_id=payment_id, due_item_id=item_id, amount_cents=cents)
            with db.transaction(SYSTEM) as connection:
                connection.execute(
                    update(DueItem).where(DueItem.id == item_id).values(paid_cents=DueItem.paid_cents + cents)
                )
        return payment_id
