"""Deeds on the ledger's files: open a document, export the schedule."""

from core.billing.actions.documents import File, open_document
from core.billing.actions.exports import Extension, export_invoices, invoices_rows

__all__ = ["Extension", "File", "export_invoices", "invoices_rows", "open_document"]
