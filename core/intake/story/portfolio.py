"""A generated book of any size: each customer follows from its place alone, and only one is in memory at a time.

Of twenty customers one leases hundreds of goods and ten one or two; together they have a thousand due items each.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from core.intake import texts
from core.intake.blocks import BLOCK_ROWS, Block, Source
from core.intake.columns import FORMATS, INDEX_RATES, WITH_PDFS
from core.intake.story import people, sheets
from core.intake.story.cast import REGISTERED, SABATINI, Lease
from core.intake.story.offers import OFFERS, Offer, delivered_on, lease
from core.intake.story.people import Dice, one_of
from core.kit.dates import add_months

# The rates of the index belong to the demo book, and so do its papers; invoices are drawn when they are opened.
FILES = tuple(name for name in FORMATS if name not in (*WITH_PDFS, INDEX_RATES))
# How many leases: at least, and how many more at most, for each of twenty customers in turn.
_SIZES = ((1, 2),) * 10 + ((3, 10),) * 6 + ((20, 31),) * 3 + ((150, 201),)

# Of customers how one in twenty pays; by twenties too, how many leases come with others of one agreement.
_METHODS = ("SDD",) * 16 + ("MAV", "PAGOPA", "BOLLETTINO", "BONIFICO")
_SINGLE, _LATE_DAYS = 20, 24
# Of a hundred leases: up to here they have an index, end early, are subsidised.
_INDEXED, _ENDED, _SUBSIDISED = 15, 18, 25

_More = dict[str, Any]
_Rows = list[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class _Payer:
    """How a customer pays, and whether the rents of some leases go wrong."""

    method: str
    iban: str
    troubled: bool


def source(customers: int) -> Source:
    """A book of so many customers on its way into the database: millions of rows, made as they are asked for."""
    return Source(FILES, _blocks(customers))


def write(folder: Path, customers: int) -> None:
    """Write the book of so many customers into a folder, with the rates of the index, as it is made."""
    with ExitStack() as files:
        add = {name: files.enter_context(texts.sheet(folder, name)) for name in FORMATS if name not in WITH_PDFS}
        for block in _blocks(customers):
            add[block.file](block.values)
        add[INDEX_RATES](sheets.columns(INDEX_RATES, list(sheets.index_rates())))


def customer(place: int) -> sheets.Book:
    """The whole story of the customer at a place of the book, counted from 0: the same whatever the book's size."""
    dice = people.dice_of(place)
    person = people.person(place, dice)
    return sheets.told((person,), list(_leases(place, person.code, dice)), series=f"{person.code}/")


def _blocks(customers: int) -> Iterator[Block]:
    waiting: dict[str, _Rows] = {name: [] for name in FILES}
    following = dict.fromkeys(FILES, 2)
    for place in range(customers):
        book = customer(place)
        for name in FILES:
            waiting[name].extend(sheets.SHEETS[name](book))
            while len(waiting[name]) >= BLOCK_ROWS:
                yield _block(name, following, waiting[name][:BLOCK_ROWS])
                del waiting[name][:BLOCK_ROWS]
    yield from (_block(name, following, rows) for name, rows in waiting.items() if rows)


def _block(name: str, following: dict[str, int], rows: _Rows) -> Block:
    first = following[name]
    following[name] += len(rows)
    values = FORMATS[name].complete(dict(sheets.columns(name, rows)))
    return Block(name, range(first, following[name]), values, [True] * len(rows))


def _leases(place: int, code: str, dice: Dice) -> Iterator[Lease]:
    """The leases of a customer; some are of one agreement and billed together."""
    least, more = _SIZES[place % len(_SIZES)]
    count, payer = least + dice(more), _payer(place, dice)
    number = 0
    while number < count:
        offer = one_of(dice, OFFERS)
        day = delivered_on(dice, offer)
        together = min(count - number, 1 + (1 + dice(4) if dice(_SINGLE) == 0 else 0))
        fate = {"framework": f"AQ{code}{number:03}"} if together > 1 else _fate(dice, offer, day, payer)
        for _ in range(together):
            number += 1
            units = 1 + dice(offer.most_units)
            yield lease(offer, code, f"{code}{number:03}", day, units, **_paying(offer, payer), **fate)


def _payer(place: int, dice: Dice) -> _Payer:
    method = one_of(dice, _METHODS)
    return _Payer(method, people.account(place), troubled=method == "SDD" and dice(_SINGLE) == 0)


def _paying(offer: Offer, payer: _Payer) -> _More:
    """How the rents are paid; by transfer only in advance, as the last rent and the riscatto would be one transfer."""
    if payer.method == "SDD" or (payer.method == "BONIFICO" and not offer.in_advance):
        return {"iban": payer.iban}
    return {"method": payer.method, "late_days": _LATE_DAYS if payer.method == "MAV" else 0}


def _fate(dice: Dice, offer: Offer, day: date, payer: _Payer) -> _More:
    """What sets a lease apart: trouble, an index, an early end, a subsidy, or nothing at all."""
    chance, months = dice(100), 12 + dice(offer.months - 24)
    if payer.troubled and offer.in_advance:
        return _trouble(day, months // offer.period_months, offer.period_months)
    if chance < _INDEXED and payer.method == "SDD":
        return {"index_base": add_months((day - timedelta(days=10)).replace(day=1), -1)}
    if chance < _ENDED:
        return {"terminated_on": add_months(day, months).replace(day=28)}
    if chance < _SUBSIDISED and offer.product != REGISTERED:
        return {"subsidy": SABATINI}
    return {"transfers": frozenset({3})} if chance == _SUBSIDISED else {}


def _trouble(day: date, periods: int, period_months: int) -> _More:
    """Trouble after so many rents in advance; the first late one of them is paid with too much."""
    first_late = periods + 1 + (1 - periods) % 3
    return {"troubled_from": add_months(day, periods * period_months), "overpaid": (first_late, 50_00)}
