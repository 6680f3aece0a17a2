"""The access object: who is asking, for which customer, with which grants.

Every function of `frames` and `actions` takes it first. It is made in one place from the session row, on every
run (`identity.frames.visitor`); jobs, the command line and the importer use `Access.system`.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.kit.errors import NotFound


class Role(StrEnum):
    """What an account is."""

    CUSTOMER = "customer"
    SUB_USER = "sub_user"
    DESK = "desk"
    ANALYST = "analyst"
    ADMIN = "admin"
    SYSTEM = "system"


class Grant(StrEnum):
    """What an account may do beyond looking at its situation, its next due dates and its contracts: these need none."""

    SEE_INVOICES = "see_invoices"
    SEND_REQUESTS = "send_requests"
    CHANGE_BANK = "change_bank"
    USE_CREDIT = "use_credit"


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks. `customer_id` is None only for the system (and later staff), who name the customer they look at."""

    role: Role
    customer_id: int | None
    account_id: int | None
    grants: frozenset[Grant]
    actor: str
    session_id: int | None = None
    address: str = ""

    @classmethod
    def system(cls, job: str) -> "Access":
        """The access of a job, a command or the importer, named for the audit trail."""
        return cls(Role.SYSTEM, None, None, frozenset(Grant), actor=f"system:{job}")

    @property
    def customer(self) -> int:
        """The customer whose rows are asked for. Raises NotFound where the access has none."""
        if self.customer_id is None:
            raise NotFound
        return self.customer_id

    def require(self, grant: Grant) -> None:
        """Raise NotFound without the grant."""
        if grant not in self.grants:
            raise NotFound

    def require_system(self) -> None:
        """Raise NotFound for anyone but a job, a command or the importer."""
        if self.role is not Role.SYSTEM:
            raise NotFound
