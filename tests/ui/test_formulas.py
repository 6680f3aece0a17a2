"""How a derived number is told: in words, in numbers, and as a table where it adds up many alike."""

from datetime import date
from fractions import Fraction

import pytest

from core.kit.figures import DIFFERENCE, QUOTIENT, Figure, Unit, Words, derived, fact, half_up, named, total
from core.ui import formulas
from core.ui.guard import View
from tests.ui.conftest import plain_view


@pytest.fixture
def view() -> View:
    return plain_view()


def balance(value: int = 8_778_688) -> Figure:
    return fact(value, Unit.CENTS, "Balance")


RATE = fact(Fraction(13551, 10**6), Unit.SHARE, "Rate", source=Words("solved from the contract"))
INTEREST = named(half_up(balance() * RATE * fact(1, Unit.MONTHS, "Months") / 12), "Interest")


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def test_a_formula_stands_in_words_and_in_numbers(view: View) -> None:
    assert formulas.in_words(view, INTEREST) == "Balance × Rate × Months ÷ 12"
    assert plain(formulas.in_numbers(view, INTEREST)) == "87.786,88 € × 1,3551 % × 1 month ÷ 12 = 99,133334 €"
    assert formulas.rounded(INTEREST)


def test_a_fact_has_no_formula(view: View) -> None:
    assert formulas.in_words(view, RATE) == formulas.in_numbers(view, RATE) == ""


def test_a_fact_that_is_told_by_itself_is_not_listed_again(view: View) -> None:
    rent = fact(189_867, Unit.CENTS, "Rent")
    left = named(balance() - rent, "Left")
    assert [formulas.said(view, one.name) for one in formulas.told_apart([rent, left])] == ["Balance"]


def test_a_named_step_is_told_by_its_name_and_again_by_itself(view: View) -> None:
    left = named(balance() - named(fact(189_867, Unit.CENTS, "Rent") - INTEREST, "Principal"), "Left")
    assert formulas.in_words(view, left) == "Balance − Principal"
    assert [formulas.said(view, step.name) for step in formulas.steps([left])] == ["Left", "Principal", "Interest"]
    assert [formulas.said(view, one.name) for one in formulas.facts([left])] == ["Balance", "Rent", "Rate", "Months"]


def test_brackets_stand_where_the_order_would_change(view: View) -> None:
    one, two, three = (fact(n, Unit.PLAIN, name) for n, name in ((5, "a"), (3, "b"), (2, "c")))
    assert formulas.in_words(view, one * (two - three)) == "a × (b − c)"
    assert formulas.in_words(view, one - (two + three)) == "a − (b + c)"
    assert formulas.in_words(view, derived(DIFFERENCE, (one, one - two), Unit.PLAIN)) == "a − (a − b)"
    assert formulas.in_words(view, derived(QUOTIENT, (one, two * three), Unit.PLAIN)) == "a ÷ (b × c)"
    assert formulas.in_words(view, one * two / three + one) == "a × b ÷ c + a"


def month(number: int) -> Figure:
    share = fact(Fraction(423, 10**5), Unit.SHARE, "Mean") - fact(0, Unit.SHARE, "Base")
    return named(balance() * share * fact(31, Unit.DAYS, "Days") / 360, "%(month)s", month=date(2022, number, 1))


def test_a_sum_of_formulas_alike_is_a_table(view: View) -> None:
    quarter = named(half_up(total([month(7), month(8)])), "Quarter")
    assert [formulas.said(view, part.name) for part in formulas.terms(quarter)] == ["luglio 2022", "agosto 2022"]
    assert formulas.terms(INTEREST) == ()


def test_a_long_sum_is_a_table_and_a_short_one_a_formula(view: View) -> None:
    several = total([balance(number) for number in range(1, 4)])
    assert len(formulas.terms(several)) == 3
    assert formulas.in_words(view, several) == formulas.in_numbers(view, several) == ""
    assert formulas.in_words(view, total([balance(1), balance(2)])) == "Balance + Balance"


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (balance(231_638), "2.316,38 €"),
        (fact(Fraction(22, 100), Unit.SHARE, "VAT"), "22 %"),
        (fact(date(2024, 4, 30).toordinal(), Unit.DAY, "Due"), "30/04/2024"),
        (fact(1, Unit.DAYS, "Days"), "1 day"),
        (fact(102, Unit.DAYS, "Days"), "102 days"),
        (fact(Fraction(1, 3), Unit.PLAIN, "A third"), "0,333333"),
    ],
)
def test_a_value_is_written_as_its_unit_wants(view: View, figure: Figure, text: str) -> None:
    assert plain(formulas.value(view, figure)) == text


def test_what_data_say_is_written_as_the_reader_writes_it(view: View) -> None:
    words = Words("%(kind)s of %(day)s: %(paid_cents)s", {"kind": "Rent", "day": date(2024, 4, 5), "paid_cents": 150})
    assert plain(formulas.said(view, words)) == "Rent of 05/04/2024: 1,50 €"
