"""How the last book came in, and how the demo stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from core import db
from core.access import Access
from core.identity.tables import Account, Customer
from core.intake.tables import ImportBatch


@dataclass(frozen=True, slots=True)
class DemoState:
    """How the demo stands: whether it has customers, up to which day its book is, which accounts it has."""

    filled: bool
    as_of: date | None
    usernames: frozenset[str]


def updated_at(access: Access) -> datetime | None:
    """The instant (UTC) at which the last book was in; None before the first. Source: import_batch."""
    with db.reading(access) as connection:
        return connection.execute(select(func.max(ImportBatch.finished_at))).scalar()


def demo_state(access: Access) -> DemoState:
    """How the demo stands. Only for the system. Source: customer, import_batch, account."""
    access.require_system()
    last_day = select(func.max(ImportBatch.as_of)).where(ImportBatch.source == "demo")
    with db.reading(access) as connection:
        return DemoState(
            filled=connection.execute(select(Customer.id).limit(1)).scalar() is not None,
            as_of=connection.execute(last_day).scalar(),
            usernames=frozenset(connection.execute(select(Account.username)).scalars()),
        )


def addresses(access: Access, codes: Iterable[str]) -> dict[str, str]:
    """The certified mail address of each of the customers that exists, by code. Only for the system."""
    access.require_system()
    statement = select(Customer.code, Customer.pec).where(Customer.code.in_(list(codes)))
    with db.reading(access) as connection:
        return {row.code: row.pec for row in connection.execute(statement)}
