"""Cells: what each kind of column reads, and in which words it refuses."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake import cells
from core.intake.cells import CellError, Odd, Parser


@pytest.mark.parametrize(
    ("parse", "cell", "value"),
    [
        (cells.amount, "2316,38", 231638),
        (cells.amount, "2.316,38", 231638),
        (cells.amount, "-0,05", -5),
        (cells.day, "2024-04-05", date(2024, 4, 5)),
        (cells.day, "05/04/2024", date(2024, 4, 5)),
        (cells.day, "5/4/2024", date(2024, 4, 5)),
        (cells.month, "2022-09", date(2022, 9, 1)),
        (cells.month, "2022-09-01", date(2022, 9, 1)),
        (cells.month, "01/09/2022", date(2022, 9, 1)),
        (cells.yes_no, "Sì", True),
        (cells.yes_no, "NO", False),
        (cells.ppm, "7,938", 79380),
        (cells.ppm, "-0.386", -3860),
        (cells.basis_points, "22", 2200),
        (cells.basis_points, "4,5", 450),
        (cells.index_ppm, "2,063476", 20630),
        (cells.index_ppm, "2.0635", 20640),
        (cells.index_ppm, "-0,3285", -3290),
        (cells.count(1), "48", 48),
        (cells.one_of("SDD", "MAV"), "sdd", "SDD"),
        (cells.iban, "it60-x054 2811 1010 0000 0123 456", "IT60X0542811101000000123456"),
        (cells.iban, "SM86U0322509800000000270100", "SM86U0322509800000000270100"),
        (cells.tax_code, "rssmra85t1la562v", "RSSMRA85T1LA562V"),
        (cells.tax_code, "03598000267", "03598000267"),
        (cells.vat_number, "02529020220", "02529020220"),
        (cells.email, "anna@pec.example", "anna@pec.example"),
        (cells.text(5), "Città", "Città"),
        (cells.text(), "Via Roma 1\r\nTreviso", "Via Roma 1\nTreviso"),
    ],
)
def test_a_cell_is_read(parse: Callable[[str], object], cell: str, value: object) -> None:
    assert parse(cell) == value


@pytest.mark.parametrize(
    ("parse", "cell", "reason"),
    [
        (cells.amount, "1.234", "must be an amount of euro such as 2316,38"),
        (cells.amount, "12,345", "must be an amount of euro such as 2316,38"),
        (cells.amount, "1e5", "must be an amount of euro such as 2316,38"),
        (cells.amount, "9" * 20, "is too large an amount"),
        (cells.day, "2024-02-30", "is not a day of the calendar"),
        (cells.day, "04-05-2024", "must be a date such as 2024-04-05 or 05/04/2024"),
        (cells.day, "0216-05-01", "must lie between 1950 and 2199"),
        (cells.month, "2022-13", "is not a day of the calendar"),
        (cells.month, "09/2022", "must be a month such as 2022-09"),
        (cells.month, "2022-09-02", "must be a month such as 2022-09"),
        (cells.month, "02/09/2022", "must be a month such as 2022-09"),
        (cells.yes_no, "perhaps", "must be yes or no"),
        (cells.ppm, "7,93802", "has more than four decimals"),
        (cells.ppm, "7%", "must be a percentage such as 7,938"),
        (cells.ppm, "793,8", "must lie between -100 and 100 percent"),
        (cells.basis_points, "-1", "must not be negative"),
        (cells.count(1), "0", "must be a whole number from 1 to 9999"),
        (cells.count(), "4.0", "must be a whole number from 0 to 9999"),
        (cells.one_of("SDD", "MAV"), "CASH", "must be one of SDD, MAV"),
        (cells.iban, "IT60X0542811101000000123457", "is not an IBAN: invalid checksum digits"),
        (cells.iban, "IT60X054281110100000012345", "is not an IBAN: invalid IBAN length"),
        (
            cells.tax_code,
            "RSSMRA85T1LA562W",
            "is not a codice fiscale: the number's checksum or check digit is invalid",
        ),
        (cells.vat_number, "12345", "is not a partita IVA: the number has an invalid length"),
        (cells.email, "a@pec.example, b@pec.example", "must be one e-mail address such as name@company.it"),
        (cells.email, "anna", "must be one e-mail address such as name@company.it"),
        (cells.text(4), "Città", "is 5 characters long, at most 4 fit"),
        (cells.text(), "a\x00b", "holds a control character"),
    ],
)
def test_a_cell_is_refused_with_its_reason(parse: Callable[[str], object], cell: str, reason: str) -> None:
    with pytest.raises(CellError) as error:
        parse(cell)
    assert str(error.value) == reason


def test_an_iban_whose_check_digits_were_recomputed_over_a_wrong_account_is_refused() -> None:
    body = "X0542811101000000123457"
    check = 98 - int("".join(str(int(sign, 36)) for sign in f"{body}IT00")) % 97
    with pytest.raises(CellError, match="is not an IBAN"):
        cells.iban(f"IT{check:02d}{body}")


@given(st.dates(date(1950, 1, 1), date(2199, 12, 31)))
def test_both_ways_of_writing_a_date_mean_the_same(day: date) -> None:
    assert cells.day(day.isoformat()) == cells.day(f"{day:%d/%m/}{day.year:04d}") == day


@given(st.decimals(-100, 100, places=6, allow_nan=False))
def test_an_index_is_rounded_once_half_up_to_three_decimals(percent: Decimal) -> None:
    expected = percent.quantize(Decimal("0.001"), ROUND_HALF_UP)
    assert cells.index_ppm(f"{percent:f}".replace(".", ",")) == expected * 10_000


USUAL = {
    "amount": (cells.amount, st.from_regex(r"-?[0-9]{1,12}[.,][0-9]{2}", fullmatch=True)),
    "text": (cells.text(8), st.text(st.characters(exclude_categories=["Cs"]), max_size=10)),
    "any text": (cells.text(), st.text(st.characters(exclude_categories=["Cs"]), max_size=10)),
}
ODDITIES = ["", " ", "1,00 ", "1,00\n2,00", "\u0661,00", "1.234", "a\x00b", "a\r\nb", "a\u00a0b", "\x85", "x" * 9]


@pytest.mark.parametrize("name", USUAL)
@given(data=st.data())
def test_a_whole_column_is_read_as_each_of_its_cells_is(name: str, data: st.DataObject) -> None:
    parse, usual = USUAL[name]
    column = data.draw(
        st.lists(usual | st.sampled_from(ODDITIES), max_size=6) | st.lists(usual, min_size=1, max_size=6)
    )
    assert parse.usual is not None
    read = parse.usual(column)
    if read is not None:
        assert all(cell.strip() == cell != "" for cell in column)
        assert list(read) == [parse.one(cell) for cell in column]


@pytest.mark.parametrize(
    ("parse", "column"),
    [
        (cells.amount, ["1,00", "-2316.38", "0,05", "-0,00", "99999999999,99"]),
        (cells.text(5), ["Città", "a b", "1/2 €"]),
    ],
)
def test_columns_of_usual_cells_are_read_at_once(parse: Parser, column: list[str]) -> None:
    assert parse.usual is not None
    assert list(parse.usual(column) or ()) == [parse.one(cell) for cell in column]


def test_a_cell_of_two_amounts_is_not_two_cells() -> None:
    assert cells.amount.usual is not None
    assert cells.amount.usual(["1,00\n2,00"]) is None


def test_an_odd_cell_is_never_taken_for_a_text_that_looks_the_same() -> None:
    odd = Odd("2024-01-01", "is a date where none belongs", "day")
    assert len({odd: 1, "2024-01-01": 2}) == 2
    for parse in (cells.text(), cells.amount):
        assert parse.usual is not None
        assert parse.usual([odd]) is None


@given(st.text(max_size=30))
def test_no_text_makes_a_parser_fail_in_another_way(cell: str) -> None:
    parsers = (cells.amount, cells.day, cells.month, cells.yes_no, cells.ppm, cells.index_ppm, cells.count())
    for parse in (*parsers, cells.iban, cells.tax_code, cells.vat_number, cells.email, cells.text(9)):
        try:
            parse(cell)
        except CellError as error:
            assert str(error)
