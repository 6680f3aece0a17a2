"""The documents that are no invoices: contracts, plans, certificates, letters. What came once stays as it is."""

from sqlalchemy import FromClause, literal
from sqlalchemy.orm import aliased

from core.book.tables import Contract, Document
from core.db import Instant
from core.identity.tables import Customer
from core.intake.columns import PAPERS
from core.intake.staging import TABLES
from core.intake.writing.rows import PDF, Values, Work, insert_new, own


def write(work: Work) -> None:
    """Write the new ones."""
    staged, owner, lease = TABLES[PAPERS].c, aliased(Customer), aliased(Contract)
    values: Values = {
        **own(PAPERS, "customer", "contract", "file", "found_as"),
        "filename": staged.file,
        "mime": literal(PDF),
        "created_at": literal(work.now, Instant()),
        "customer_id": owner.id,
        "contract_id": lease.id,
    }

    def joined(rows: FromClause) -> FromClause:
        rows = rows.join(owner, owner.code == staged.customer)
        return rows.outerjoin(lease, lease.number == staged.contract)

    insert_new(work, PAPERS, Document, joined, values)
