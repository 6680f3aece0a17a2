"""Who is who in the demo book: its customers and the leases they signed. Everything is fictitious.

Amounts are cents net of VAT. The fleet of 10095 is told in `fleet.py`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.book import rules
from core.kit.dates import add_months, month_end

CAR = "AUTO LEASING FINANZIARIO"
MOVABLE = "Beni mobili in locazione"
REGISTERED, EQUIPMENT = "Leasing targato", "Beni mobili"
SABATINI = "Nuova Sabatini"


@dataclass(frozen=True, slots=True)
class Person:
    """A customer. `tax_code` is a person's; a firm's is its VAT number."""

    code: str
    name: str
    vat_no: str
    pec: str
    address: str
    tax_code: str = ""


@dataclass(frozen=True, slots=True)
class Good:
    """A leased good."""

    code: str
    kind: str
    description: str
    price_cents: int
    residual_cents: int


@dataclass(frozen=True, slots=True)
class Lease:
    """What was signed, and how the lessee pays for it.

    Three shapes: rents in advance from the delivery; rents in arrears a period after it; or, where there is an
    anticipo, one rent less, on the months' ends, because the anticipo counts as the first.
    `index_base` is the month whose mean is the base. `framework` bills leases of one agreement together.
    `late_days` is how late every rent is paid. From `troubled_from` on each month goes wrong, in turn;
    `overpaid` is the number of a late rent and the cents paid too much with it.
    """

    customer: str
    number: str
    product: str
    signed_on: date
    starts_on: date
    delivered_on: date
    months: int
    goods: tuple[Good, ...]
    rent_cents: int
    deposit_cents: int = 0
    period_months: int = 1
    in_advance: bool = False
    fees_cents: int = 0
    iban: str = ""
    method: str = "SDD"
    subsidy: str = ""
    index_base: date | None = None
    framework: str = ""
    terminated_on: date | None = None
    transfers: frozenset[int] = frozenset()
    late_days: int = 0
    troubled_from: date | None = None
    overpaid: tuple[int, int] = (0, 0)

    @property
    def terms(self) -> rules.Terms:
        """The terms the engine reads."""
        return rules.agreed(
            price_cents=sum(good.price_cents for good in self.goods),
            deposit_cents=self.deposit_cents,
            rent_cents=self.rent_cents,
            residual_cents=sum(good.residual_cents for good in self.goods),
            instalments=self.months // self.period_months - (1 if self.deposit_cents else 0),
            months=self.months,
            period_months=self.period_months,
            in_advance=self.in_advance,
        )

    @property
    def days(self) -> rules.Days:
        """The dates that its plan hangs on."""
        return rules.Days(self.starts_on, self.delivered_on, self.first_due_on, self.ends_on)

    @property
    def ends_on(self) -> date:
        """The day the lease ends and the riscatto is due."""
        return add_months(self.delivered_on, self.months)

    @property
    def first_due_on(self) -> date:
        """The day of the first rent."""
        if self.in_advance:
            return self.delivered_on
        if self.deposit_cents:
            return month_end(add_months(self.delivered_on, self.period_months - 1))
        return add_months(self.delivered_on, self.period_months)


def agreed_rent(lease: Lease, percent: str) -> int:
    """The rent the parties agreed on when they aimed at a nominal yearly rate in percent."""
    return rules.rent_cents(lease.terms, Decimal(percent) / 100)


CUSTOMERS = (
    Person(
        "10093",
        "Studio Dentistico Rossi S.r.l.",
        "99000010019",
        "studio.rossi@pec.example",
        "Via dei Tigli 14, 31100 Treviso TV",
    ),
    Person(
        "10094",
        "Tipografia Altoverde di Bianchi Lucia",
        "99000020075",
        "altoverde@pec.example",
        "Via del Mulino 3, 36100 Vicenza VI",
        tax_code="BNCLCU79E52L840E",
    ),
    Person(
        "10095",
        "Trasporti Montelieto S.p.A.",
        "99000030264",
        "amministrazione@montelieto.pec.example",
        "Strada della Dogana 120, 35127 Padova PD",
    ),
    Person(
        "10096",
        "Carrozzeria Pontenove S.r.l.",
        "99000040354",
        "pontenove@pec.example",
        "Via Artigianato 9, 30030 Salzano VE",
    ),
)

_ROSSI_IBAN = "IT60X0542811101000000123456"
_PONTENOVE_IBAN = "IT02I0542811101000000512390"

DENTAL_STUDIO = Lease(
    customer="10093",
    number="84963",
    product=EQUIPMENT,
    signed_on=date(2016, 5, 20),
    starts_on=date(2016, 6, 1),
    delivered_on=date(2016, 6, 1),
    months=87,
    in_advance=True,
    rent_cents=421_40,
    fees_cents=166_00,
    iban=_ROSSI_IBAN,
    transfers=frozenset({3}),
    goods=(
        Good("166029", MOVABLE, "POLTRONA PER TRATTAMENTI TEST PLUS CON ACC", 1_500_00, 15_00),
        Good("166030", MOVABLE, "PANORAMICO PAX I 2D COMFORT EXTRA", 11_500_00, 115_00),
        Good("166031", MOVABLE, "MOBILI STERILIZZAZIONE", 2_850_00, 28_50),
        Good("166032", MOVABLE, "COMPOSIZIONE MOBILI STUDIO 2", 3_800_00, 38_00),
        Good("166033", MOVABLE, "COMPOSIZIONE MOBILI STUDIO 1", 5_500_00, 55_00),
        Good("166034", MOVABLE, "RIUNITO ODONTOIATRICO, GRUPPO LAMPADA", 3_000_00, 30_00),
    ),
)

CAR_ON_EURIBOR = Lease(
    customer="10093",
    number="91207",
    product=REGISTERED,
    signed_on=date(2022, 6, 10),
    starts_on=date(2022, 6, 15),
    delivered_on=date(2022, 6, 20),
    months=48,
    deposit_cents=9_754_10,
    rent_cents=1_898_67,
    iban=_ROSSI_IBAN,
    index_base=date(2022, 5, 1),
    goods=(Good("171844", CAR, "Berlina elettrica 82 kWh, targa GI 482 QO", 97_540_98, 975_41),),
)

SCANNER = Lease(
    customer="10093",
    number="94118",
    product=EQUIPMENT,
    signed_on=date(2025, 3, 12),
    starts_on=date(2025, 3, 18),
    delivered_on=date(2025, 3, 20),
    months=60,
    deposit_cents=6_400_00,
    rent_cents=1_079_35,
    fees_cents=180_00,
    iban=_ROSSI_IBAN,
    goods=(
        Good("177302", MOVABLE, "Tomografo volumetrico 3D, matricola TV-30418", 52_000_00, 520_00),
        Good("177303", MOVABLE, "Scanner intraorale senza fili, matricola SI-00977", 12_000_00, 120_00),
    ),
)

PRINTING_PRESS = Lease(
    customer="10094",
    number="92455",
    product=EQUIPMENT,
    signed_on=date(2023, 9, 6),
    starts_on=date(2023, 9, 15),
    delivered_on=date(2023, 9, 15),
    months=60,
    rent_cents=768_90,
    fees_cents=200_00,
    iban="IT28G0542811101000000209817",
    subsidy=SABATINI,
    goods=(Good("174520", MOVABLE, "Macchina da stampa digitale a colori, matricola MS-2210", 39_800_00, 398_00),),
)

INSPECTION_LINE = Lease(
    customer="10096",
    number="91689",
    product=EQUIPMENT,
    signed_on=date(2022, 11, 28),
    starts_on=date(2022, 12, 15),
    delivered_on=date(2022, 12, 15),
    months=108,
    deposit_cents=4_500_00,
    rent_cents=486_20,
    fees_cents=150_00,
    iban=_PONTENOVE_IBAN,
    troubled_from=date(2023, 1, 31),
    overpaid=(5, 50_00),
    goods=(Good("172611", MOVABLE, "Linea di revisione veicoli, matricola LR-118", 45_000_00, 450_00),),
)

SPRAY_BOOTH = Lease(
    customer="10096",
    number="91752",
    product=EQUIPMENT,
    signed_on=date(2023, 1, 16),
    starts_on=date(2023, 2, 1),
    delivered_on=date(2023, 2, 1),
    months=106,
    in_advance=True,
    rent_cents=655_00,
    fees_cents=150_00,
    iban=_PONTENOVE_IBAN,
    troubled_from=date(2023, 3, 1),
    goods=(
        Good("172840", MOVABLE, "Cabina forno di verniciatura, matricola CV-5521", 46_000_00, 460_00),
        Good("172841", MOVABLE, "Banco dima per raddrizzatura, matricola BD-0310", 9_500_00, 95_00),
    ),
)

NAMED_LEASES = (DENTAL_STUDIO, CAR_ON_EURIBOR, SCANNER, PRINTING_PRESS, INSPECTION_LINE, SPRAY_BOOTH)
