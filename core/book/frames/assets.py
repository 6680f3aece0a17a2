"""The leased assets of a customer, contract by contract."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Integer, bindparam, func, select

from core import db
from core.access import Access
from core.book.frames.contracts import require_contract
from core.book.ledger import CONTRACT, CUSTOMER, TODAY, status, total
from core.book.searches import ASSET_FOUND, AssetFilters, sought
from core.book.tables import Asset, Contract
from core.db import Rows
from core.tabular import frame

PAGE_CONTRACTS = 10


@dataclass(frozen=True, slots=True)
class LeasedAsset:
    """An asset with what its contract says of it. Amounts in cents net of VAT."""

    contract: str
    product: str
    status: str
    ends_on: date
    code: str
    kind: str
    description: str
    price_cents: int
    residual_cents: int


@dataclass(frozen=True, slots=True)
class AssetSums:
    """How many contracts and assets the filters let through, and the assets' sums in cents net of VAT."""

    contracts: int
    assets: int
    price_cents: int
    residual_cents: int


@dataclass(frozen=True, slots=True)
class AssetsPage:
    """The sums of all filtered assets, and those of a page of `size` contracts with the columns of `LeasedAsset`."""

    sums: AssetSums
    rows: pd.DataFrame
    number: int
    size: int


_STATUS = status(TODAY)
# Running contracts first, the last to end first; the assets of a contract by their codes.
_ORDER = (_STATUS != "active", Contract.ends_on.desc(), Contract.number.desc())
_ASSETS = select(
    Contract.number.label("contract"),
    Contract.product,
    _STATUS.label("status"),
    Contract.ends_on,
    Asset.code,
    Asset.kind,
    Asset.description,
    Asset.price_cents,
    Asset.residual_cents,
).join(Contract, Contract.id == Asset.contract_id)


def _conditions(one: bool, searched: bool) -> list[ColumnElement[bool]]:
    return [
        Contract.customer_id == CUSTOMER,
        *([Contract.number == CONTRACT] if one else []),
        *([ASSET_FOUND] if searched else []),
    ]


@cache
def _sums(one: bool, searched: bool) -> Rows:
    sums = (func.count(Contract.id.distinct()), func.count(), total(Asset.price_cents), total(Asset.residual_cents))
    return select(*sums).join(Contract, Contract.id == Asset.contract_id).where(*_conditions(one, searched))


@cache
def _all(one: bool, searched: bool) -> Rows:
    return _ASSETS.where(*_conditions(one, searched)).order_by(*_ORDER, Asset.code)


@cache
def _page(one: bool, searched: bool) -> Rows:
    size, skipped = (bindparam(name, type_=Integer()) for name in ("size", "skipped"))
    conditions = _conditions(one, searched)
    found = select(Asset.contract_id).join(Contract, Contract.id == Asset.contract_id).where(*conditions)
    numbers = select(Contract.id).where(Contract.id.in_(found)).order_by(*_ORDER).limit(size).offset(skipped)
    return _all(one, searched).where(Contract.id.in_(select(numbers.subquery().c.id)))


def assets(access: Access, today: date, filters: AssetFilters, page: int = 1, size: int = PAGE_CONTRACTS) -> AssetsPage:
    """One page of a customer's assets, `size` contracts each; a page past the end gives the last one.

    Two statements on one state. Source: asset, contract. Raises NotFound for another's contract.
    """
    values, shape = _bound(access, today, filters)
    with db.reading(access) as connection:
        sums = AssetSums(*connection.execute(_sums(*shape), values).one())
        number = min(max(page, 1), max(1, -(-sums.contracts // size)))
        rows = connection.execute(_page(*shape), values | {"size": size, "skipped": (number - 1) * size}).all()
    if filters.contract and not rows:
        require_contract(access, filters.contract)
    return AssetsPage(sums, frame(rows, LeasedAsset), number, size)


def asset_sums(access: Access, today: date, filters: AssetFilters) -> AssetSums:
    """The counts and sums of the assets that the filters let through. Raises NotFound for another's contract."""
    values, shape = _bound(access, today, filters)
    with db.reading(access) as connection:
        sums = AssetSums(*connection.execute(_sums(*shape), values).one())
    if filters.contract and not sums.assets:
        require_contract(access, filters.contract)
    return sums


@contextmanager
def asset_list(access: Access, today: date, filters: AssetFilters) -> Iterator[tuple[AssetSums, Iterator[LeasedAsset]]]:
    """The sums of the assets that the filters let through, and every one of them, contract by contract as on the page.

    On one state; they are read in chunks as they are taken.
    """
    values, shape = _bound(access, today, filters)
    with db.reading(access) as connection:
        sums = AssetSums(*connection.execute(_sums(*shape), values).one())
        with connection.execute(_all(*shape), values, execution_options={"yield_per": 2_000}) as rows:
            yield sums, (LeasedAsset(*row) for row in rows)


def _bound(access: Access, today: date, filters: AssetFilters) -> tuple[dict[str, Any], tuple[bool, bool]]:
    """The values of the parameters, and whether the statement is of one contract, and of a text."""
    text = sought(filters.query)
    values = {"customer": access.customer, "today": today, "contract": filters.contract, "text": text}
    return values, (filters.contract is not None, bool(text))
