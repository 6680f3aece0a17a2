"""Numbers that know how they came about: facts with their source, and exact operations on other numbers.

A rule is a formula on numbers (`half_up(balance * rate * months / 12)`). With fractions it gives the number; with
figures it gives the same number and its derivation, so that what explains an amount is what made it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar, Union

from core.kit.errors import N_
from core.kit.money import divide_half_up


class Unit(StrEnum):
    """What a number counts: cents, a share of one (0.22 is 22 %), days, months, a day (its ordinal), or nothing."""

    CENTS = "cents"
    SHARE = "share"
    DAYS = "days"
    MONTHS = "months"
    DAY = "day"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Words:
    """A message and its parameters, translated where it is shown.

    A parameter may be a text, a count, a day (a month under the name `month`), cents (under a name that ends so) or
    words in their turn.
    """

    message: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """What makes a number of others: the sign between them, or the words that say it, and the function itself."""

    sign: str
    apply: Callable[[Sequence[Fraction]], Fraction]
    words: str = ""


def _difference(values: Sequence[Fraction]) -> Fraction:
    first, *others = values
    return first - sum(others)


def _product(values: Sequence[Fraction]) -> Fraction:
    first, second = values
    return first * second


def _quotient(values: Sequence[Fraction]) -> Fraction:
    first, second = values
    return first / second


def _power(values: Sequence[Fraction]) -> Fraction:
    base, exponent = values
    return Fraction(base ** int(exponent))


def _rounded(values: Sequence[Fraction]) -> Fraction:
    (value,) = values
    return Fraction(divide_half_up(value.numerator, value.denominator))


SUM = Operation("+", lambda values: sum(values, Fraction(0)))
DIFFERENCE = Operation("−", _difference)
PRODUCT = Operation("×", _product)
QUOTIENT = Operation("÷", _quotient)
POWER = Operation("^", _power)
ROUNDED = Operation("", _rounded, N_("rounded half up to the cent"))
EARLIEST = Operation("", min, N_("the earliest of them"))


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """An exact number: a fact with its `source`, or the `operation` on its `parts` that gave it.

    `name` is what people call it; a figure without one is a step inside the formula of a named one.
    """

    value: Fraction
    unit: Unit = Unit.PLAIN
    name: Words | None = None
    operation: Operation | None = None
    parts: tuple["Figure", ...] = ()
    source: Words | None = field(default=None, kw_only=True)

    def __add__(self, other: "Operand") -> "Figure":
        return derived(SUM, (self, _figure(other)), self.unit)

    def __sub__(self, other: "Operand") -> "Figure":
        return derived(DIFFERENCE, (self, _figure(other)), self.unit)

    def __mul__(self, other: "Operand") -> "Figure":
        return derived(PRODUCT, (self, _figure(other)), _stronger(self, _figure(other)))

    def __truediv__(self, other: "Operand") -> "Figure":
        divisor = _figure(other)
        ratio = self.unit is divisor.unit is Unit.CENTS
        return derived(QUOTIENT, (self, divisor), Unit.SHARE if ratio else self.unit)

    def __int__(self) -> int:
        if self.value.denominator != 1:
            raise ValueError(f"{self.value} is not a whole number")
        return self.value.numerator

    def recomputed(self) -> Fraction:
        """The value worked out anew from the facts."""
        if self.operation is None:
            return self.value
        return self.operation.apply([part.recomputed() for part in self.parts])

    def steps(self) -> Iterator["Figure"]:
        """This figure and every one it was made of, itself first."""
        yield self
        for part in self.parts:
            yield from part.steps()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is explained, and its figures: the one asked for, then those that belong to it."""

    subject: Words
    figures: tuple[Figure, ...]


Operand = Union[Figure, Fraction, int]  # noqa: UP007 - `|` cannot name a class that is being defined
Number = TypeVar("Number", Fraction, Figure)

_STRENGTH = (Unit.CENTS, Unit.SHARE, Unit.DAYS, Unit.MONTHS, Unit.PLAIN, Unit.DAY)


def fact(value: int | Fraction, unit: Unit, name: str, /, source: Words | None = None, **params: object) -> Figure:
    """A number that is given: `value` in units of `unit`, what it is called, and where it comes from."""
    return Figure(Fraction(value), unit, Words(name, params), source=source)


def derived(operation: Operation, parts: Sequence[Figure], unit: Unit) -> Figure:
    """The figure that an operation makes of others."""
    return Figure(operation.apply([part.value for part in parts]), unit, None, operation, tuple(parts))


def total(parts: Sequence[Number]) -> Number:
    """The sum of at least one number, as one step."""
    first, *_ = parts
    if isinstance(first, Figure):
        return derived(SUM, [_figure(part) for part in parts], first.unit)
    return sum(parts, Fraction(0))


def power(base: Number, exponent: Number) -> Number:
    """The base times itself, a whole number of times."""
    if isinstance(base, Figure):
        return derived(POWER, (base, _figure(exponent)), base.unit)
    return _power([base, Fraction(int(exponent))])


def half_up(number: Number) -> Number:
    """The whole number nearest to it, halves away from zero."""
    if isinstance(number, Figure):
        return derived(ROUNDED, (number,), number.unit)
    return _rounded([number])


def named(number: Number, name: str, /, **params: object) -> Number:
    """The same number, called `name` (a message) with its parameters where it knows how it came about."""
    if isinstance(number, Figure):
        return replace(number, name=Words(name, params))
    return number


def _figure(operand: Operand) -> Figure:
    return operand if isinstance(operand, Figure) else Figure(Fraction(operand))


def _stronger(one: Figure, other: Figure) -> Unit:
    return min(one.unit, other.unit, key=_STRENGTH.index)
