"""Reads of the leasing book: a customer's contracts and what state they are in."""

from datetime import date

import pandas as pd
from sqlalchemy import Integer, cast, func, select

from core import audit, db
from core.access import Access
from core.book.ledger import status
from core.book.tables import Asset, Contract
from core.kit.errors import NotFound


def contracts(access: Access, today: date, which: str = "active") -> pd.DataFrame:
    """A customer's contracts, the latest signed first; `which` is a status or `all`.

    Columns: number, product, status, assets (count), price_cents (net), signed_on, ends_on (dates). Source: contract,
    asset. Raises NotFound without a customer.
    """
    state = status(today).label("status")
    goods = select(Asset.contract_id, func.count().label("n")).group_by(Asset.contract_id).subquery()
    statement = (
        select(
            Contract.number,
            Contract.product,
            state,
            cast(func.coalesce(goods.c.n, 0), Integer).label("assets"),
            Contract.price_cents,
            Contract.signed_on,
            Contract.ends_on,
        )
        .outerjoin(goods, goods.c.contract_id == Contract.id)
        .where(Contract.customer_id == access.customer)
        .order_by(Contract.signed_on.desc(), Contract.number.desc())
    )
    if which != "all":
        statement = statement.where(status(today) == which)
    with db.reading(access) as connection:
        return db.frame(connection, statement, dates=["signed_on", "ends_on"])


def require_contract(access: Access, number: str) -> None:
    """Raise NotFound, and leave an audit line, unless the contract is the customer's."""
    owned = select(Contract.id).where(Contract.number == number, Contract.customer_id == access.customer)
    with db.reading(access) as connection:
        found = connection.execute(owned).first()
    if found is None:
        audit.denied(access, "contract", number)
        raise NotFound
