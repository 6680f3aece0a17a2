"""What the papers of new invoices say besides their items: title, file name, and the terms as they are at the intake.

The titles are words of the company's paper, Italian in every language of the portal.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, Connection, Index, Integer, MetaData, Select, Table, Text, func, select

from core import bulk
from core.book.tables import Contract
from core.db import Base
from core.identity.tables import Customer
from core.intake.columns import CONTRACTS, CUSTOMERS, DOCUMENTS, DUE_ITEMS, FORMATS, INVOICES
from core.intake.staging import TABLES, finish, remake
from core.intake.standing import STANDINGS
from core.settings import settings

INVOICE, CREDIT_NOTE = "Fattura", "Nota di credito"
_RECIPIENT = ("name", "address", "tax_code", "vat_no", "code")
_TERMS = ("vat_bp", "iban")
_AT_ONCE = 5_000
# Between the numbers of contracts: no cell can hold it.
_MARK = "\x1f"

INVOICE_PAPERS = Table(
    "papers",
    MetaData(),
    *(Column(name, Text) for name in ("number", "title", "filename", "sha256")),
    Column("snapshot", Integer),
    Index("ix_papers_number", "number"),
    prefixes=["TEMPORARY"],
)
SNAPSHOTS = Table("snapshots", MetaData(), Column("id", Integer), Column("content", JSON), prefixes=["TEMPORARY"])

Named = dict[str, dict[str, Any]]


class _Bill(NamedTuple):
    number: str
    customer: str
    credits_only: int
    contracts: str
    title: str | None
    sha256: str | None


def prepare(connection: Connection) -> None:
    """Make the tables of the papers of all new invoices: one snapshot for those that say the same."""
    for table in (INVOICE_PAPERS, SNAPSHOTS):
        remake(connection, table)
    snapshots: dict[str, int] = {}
    for bills in _bills(connection):
        contracts = {bill.number: sorted(set(bill.contracts.split(_MARK))) for bill in bills}
        recipients = _named(connection, CUSTOMERS, Customer, (bill.customer for bill in bills), _RECIPIENT)
        terms = _named(connection, CONTRACTS, Contract, (n for numbers in contracts.values() for n in numbers), _TERMS)
        known = len(snapshots)
        said = [_snapshot(recipients[b.customer], {n: terms[n] for n in contracts[b.number]}) for b in bills]
        ids = [snapshots.setdefault(text, len(snapshots)) for text in said]
        fresh = list(islice(snapshots, known, None))
        bulk.load(connection, SNAPSHOTS, {"id": range(known, len(snapshots)), "content": fresh})
        bulk.load(connection, INVOICE_PAPERS, _papers(bills, ids))
    finish(connection, INVOICE_PAPERS)


def _bills(connection: Connection) -> Iterator[list[_Bill]]:
    """The new invoices, some at a time, with what their items say together and the file that came with them."""
    staged, item, file = TABLES[INVOICES].c, TABLES[DUE_ITEMS], TABLES[DOCUMENTS].c
    other = func.max(func.coalesce(item.c.kind != "NOTA_CREDITO", True).cast(Integer))
    numbers = func.aggregate_strings(item.c.contract, _MARK)
    items = select(item.c.invoice, (1 - other).label("credits_only"), numbers.label("contracts"))
    of_items = items.where(item.c.invoice.is_not(None)).group_by(item.c.invoice).subquery()
    rows: Select[Any] = select(
        staged.number, staged.customer, of_items.c.credits_only, of_items.c.contracts, file.title, file.sha256
    )
    joined = STANDINGS[INVOICES].rows.join(of_items, of_items.c.invoice == staged.number)
    joined = joined.outerjoin(TABLES[DOCUMENTS], file.invoice == staged.number)
    rows = rows.select_from(joined).where(~STANDINGS[INVOICES].is_there).order_by(staged.line)
    with connection.execute(rows, execution_options={"yield_per": _AT_ONCE}) as result:
        bills = iter(result)
        while chunk := [_Bill(*row) for row in islice(bills, _AT_ONCE)]:
            yield chunk


def _named(
    connection: Connection, file: str, model: type[Base], names: Iterable[str], fields: tuple[str, ...]
) -> Named:
    """Some fields of rows by their name, once the book is in: of the book's row, where it has one."""
    staged, key = TABLES[file].c, TABLES[file].c[FORMATS[file].key[0]]
    stored = model.__table__.c
    wanted = sorted(set(names))
    found: Named = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        for name, columns in ((stored[key.name], stored), (key, staged)):
            rows = select(name.label("named"), *(columns[field] for field in fields)).where(name.in_(some))
            for row in connection.execute(rows).mappings():
                found[row["named"]] = {field: row[field] for field in fields}
    return found


def _snapshot(recipient: dict[str, Any], contracts: Named) -> str:
    """All that the paper says besides its items, as it is today: later changes do not reach it."""
    content = {
        "recipient": recipient,
        "lessor": settings().company_name,
        "legal": settings().company_legal,
        "contracts": contracts,
    }
    return json.dumps(content, ensure_ascii=False)


def _papers(bills: list[_Bill], snapshots: list[int]) -> dict[str, list[Any]]:
    titles = [CREDIT_NOTE if bill.credits_only else INVOICE for bill in bills]
    return {
        "number": [bill.number for bill in bills],
        "title": [bill.title or f"{title} {bill.number}" for bill, title in zip(bills, titles, strict=True)],
        "filename": [_filename(title, bill.number) for bill, title in zip(bills, titles, strict=True)],
        "sha256": [bill.sha256 for bill in bills],
        "snapshot": snapshots,
    }


def _filename(title: str, number: str) -> str:
    return f"{title.replace(' ', '_').lower()}_{re.sub('[^A-Za-z0-9]+', '-', number)}.pdf"
