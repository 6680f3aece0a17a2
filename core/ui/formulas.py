"""Writes a derived number as its formula: once in words, once in numbers, as far as the numbers that have a name."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction

from core.kit.figures import DIFFERENCE, EARLIEST, POWER, PRODUCT, QUOTIENT, ROUNDED, SUM, Figure, Unit, Words
from core.ui.guard import View

# A sum of two is a formula; of more, or of one, a table of its parts.
_FORMULA_TERMS = 2
_BINDS = {SUM.sign: 1, DIFFERENCE.sign: 1, PRODUCT.sign: 2, QUOTIENT.sign: 2, POWER.sign: 3}
Leaf = Callable[[Figure], str]


def said(view: View, words: Words | None) -> str:
    """A message with its parameters as the reader writes them; `month` is a month, other dates are days."""
    if words is None:
        return ""
    text = view._(words.message)
    return text % {name: _param(view, name, value) for name, value in words.params.items()} if words.params else text


def _param(view: View, name: str, value: object) -> str:
    if isinstance(value, Words):
        return said(view, value)
    if isinstance(value, date):
        return view.formats.month(value) if name == "month" else view.formats.full_day(value)
    if isinstance(value, int):
        return view.formats.money(value) if name.endswith("cents") else view.formats.count(value)
    return str(value)


def value(view: View, figure: Figure) -> str:
    """The number as its unit is written; an amount that is not rounded yet shows what is behind the cent."""
    whole = figure.value.denominator == 1
    write: dict[Unit, Callable[[], str]] = {
        Unit.CENTS: lambda: _money(view, figure.value, whole=whole),
        Unit.SHARE: lambda: view.formats.share(figure.value),
        Unit.DAY: lambda: view.formats.full_day(date.fromordinal(int(figure))),
        Unit.DAYS: lambda: _counted(view, view.ngettext("%(n)s day", "%(n)s days", _plural(figure)), figure),
        Unit.MONTHS: lambda: _counted(view, view.ngettext("%(n)s month", "%(n)s months", _plural(figure)), figure),
        Unit.PLAIN: lambda: view.formats.number(figure.value),
    }
    return write[figure.unit]()


def _money(view: View, cents: Fraction, *, whole: bool) -> str:
    return view.formats.money(cents.numerator) if whole else view.formats.part_of_money(cents)


def _plural(figure: Figure) -> int:
    return figure.value.numerator if figure.value.denominator == 1 else 2


def _counted(view: View, text: str, figure: Figure) -> str:
    return text % {"n": view.formats.number(figure.value)}


def in_words(view: View, figure: Figure) -> str:
    """The formula, `Capitale residuo × Tasso × Mesi ÷ 12`, or how the number was found; empty for a fact."""
    if figure.operation and figure.operation.words and not rounded(figure):
        return view._(figure.operation.words)
    return _formula(view, figure, lambda leaf: said(view, leaf.name) if leaf.name else value(view, leaf))


def in_numbers(view: View, figure: Figure) -> str:
    """The same with its numbers: `87.786,88 € × 1,3551 % × 1 ÷ 12 = 99,134568 €`; empty for a fact."""
    formula = _formula(view, figure, lambda leaf: value(view, leaf))
    exact = figure.parts[0] if figure.operation is ROUNDED else figure
    return f"{formula} = {value(view, exact)}" if formula else ""


def _formula(view: View, figure: Figure, leaf: Leaf) -> str:
    if figure.operation is None or terms(figure) or (figure.operation.words and not rounded(figure)):
        return ""
    return _expression(view, figure, leaf, binds=0, top=True)


def _expression(view: View, figure: Figure, leaf: Leaf, *, binds: int, top: bool = False) -> str:
    """The formula of a figure; in brackets where its own sign binds less than the one around it."""
    operation = figure.operation
    if operation is None or (figure.name and not top):
        return leaf(figure)
    if operation is ROUNDED:
        return _expression(view, figure.parts[0], leaf, binds=binds, top=top)
    if not operation.sign:
        return leaf(figure)
    own = _BINDS[operation.sign]
    first, *others = figure.parts
    # After a minus or a division sign brackets matter even where the signs bind alike.
    inner = own + (operation in {DIFFERENCE, QUOTIENT})
    parts = [_expression(view, first, leaf, binds=own), *(_expression(view, o, leaf, binds=inner) for o in others)]
    text = f" {operation.sign} ".join(parts)
    return f"({text})" if own < binds else text


def rounded(figure: Figure) -> bool:
    """Whether the number was rounded in its own formula, not in one of its parts."""
    return figure.operation is ROUNDED


def _terms(figure: Figure) -> Sequence[Figure]:
    """What a sum adds up, rounded or not, or what the earliest was chosen of; nothing for other numbers."""
    if figure.operation is ROUNDED and figure.parts[0].name is None:
        return _terms(figure.parts[0])
    return figure.parts if figure.operation in {SUM, EARLIEST} else ()


def terms(figure: Figure) -> Sequence[Figure]:
    """The parts of a sum that is told as a table: not two, or formulas alike."""
    parts = _terms(figure)
    alike = all(part.operation for part in parts) and len({_names(part) for part in parts}) == 1
    return parts if len(parts) != _FORMULA_TERMS or alike or figure.operation is EARLIEST else ()


def _names(figure: Figure) -> tuple[str, ...]:
    return tuple(fact.name.message for fact in facts([figure]) if fact.name)


def facts(figures: Iterable[Figure]) -> list[Figure]:
    """The named facts behind some figures, each once, in the order in which they are met."""
    met: dict[tuple[str, Fraction], Figure] = {}
    for figure in figures:
        for step in figure.steps():
            if step.operation is None and step.name:
                met.setdefault(_identity(step), step)
    return list(met.values())


def told_apart(figures: Sequence[Figure]) -> list[Figure]:
    """The named facts that neither stand among the figures themselves nor in a table of parts."""
    shown = {id(fact) for figure in figures for step in figure.steps() for fact in facts(terms(step))}
    shown |= {id(figure) for figure in figures}
    return [fact for fact in facts(figures) if id(fact) not in shown]


def steps(figures: Sequence[Figure]) -> list[Figure]:
    """The figures, and after each the named numbers that were worked out on its way, each once."""
    met: dict[tuple[str, Fraction], Figure] = {}
    for figure in figures:
        met.setdefault(_identity(figure), figure)
        rows = {id(term) for step in figure.steps() for term in terms(step)}
        for step in figure.steps():
            if step.operation and step.name and id(step) not in rows:
                met.setdefault(_identity(step), step)
    return list(met.values())


def _identity(figure: Figure) -> tuple[str, Fraction]:
    return repr(figure.name), figure.value
