"""What a net amount becomes with fees and VAT."""

from fractions import Fraction

from core.kit.errors import N_
from core.kit.figures import Number, half_up, named
from core.kit.money import BASIS_POINTS


def vat(net: Number, rate: Number) -> Number:
    """Cents of VAT on a net amount in cents at a rate as a share, rounded once."""
    return named(half_up(net * rate), N_("VAT"))


def gross(net: Number, vat: Number) -> Number:
    """What is paid, in cents: the net amount and its VAT."""
    return named(net + vat, N_("Amount, VAT included"))


def vat_cents(net_cents: int, vat_bp: int) -> int:
    """VAT in cents on a net amount in cents at a rate in basis points (2200 = 22 %), rounded once."""
    return int(vat(Fraction(net_cents), Fraction(vat_bp, BASIS_POINTS)))
