"""Reads of the leasing book: a customer's contracts and assets, what state they are in, and which of them is meant."""

from core.book.frames.assets import (
    PAGE_CONTRACTS,
    AssetsPage,
    AssetSums,
    LeasedAsset,
    asset_list,
    asset_sums,
    assets,
)
from core.book.frames.choices import MOST_HITS, Choice, chosen, find, known, latest
from core.book.frames.contracts import Lease, contracts, require_contract
from core.book.frames.details import Details, RegisterSums, details, register, register_sums
from core.book.frames.origins import origins
from core.book.frames.why_plan import outstanding_explained, plan_row_explained
from core.book.ledger import LONGEST_NUMBER, LONGEST_QUERY
from core.book.searches import ALL_STATES, STATES, AssetFilters, ContractFilters

__all__ = [
    "ALL_STATES",
    "LONGEST_NUMBER",
    "LONGEST_QUERY",
    "MOST_HITS",
    "PAGE_CONTRACTS",
    "STATES",
    "AssetFilters",
    "AssetSums",
    "AssetsPage",
    "Choice",
    "ContractFilters",
    "Details",
    "Lease",
    "LeasedAsset",
    "RegisterSums",
    "asset_list",
    "asset_sums",
    "assets",
    "chosen",
    "contracts",
    "details",
    "find",
    "known",
    "latest",
    "origins",
    "outstanding_explained",
    "plan_row_explained",
    "register",
    "register_sums",
    "require_contract",
]
