"""The contracts of a customer, and the refusal of those of others."""

from dataclasses import dataclass
from datetime import date
from typing import NoReturn

import pandas as pd
from sqlalchemy import Integer, cast, func, select

from core import audit, db
from core.access import Access
from core.book.ledger import CUSTOMER, TODAY, status
from core.book.tables import Asset, Contract
from core.kit.errors import NotFound
from core.tabular import frame


@dataclass(frozen=True, slots=True)
class Lease:
    """A row of the contracts: `assets` is their count, `price_cents` net of VAT."""

    number: str
    product: str
    status: str
    assets: int
    price_cents: int
    signed_on: date
    ends_on: date


# How many assets a contract has.
ASSETS = select(func.count()).where(Asset.contract_id == Contract.id).correlate(Contract).scalar_subquery()
_CONTRACTS = (
    select(
        Contract.number,
        Contract.product,
        status(TODAY).label("status"),
        cast(ASSETS, Integer).label("assets"),
        Contract.price_cents,
        Contract.signed_on,
        Contract.ends_on,
    )
    .where(Contract.customer_id == CUSTOMER, status(TODAY) == "active")
    .order_by(Contract.signed_on.desc(), Contract.number.desc())
)


def contracts(access: Access, today: date) -> pd.DataFrame:
    """A customer's active contracts with the columns of `Lease`, the latest signed first. Source: contract, asset.

    Raises NotFound without a customer.
    """
    with db.reading(access) as connection:
        return frame(connection.execute(_CONTRACTS, {"customer": access.customer, "today": today}), Lease)


def require_contract(access: Access, number: str) -> None:
    """Raise NotFound, and leave an audit line, unless the contract is the customer's."""
    owned = select(Contract.id).where(Contract.number == number, Contract.customer_id == access.customer)
    with db.reading(access) as connection:
        found = connection.execute(owned).first()
    if found is None:
        refuse(access, number)


def refuse(access: Access, number: str) -> NoReturn:
    """Raise NotFound for a contract that is not the customer's, and leave an audit line."""
    audit.denied(access, "contract", number)
    raise NotFound
