"""Deeds on the ledger's files: open a document, export the schedule."""

from core.billing.actions.documents import File, open_document
from core.billing.actions.exports import export_invoices

__all__ = ["File", "export_invoices", "open_document"]
