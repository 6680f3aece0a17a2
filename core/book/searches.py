"""What contracts and assets are searched by: the filters of an address, and the conditions they stand for.

TEXT stands for the words searched for, without blanks; `sought` gives its value.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import BindParameter, ColumnElement, SQLColumnExpression, String, bindparam, func, or_, select

from core.book.ledger import ESCAPE, LONGEST_NUMBER, LONGEST_QUERY, TODAY, literally, status
from core.book.tables import Asset, Contract
from core.kit import addresses

ALL_STATES = "all"
# The states that a filter lets through, by its name.
STATES = {"active": ("active",), "closed": ("closed", "terminated")}
TEXT: BindParameter[str] = bindparam("text", type_=String())


@dataclass(frozen=True, slots=True)
class ContractFilters:
    """What the contracts page and its file are filtered by: `state` is one of STATES or None, `query` a text."""

    state: str | None = "active"
    query: str = ""

    @classmethod
    def of(cls, address: Mapping[str, str]) -> "ContractFilters":
        """The filters of an address: `state`, `q`. What cannot be one counts as absent."""
        state = addresses.one_of(address.get("state"), (*STATES, ALL_STATES)) or "active"
        return cls(None if state == ALL_STATES else state, addresses.text(address.get("q"), LONGEST_QUERY))


@dataclass(frozen=True, slots=True)
class AssetFilters:
    """What the assets page and its file are filtered by: the number of a contract or None, a text."""

    contract: str | None = None
    query: str = ""

    @classmethod
    def of(cls, address: Mapping[str, str]) -> "AssetFilters":
        """The filters of an address: `contract`, `q`. What cannot be one counts as absent."""
        return cls(
            addresses.text(address.get("contract"), LONGEST_NUMBER) or None,
            addresses.text(address.get("q"), LONGEST_QUERY),
        )


def sought(query: str) -> str:
    """A text as it is looked for: without blanks, its signs meaning themselves."""
    return literally("".join(query.split()))


def in_state(name: str | None) -> list[ColumnElement[bool]]:
    """The condition of a filter by state, if there is one."""
    return [status(TODAY).in_(STATES[name])] if name else []


def _holds(column: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """TEXT stands in a column, whatever the blanks and the case: plates are written in more than one way."""
    return func.replace(column, " ", "").icontains(TEXT, escape=ESCAPE)


_OF_CONTRACT = or_(_holds(Contract.number), _holds(Contract.product))
_OF_ASSET = or_(_holds(Asset.code), _holds(Asset.description))
# An asset, joined with its contract, that is found by itself or by its contract.
ASSET_FOUND = or_(_OF_CONTRACT, _OF_ASSET, _holds(Asset.kind))
# Looked up contract by contract: for EXISTS or IN PostgreSQL goes through the assets of every customer.
_FIRST_ASSET = select(Asset.id).where(Asset.contract_id == Contract.id, _OF_ASSET).limit(1).correlate(Contract)
# A contract that is found by itself or by one of its assets.
CONTRACT_FOUND = or_(_OF_CONTRACT, _FIRST_ASSET.scalar_subquery().is_not(None))
