"""Files that cannot be read, wholly or in part: each says where and why, and the rest is read."""

import random
from pathlib import Path

import pytest

from core.intake import reading
from core.intake.columns import CUSTOMERS, DUE_ITEMS, FORMATS, INVOICES
from core.intake.reading import NoBook, open_book
from tests.intake.books import MB, small, write
from tests.intake.opened import CUSTOMERS_HEADER, Opened, customers, opened


def test_every_bad_cell_of_a_row_is_told(tmp_path: Path) -> None:
    assert customers(tmp_path, CUSTOMERS_HEADER + "A1234567890123;;;123;a@pec.example;Via\n") == [
        (CUSTOMERS, 2, "code", "is 14 characters long, at most 12 fit"),
        (CUSTOMERS, 2, "name", "is empty"),
        (CUSTOMERS, 2, "vat_no", "is not a partita IVA: the number has an invalid length"),
    ]


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (CUSTOMERS_HEADER + "A1;Anna\n", [(CUSTOMERS, 2, "", "has 2 cells, the header has 6")]),
        (
            "code;nome;pec;address\nA1;Anna;a@pec.example;Via\n",
            [(CUSTOMERS, 1, "name", "is missing"), (CUSTOMERS, 1, "nome", "is not a column of this file")],
        ),
        ("code;code;name;pec;address\n", [(CUSTOMERS, 1, "code", "is there twice")]),
        ("code;name;pec;address;\n", [(CUSTOMERS, 1, "(no name)", "is not a column of this file")]),
        (b"code;name\nA1;Citt\xe0\n", [(CUSTOMERS, 0, "", "is not written in UTF-8 (byte 18)")]),
        (
            CUSTOMERS_HEADER + 'A1;"Anna;;;a@pec.example;Via\n',
            [(CUSTOMERS, 2, "", "cannot be read as CSV: unexpected end of data")],
        ),
        (
            CUSTOMERS_HEADER + "A1;\x00;;;a@pec.example;Via\n",
            [(CUSTOMERS, 2, "name", "holds a control character")],
        ),
        (
            CUSTOMERS_HEADER + f"A1;Anna;;;a@pec.example;{'x' * 200_000}\n",
            [(CUSTOMERS, 2, "", "cannot be read as CSV: field larger than field limit (131072)")],
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, content: bytes | str, faults: list[tuple[str, int, str, str]]
) -> None:
    assert customers(tmp_path, content) == faults


@pytest.mark.parametrize("spoilt", [b"B2;Citt\xe0;;;b@pec.example;Via\n", b'B2;"Bruno'], ids=["encoding", "quotes"])
def test_a_file_that_breaks_off_is_not_taken_as_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoilt: bytes
) -> None:
    monkeypatch.setattr(reading, "BLOCK_ROWS", 1)
    monkeypatch.setattr(reading, "MEGABYTE", 1_000)
    lines = b"A1;Anna;;;a@pec.example;Via\n" * 2_000
    (tmp_path / CUSTOMERS).write_bytes(CUSTOMERS_HEADER.encode() + lines + spoilt)
    book = opened(tmp_path)
    assert book.unread == {CUSTOMERS}
    assert 0 < len(book.of(CUSTOMERS)) <= 2_000
    ((_, row, _, reason),) = book.faults
    assert (row, reason) in [
        (0, f"is not written in UTF-8 (byte {len(CUSTOMERS_HEADER) + len(lines) + 8})"),
        (2_002, "cannot be read as CSV: unexpected end of data"),
    ]


def test_a_file_that_is_gone_when_its_turn_comes_is_a_fault(tmp_path: Path) -> None:
    source = open_book(write(tmp_path, small()), largest_document=MB)
    (tmp_path / "book" / INVOICES).unlink()
    read = {block.file for block in source.blocks}
    assert set(FORMATS) - read == source.unread == {INVOICES}
    assert [str(fault) for fault in source.faults] == ["invoices.csv: cannot be opened: No such file or directory"]


def test_a_row_of_the_wrong_width_spoils_no_other(tmp_path: Path) -> None:
    content = CUSTOMERS_HEADER + "A1;Anna;;;a@pec.example;Via\nB2;Bruno\nC3;;;;c@pec.example;Via\n"
    assert customers(tmp_path, content) == [
        (CUSTOMERS, 3, "", "has 2 cells, the header has 6"),
        (CUSTOMERS, 4, "name", "is empty"),
    ]
    assert [row["code"] for row in opened(tmp_path).of(CUSTOMERS)] == ["A1"]


def test_a_damaged_file_is_told_and_never_breaks_the_reading(tmp_path: Path) -> None:
    whole = (write(tmp_path, small()) / DUE_ITEMS).read_bytes()
    chance = random.Random(1)  # noqa: S311 - the same damage in every run
    target = tmp_path / "spoilt" / DUE_ITEMS
    target.parent.mkdir()
    for _ in range(200):
        spoilt = bytearray(whole)
        spoilt[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        target.write_bytes(spoilt)
        read_or_told(target.parent)
    for end in range(0, len(whole), len(whole) // 40):
        target.write_bytes(whole[:end])
        read_or_told(target.parent)


def read_or_told(folder: Path) -> Opened:
    book = opened(folder)
    assert book.faults or book.of(DUE_ITEMS)
    assert all(reason and "Error" not in reason for _, _, _, reason in book.faults)
    return book


def test_an_empty_file_misses_its_columns(tmp_path: Path) -> None:
    assert {column for _, _, column, _ in customers(tmp_path, "")} == {"code", "name", "pec", "address"}


def test_strange_files_are_told_and_notes_are_not(tmp_path: Path) -> None:
    folder = write(tmp_path, small())
    for name in ("customer.csv", "invoices.ods", "README.md", ".hidden"):
        (folder / name).write_text("")
    (folder / "old").mkdir()
    reason = "is not a file of a book"
    assert opened(folder).faults == [(name, 0, "", reason) for name in ("customer.csv", "invoices.ods", "old")]


def test_a_folder_without_a_book_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(NoBook, match="There is no book in"):
        open_book(tmp_path, largest_document=MB)
