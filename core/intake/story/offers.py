"""What the leasing company of a generated book offers: goods at a price, each on a few terms.

The offers are few, so that a rate is solved once and serves every lease on the same terms.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from core.intake.story.cast import EQUIPMENT, REGISTERED, Lease, agreed_rent
from core.intake.story.fleet import LORRIES, PROPERTY, alike_goods
from core.intake.story.people import Dice
from core.kit.dates import add_months

# The rate depends on when a lease was signed: up to these years, in percent.
_RATES = ((2021, "3.2"), (2022, "4.4"), (2099, "5.6"))
_SIGNED_BEFORE, _STARTS_BEFORE = timedelta(days=10), timedelta(days=5)
_FIRST_MONTH, _MONTHS_OF_SALE, _MONTHS_OF_STORY = date(2016, 3, 1), 128, 190
_DAYS_OF_EVERY_MONTH = 27


@dataclass(frozen=True, slots=True)
class Offer:
    """A good, its price in euro, the months it is leased for, and how the rents fall due."""

    product: str
    good: str
    euro: int
    months: int
    deposit_percent: int = 0
    residual_percent: int = 1
    period_months: int = 1
    in_advance: bool = False
    most_units: int = 5


def _offers(product: str, good: str, euro: int, *months: int) -> Iterator[Offer]:
    """A good on all its terms: with an anticipo, without one in arrears, without one in advance."""
    for length in months:
        yield Offer(product, good, euro, length, deposit_percent=10)
        yield Offer(product, good, euro, length)
        yield Offer(product, good, euro, length, in_advance=True)


OFFERS = (
    *_offers(REGISTERED, "Furgone 35 q passo lungo", 28_400, 48, 60),
    *_offers(REGISTERED, "Autovettura ibrida", 35_900, 36, 48),
    *_offers(REGISTERED, "Furgone elettrico 75 kWh", 48_900, 60),
    *_offers(LORRIES, "Trattore stradale 480 CV", 115_500, 60, 72),
    *_offers(LORRIES, "Semirimorchio centinato", 33_200, 60),
    *_offers(LORRIES, "Autocarro 75 q furgonato", 46_000, 48, 60),
    *_offers(EQUIPMENT, "Carrello elevatore elettrico 25 q", 26_000, 48, 60),
    *_offers(EQUIPMENT, "Tornio a controllo numerico", 84_000, 60, 72),
    *_offers(EQUIPMENT, "Forno a tunnel", 62_500, 60),
    *_offers(EQUIPMENT, "Impianto fotovoltaico su tetto", 143_000, 72),
    Offer(EQUIPMENT, "Postazione di ricarica 150 kW", 52_000, 60, period_months=3, in_advance=True),
    Offer(PROPERTY, "Capannone artigianale", 640_000, 144, 20, residual_percent=10, period_months=3, most_units=1),
)


def delivered_on(dice: Dice, offer: Offer) -> date:
    """A day of delivery from 2016 to 2026, so that the lease ends by 2031; rents in advance start with a month."""
    months = min(_MONTHS_OF_SALE, _MONTHS_OF_STORY - offer.months)
    month = add_months(_FIRST_MONTH, dice(months))
    return month if offer.in_advance else month.replace(day=1 + dice(_DAYS_OF_EVERY_MONTH))


def lease(offer: Offer, customer: str, number: str, day: date, units: int, **more: Any) -> Lease:  # noqa: ANN401 - fields of Lease, checked by `replace`
    """A lease of so many units, delivered on a day; `more` are further fields of it."""
    bare = _without_rent(offer, customer, number, day, units)
    percent = next(percent for until, percent in _RATES if bare.signed_on.year <= until)
    return replace(bare, rent_cents=units * _rent_of_one(offer, percent), **more)


@cache
def _rent_of_one(offer: Offer, percent: str) -> int:
    return agreed_rent(_without_rent(offer, "", "0", _FIRST_MONTH, 1), percent)


def _without_rent(offer: Offer, customer: str, number: str, day: date, units: int) -> Lease:
    return Lease(
        customer=customer,
        number=number,
        product=offer.product,
        signed_on=day - _SIGNED_BEFORE,
        starts_on=day - _STARTS_BEFORE if offer.deposit_percent else day,
        delivered_on=day,
        months=offer.months,
        goods=alike_goods(
            int(number) * 10, offer.product, units, offer.good, offer.euro * units, offer.residual_percent
        ),
        rent_cents=0,
        deposit_cents=units * offer.euro * offer.deposit_percent,
        period_months=offer.period_months,
        in_advance=offer.in_advance,
    )
