"""How the last book came in, and how the demo stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from core import db
from core.access import Access
from core.identity.tables import Account, Customer
from core.intake.tables import ImportBatch
from core.kit import clock


@dataclass(frozen=True, slots=True)
class DemoState:
    """How the demo stands: whether there is anything that is not its own, up to which day its book is, its accounts."""

    foreign: bool
    as_of: date | None
    usernames: frozenset[str]


def updated_at(access: Access) -> datetime | None:
    """The instant (UTC) at which the last book was in; None before the first. Source: import_batch.

    Where the demo's clock has been set back, a book that came in later is as of now.
    """
    with db.reading(access) as connection:
        last = connection.execute(select(func.max(ImportBatch.finished_at))).scalar()
    return None if last is None else min(last, clock.now())


def demo_state(access: Access) -> DemoState:
    """How the demo stands. Only for the system. Source: customer, import_batch, account.

    Foreign is a book of another source, and where the demo never came any customer.
    """
    access.require_system()
    last_day = select(func.max(ImportBatch.as_of)).where(ImportBatch.source == "demo")
    others = select(ImportBatch.id).where(ImportBatch.source != "demo")
    with db.reading(access) as connection:
        as_of: date | None = connection.execute(last_day).scalar()
        other = connection.execute((select(Customer.id) if as_of is None else others).limit(1)).scalar()
        return DemoState(
            foreign=other is not None,
            as_of=as_of,
            usernames=frozenset(connection.execute(select(Account.username)).scalars()),
        )


def addresses(access: Access, codes: Iterable[str]) -> dict[str, str]:
    """The certified mail address of each of the customers that exists, by code. Only for the system."""
    access.require_system()
    statement = select(Customer.code, Customer.pec).where(Customer.code.in_(list(codes)))
    with db.reading(access) as connection:
        return {row.code: row.pec for row in connection.execute(statement)}
