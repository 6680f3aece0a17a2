"""The forty leases of 10095, a haulier: vans, lorries, loading machines and a warehouse, 2017 to 2031."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from core.intake.story.cast import CAR, EQUIPMENT, MOVABLE, REGISTERED, SABATINI, Good, Lease, agreed_rent
from core.kit.dates import add_months
from core.kit.money import divide_half_up

_More = dict[str, Any]
LORRIES, PROPERTY = "Leasing veicoli industriali", "Leasing immobiliare"
_KINDS = {REGISTERED: CAR, LORRIES: "VEICOLI INDUSTRIALI", EQUIPMENT: MOVABLE, PROPERTY: "Beni immobili in locazione"}
_IBAN = "IT79L0542811101000000310042"
_FEES_CENTS = 250_00
# Letters that Italian plates do not use: none of these can be a real one.
_PLATE_LETTERS = "IOQU"
_SLIP: _More = {"iban": "", "method": "MAV", "late_days": 24}
_NOTICE: _More = {"iban": "", "method": "PAGOPA"}
_QUARTERLY: _More = {"period_months": 3}
_WAREHOUSE: _More = {"period_months": 3, "fees_cents": 1_500_00}
_WRITTEN_OFF: _More = {"terminated_on": date(2021, 9, 30)}
_AGREEMENT: _More = {"framework": "AQ2304"}
# The rate of the month before the signature; signed at the peak, its quarters end in credit notes.
_LOW_BASE: _More = {"index_base": date(2021, 4, 1)}
_HIGH_BASE: _More = {"index_base": date(2023, 10, 1)}


def _mark(product: str, code: int) -> str:
    """What tells one good from another: a plate, a serial number, a land register entry."""
    if product == PROPERTY:
        return f"foglio {code % 97}, mappale {code % 1009}"
    if product == EQUIPMENT:
        return f"matricola {code % 100}-{code * 7 % 10_000:04}"
    first, second, third = (_PLATE_LETTERS[code // 4**place % 4] for place in range(3))
    return f"targa G{first} {code * 37 % 1000:03} {second}{third}"


def alike_goods(code: int, product: str, units: int, name: str, euro: int, residual_percent: int) -> tuple[Good, ...]:
    """`units` alike goods, with codes from `code` on, that share the price evenly."""
    price = euro * 100 // units
    return tuple(
        Good(
            code=str(code + place),
            kind=_KINDS[product],
            description=f"{name}, {_mark(product, code + place)}",
            price_cents=price,
            residual_cents=divide_half_up(price * residual_percent, 100),
        )
        for place in range(units)
    )


def _lease(
    number: int,
    signed: str,
    product: str,
    months: int,
    goods: tuple[int, str, int],
    deposit_percent: int,
    residual_percent: int,
    rate_percent: str,
    **more: Any,  # noqa: ANN401 - further fields of Lease, checked by `replace`
) -> Lease:
    """A lease from its headline figures; one without anticipo starts on the first of the next month, in advance."""
    signed_on = date.fromisoformat(signed)
    starts_on, delivered_on = signed_on + timedelta(days=5), signed_on + timedelta(days=10)
    if not deposit_percent:
        starts_on = delivered_on = add_months(signed_on.replace(day=1), 1)
    lease = Lease(
        customer="10095",
        number=str(number),
        product=product,
        signed_on=signed_on,
        starts_on=starts_on,
        delivered_on=delivered_on,
        months=months,
        goods=alike_goods(number * 10 + 1, product, *goods, residual_percent),
        rent_cents=0,
        deposit_cents=goods[2] * deposit_percent,
        in_advance=not deposit_percent,
        fees_cents=_FEES_CENTS,
        iban=_IBAN,
    )
    lease = replace(lease, **more)
    return replace(lease, rent_cents=agreed_rent(lease, rate_percent))


# number, signed, product, months, (units, good, price in euro), anticipo %, riscatto %, rate %
FLEET = (
    _lease(85604, "2017-01-16", LORRIES, 60, (1, "Autocarro 180 q con sponda", 68_000), 10, 1, "3.9"),
    _lease(85721, "2017-03-06", REGISTERED, 48, (3, "Furgone 35 q passo lungo", 71_400), 10, 1, "4.1"),
    _lease(86033, "2017-06-19", EQUIPMENT, 60, (2, "Carrello elevatore elettrico 20 q", 41_000), 0, 1, "4.6"),
    _lease(86590, "2018-01-22", LORRIES, 60, (2, "Trattore stradale 480 CV", 176_000), 15, 2, "3.4"),
    _lease(86874, "2018-05-07", REGISTERED, 48, (1, "Autovettura station wagon", 33_600), 10, 1, "4.2"),
    _lease(87255, "2018-09-24", EQUIPMENT, 48, (1, "Muletto retrattile 14 q", 28_900), 0, 1, "4.8"),
    _lease(87602, "2019-02-11", LORRIES, 60, (2, "Semirimorchio centinato", 58_000), 10, 1, "3.6"),
    _lease(87731, "2019-03-18", PROPERTY, 144, (1, "Capannone di 1.850 m²", 960_000), 20, 10, "3.2", **_WAREHOUSE),
    _lease(87990, "2019-06-17", REGISTERED, 60, (1, "Furgone frigorifero", 46_500), 10, 1, "3.9", **_WRITTEN_OFF),
    _lease(88416, "2019-11-25", EQUIPMENT, 60, (4, "Transpallet elettrico", 22_400), 0, 1, "4.7"),
    _lease(88698, "2020-02-17", LORRIES, 60, (2, "Autocarro 75 q furgonato", 92_000), 10, 1, "3.3"),
    _lease(89163, "2020-09-14", REGISTERED, 48, (2, "Furgone 35 q tetto alto", 52_800), 10, 1, "3.5"),
    _lease(89655, "2021-03-15", LORRIES, 84, (3, "Trattore stradale 500 CV", 297_000), 10, 2, "2.9"),
    _lease(89820, "2021-05-17", LORRIES, 84, (3, "Semirimorchio frigorifero", 214_500), 10, 1, "1.9", **_LOW_BASE),
    _lease(90017, "2021-07-12", EQUIPMENT, 72, (1, "Scaffalatura automatica a navetta", 118_000), 0, 1, "3.1"),
    _lease(90388, "2021-11-08", REGISTERED, 60, (2, "Furgone elettrico 50 kWh", 67_900), 10, 1, "2.9"),
    _lease(90702, "2022-02-14", LORRIES, 60, (2, "Autocarro 120 q con gru", 164_000), 10, 1, "2.8"),
    _lease(91034, "2022-05-09", EQUIPMENT, 60, (2, "Carrello elevatore elettrico 25 q", 52_000), 0, 1, "3.4", **_SLIP),
    _lease(91377, "2022-08-29", REGISTERED, 60, (3, "Furgone 35 q ribassato", 84_600), 10, 1, "4.1"),
    _lease(91590, "2022-10-24", LORRIES, 72, (2, "Semirimorchio portacontainer", 71_000), 10, 1, "4.9"),
    _lease(91906, "2023-02-06", LORRIES, 72, (2, "Trattore stradale 530 CV a gas liquido", 248_000), 15, 2, "5.6"),
    _lease(92088, "2023-04-17", REGISTERED, 60, (4, "Furgone 35 q passo medio", 121_600), 10, 1, "5.9", **_AGREEMENT),
    _lease(92089, "2023-04-17", REGISTERED, 60, (4, "Furgone 35 q cabina doppia", 128_400), 10, 1, "5.9", **_AGREEMENT),
    _lease(92090, "2023-04-17", REGISTERED, 60, (2, "Furgone 35 q con sponda", 69_800), 10, 1, "5.9", **_AGREEMENT),
    _lease(92301, "2023-07-10", EQUIPMENT, 60, (1, "Spazzatrice industriale uomo a bordo", 34_500), 0, 1, "6.2"),
    _lease(92660, "2023-11-13", LORRIES, 60, (2, "Autocarro 160 q ribaltabile", 186_000), 10, 1, "6.4", **_HIGH_BASE),
    _lease(92871, "2024-01-22", EQUIPMENT, 60, (12, "Scaffale portapallet", 48_000), 0, 1, "5.9", subsidy=SABATINI),
    _lease(93015, "2024-03-11", REGISTERED, 48, (2, "Autovettura ibrida", 71_800), 10, 1, "5.8"),
    _lease(93342, "2024-06-24", LORRIES, 72, (2, "Trattore stradale 480 CV", 231_000), 10, 1, "5.4"),
    _lease(
        93588, "2024-09-16", EQUIPMENT, 60, (3, "Postazione di ricarica 150 kW", 156_000), 0, 1, "5.1", **_QUARTERLY
    ),
    _lease(93790, "2024-11-18", LORRIES, 72, (2, "Semirimorchio centinato allungato", 66_400), 10, 1, "4.9"),
    _lease(93961, "2025-01-20", REGISTERED, 60, (3, "Furgone elettrico 75 kWh", 146_700), 10, 1, "4.7"),
    _lease(94205, "2025-04-14", EQUIPMENT, 60, (1, "Impianto di lavaggio per autocarri", 88_000), 0, 1, "4.5"),
    _lease(94431, "2025-06-30", LORRIES, 60, (1, "Autocarro 180 q elettrico", 264_000), 20, 1, "4.2", subsidy=SABATINI),
    _lease(94688, "2025-09-08", REGISTERED, 48, (2, "Furgone 35 q isotermico", 77_200), 10, 1, "4.3", **_NOTICE),
    _lease(94902, "2025-11-24", LORRIES, 60, (2, "Semirimorchio ribaltabile", 83_000), 10, 1, "4.3"),
    _lease(95140, "2026-02-09", EQUIPMENT, 60, (2, "Carrello elevatore a litio 30 q", 74_000), 0, 1, "4.4"),
    _lease(95366, "2026-05-04", LORRIES, 60, (2, "Trattore stradale 500 CV", 258_000), 10, 1, "4.5"),
    _lease(95587, "2026-07-27", REGISTERED, 48, (5, "Furgone 35 q passo lungo", 171_000), 10, 1, "4.6"),
    _lease(95731, "2026-10-05", EQUIPMENT, 48, (1, "Pesa a ponte per autocarri", 39_600), 0, 1, "4.8"),
)
