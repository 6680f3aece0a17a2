"""Random ledgers of a customer, written to the database and kept beside it in plain Python."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from hypothesis import strategies as st

from core.book.rules import vat_cents
from tests.people import Person

START = date(2023, 1, 1)
DAYS = st.integers(0, 460)
_SERIAL = count(1)

# Days from START to the issue, from there to the due date, net cents, invoiced or not, which of two contracts.
ITEM = st.tuples(DAYS, st.integers(-5, 40), st.integers(-40_000, 90_000).filter(bool), st.booleans(), st.integers(0, 1))
# Day, percent of what is open of each of three items, more than what they take, days to its return.
PAYMENT = st.tuples(
    DAYS, st.lists(st.integers(0, 100), min_size=3, max_size=3), st.integers(0, 2_000), st.none() | DAYS
)
LEDGER = st.tuples(st.lists(ITEM, min_size=1, max_size=6), st.lists(PAYMENT, max_size=5))


@dataclass
class Account:
    """A customer's account as it was written: who, and every fact as day, contract and cents."""

    person: Person
    contracts: tuple[str, str]
    charges: list[tuple[date, str, date, int, int]] = field(default_factory=list)  # issued, contract, due, cents, id
    money: list[tuple[date, int, int]] = field(default_factory=list)  # day, cents, id
    parts: list[tuple[date, str, int, int, int]] = field(default_factory=list)  # day, contract, item, payment, cents

    def owed(self, on: date, contract: str | None = None) -> int:
        """What is owed at the end of a day."""
        charged = sum(cents for issued, of, _, cents, _ in self.charges if issued <= on and contract in (None, of))
        if contract is None:
            return charged - sum(cents for day, cents, _ in self.money if day <= on)
        return charged - sum(cents for day, of, *_, cents in self.parts if day <= on and of == contract)

    def open(self, on: date, contract: str | None = None) -> list[tuple[date, int]]:
        """Due date and what is open of every item that is invoiced by a day."""
        return [
            (due, cents - sum(part for day, _, item, _, part in self.parts if item == item_id and day <= on))
            for issued, of, due, cents, item_id in self.charges
            if issued <= on and contract in (None, of)
        ]


def written(ledger: tuple[list[tuple], list[tuple]]) -> Account:
    """A random ledger as a new customer's."""
    serial = next(_SERIAL)
    person = Person(f"R{serial}", "Rita")
    account = Account(person, (f"{serial}A", f"{serial}B"))
    ids = [person.contract(number) for number in account.contracts]
    for number, item in enumerate(ledger[0]):
        _charge(account, ids, f"{serial}-{number}", item)
    left = {item_id: cents for *_, cents, item_id in account.charges}
    for number, payment in enumerate(ledger[1]):
        _pay(account, left, f"{serial}-{number}", *payment)
    return account


def _charge(account: Account, ids: list[int], name: str, item: tuple[int, int, int, bool, int]) -> None:
    after, due, net, invoiced, of = item
    issued = START + timedelta(days=after)
    due_on = issued + timedelta(days=due)
    invoice = account.person.invoice(ids[of], name, issued) if invoiced else None
    item_id = account.person.item(ids[of], int(name.split("-")[1]), due_on, net, invoice_id=invoice)
    if invoiced:
        account.charges.append((issued, account.contracts[of], due_on, net + vat_cents(net, 2200), item_id))


def _pay(
    account: Account, left: dict[int, int], name: str, after: int, percents: list[int], more: int, returned: int | None
) -> None:
    day = START + timedelta(days=after)
    wanted = [(item, left[item] * percent // 100) for item, percent in zip(left, percents, strict=False)]
    pays = [(item, cents) for item, cents in wanted if cents]
    amount = sum(cents for _, cents in pays) + more
    if amount < 0:
        return
    payment = account.person.payment(day, amount, name, pays)
    _note(account, left, day, amount, payment, pays)
    if returned is not None and amount:
        back = day + timedelta(days=returned)
        undone = [(item, -cents) for item, cents in pays]
        reversal = account.person.payment(back, -amount, f"{name}R", undone, reverses_id=payment, reason="AM04")
        _note(account, left, back, -amount, reversal, undone)


def _note(
    account: Account, left: dict[int, int], day: date, amount: int, payment: int, pays: list[tuple[int, int]]
) -> None:
    contracts = {item: of for _, of, _, _, item in account.charges}
    account.money.append((day, amount, payment))
    for item, cents in pays:
        left[item] -= cents
        account.parts.append((day, contracts[item], item, payment, cents))


def views(account: Account) -> Iterator[str | None]:
    """All contracts, and each of them."""
    yield from (None, *account.contracts)
