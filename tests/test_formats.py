"""Figures as the manual writes them, and as an English or Spanish reader does."""

from datetime import UTC, date, datetime

import pytest

from core.formats import Formats

DAY = date(2024, 4, 5)


@pytest.mark.parametrize(
    ("lang", "cents", "text"),
    [
        ("it-IT", 231_638, "2.316,38 €"),
        ("it-IT", 0, "0,00 €"),
        ("it-IT", -5, "-0,05 €"),
        ("it-IT", 123_456_789_012_345, "1.234.567.890.123,45 €"),
        ("es", 231_638, "2.316,38 €"),
        ("en-GB", -123_456, "-1,234.56 €"),
    ],
)
def test_money_has_the_sign_after_a_no_break_space(lang: str, cents: int, text: str) -> None:
    assert Formats(lang).money(cents) == text.replace(" ", "\xa0")


def test_dates_of_the_manual() -> None:
    italian = Formats("it-IT")
    assert italian.long_day(DAY) == "venerdì 5 aprile 2024"
    assert (italian.day(date(2024, 4, 30)), italian.full_day(DAY)) == ("30/04/24", "05/04/2024")
    assert Formats("es").long_day(DAY) == "viernes 5 de abril de 2024"
    assert Formats("en-GB").long_day(DAY) == "Friday 5 April 2024"


def test_times_are_romes() -> None:
    assert Formats("it").time(datetime(2024, 4, 5, 5, 30, tzinfo=UTC)) == "07:30"


def test_an_unknown_language_reads_italian() -> None:
    assert Formats("fr-FR").count(12_345) == "12.345"
