"""File and sheet names are safe wherever they go."""

from datetime import date

import pytest

from core.exports.names import file_name, sheet_name

DAY = date(2026, 11, 20)


def test_a_file_name_says_what_for_which_contract_and_when():
    assert file_name("fatture", "84963", on=DAY, extension="xlsx") == "fatture_84963_2026-11-20.xlsx"


def test_a_missing_part_leaves_no_gap():
    assert file_name("fatture", "", on=DAY, extension="csv") == "fatture_2026-11-20.csv"


@pytest.mark.parametrize(
    ("part", "slug"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ('a"\r\nX: 1', "a-x-1"),
        ("Già città", "gia-citta"),
        ("x" * 300, "x" * 40),
        ("=1+1", "1-1"),
    ],
)
def test_nothing_in_a_part_can_leave_the_name(part, slug):
    assert file_name("fatture", part, on=DAY, extension="xlsx") == f"fatture_{slug}_2026-11-20.xlsx"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Fatture e pagamenti", "Fatture e pagamenti"),
        ("a/b:c[d]*?\\", "a b c d"),
        ("'=1+1'", "=1+1"),
        ("x" * 40, "x" * 31),
        ("\x00", "-"),
    ],
)
def test_a_sheet_name_is_one_that_excel_takes(text, name):
    assert sheet_name(text) == name
