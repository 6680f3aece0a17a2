"""Deeds on the ledger's files: open a document, export the schedule and the statement of account."""

from core.billing.actions.archive import archive_rows, export_archive
from core.billing.actions.documents import File, open_document
from core.billing.actions.exports import export_invoices, invoices_rows
from core.billing.actions.plan import PlanFilters, amortization_rows, export_amortization
from core.billing.actions.statement import (
    export_statement,
    export_statement_pdf,
    statement_pdf_rows,
    statement_rows,
)

__all__ = [
    "File",
    "PlanFilters",
    "amortization_rows",
    "archive_rows",
    "export_amortization",
    "export_archive",
    "export_invoices",
    "export_statement",
    "export_statement_pdf",
    "invoices_rows",
    "open_document",
    "statement_pdf_rows",
    "statement_rows",
]
