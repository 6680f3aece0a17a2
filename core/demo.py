"""The demo: its accounts, and its book as far as the story has gone by today. Never in production."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from core import schema
from core.access import Access, Role
from core.identity import actions as identity
from core.intake import frames
from core.intake.actions import import_book
from core.intake.blocks import Advance, silent
from core.intake.columns import FORMATS
from core.intake.frames import OUTCOMES, Counts
from core.intake.reading import MEGABYTE, open_book
from core.intake.story import portfolio
from core.kit import clock
from core.kit.errors import N_, Misconfigured, PortalError
from core.settings import ROOT, settings

BOOK = ROOT / "data" / "demo"
PASSWORD = "Canone-demo-2026"  # noqa: S105 - printed on the demo's sign-in page
_ACCESS = Access.system("demo")


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo: its user name is its customer's code; `description` is a message of the catalogues."""

    username: str
    first_name: str
    last_name: str
    description: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


ACCOUNTS = (
    DemoAccount("10093", "Mario", "Rossi", N_("A closed contract, one with Euribor indexation, one from 2025")),
    DemoAccount("10094", "Lucia", "Bianchi", N_("One contract")),
    DemoAccount("10095", "Paolo", "Ferrari", N_("Forty contracts")),
    DemoAccount("10096", "Elena", "Conti", N_("Overdue, partly paid and returned items")),
)


class AheadOfDay(PortalError):
    """The demo book has been loaded as of a later day than the one asked for."""

    message = N_("The demo book already stands at %(day)s. To go back, start it again with --reset.")


def ensure() -> None:
    """Bring the demo up to today: schema, book, accounts. Quick when it is. Raises Misconfigured in production.

    A database that holds anything else is left as it is.
    """
    _demo_only()
    schema.migrate()
    state = frames.demo_state(_ACCESS)
    if state.foreign:
        return
    if state.as_of is None or state.as_of < clock.today():
        load(clock.today())
    else:
        _make_accounts(state.usernames)


def load(as_of: date, *, customers: int = 0, advance: Advance = silent) -> Counts:
    """Import the demo book as it stood on a day; what is there already stays. Returns rows by file and outcome.

    `customers` more come from a generated book, with a thousand due items each. Raises AheadOfDay where the demo stands
    at a later day, Misconfigured in production or beside another book.
    """
    _demo_only()
    _of_its_own()
    standing = frames.demo_state(_ACCESS).as_of
    if standing is not None and standing > as_of:
        raise AheadOfDay(day=standing.isoformat())
    book = open_book(BOOK, largest_document=settings().upload_mb * MEGABYTE)
    counts = Counter[tuple[str, str]]()
    for source in (book, *([portfolio.source(customers)] if customers else [])):
        for file, outcomes in import_book(_ACCESS, source, of="demo", as_of=as_of, advance=advance).items():
            counts.update({(file, outcome): rows for outcome, rows in outcomes.items()})
    _make_accounts(frames.demo_state(_ACCESS).usernames)
    return {file: {outcome: counts[file, outcome] for outcome in OUTCOMES} for file in FORMATS}


def reset() -> None:
    """Empty the demo's database, down to its tables. Raises Misconfigured in production or beside another book."""
    _demo_only()
    schema.migrate()
    _of_its_own()
    schema.drop()
    schema.migrate()


def require_absent() -> None:
    """Raise Misconfigured where the database has held the demo: the password of its accounts is public."""
    if frames.demo_state(_ACCESS).as_of is not None:
        raise Misconfigured(reason="the database holds the demo book and its accounts; production needs one of its own")


def _make_accounts(existing: frozenset[str]) -> None:
    missing = [account for account in ACCOUNTS if account.username not in existing]
    addresses = frames.addresses(_ACCESS, [account.username for account in missing])
    for account in missing:
        with suppress(identity.NameTaken):  # by another start of the demo at the same instant
            identity.create_account(
                _ACCESS,
                username=account.username,
                customer_code=account.username,
                role=Role.CUSTOMER,
                email=addresses[account.username],
                first_name=account.first_name,
                last_name=account.last_name,
                lang="it-IT",
                password=PASSWORD,
            )


def _demo_only() -> None:
    if not settings().demo:
        raise Misconfigured(reason="the demo book and its accounts are for PORTAL_MODE=demo only")


def _of_its_own() -> None:
    if frames.demo_state(_ACCESS).foreign:
        raise Misconfigured(
            reason="the database holds a book or customers that are not the demo's; the demo needs one of its own"
        )
