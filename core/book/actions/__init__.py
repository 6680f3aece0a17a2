"""Deeds on the leasing book: what leaves it as a file."""

from core.book.actions.assets import assets_rows, export_assets
from core.book.actions.contracts import contracts_rows, export_contracts

__all__ = ["assets_rows", "contracts_rows", "export_assets", "export_contracts"]
