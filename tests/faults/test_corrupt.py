"""F19: a damaged book is refused with a report or is a book all the same; never a trace, never half of it."""

import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core import cli
from core.intake.columns import FORMATS
from tests.faults.conftest import snapshot
from tests.intake.books import small, write
from tests.intake.workbooks import save

FLIPS = 200
MAGICS = {"zip": b"PK\x03\x04", "pdf": b"%PDF-1.7", "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "zero": bytes(4_096)}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write(tmp_path, small())


def run(book: Path) -> Result:
    result = CliRunner().invoke(cli.portal, ["import", str(book)])
    assert isinstance(result.exception, SystemExit | None), result.exc_info
    return result


def refused_or_whole(book: Path) -> Result:
    """Import what is left of the book: nothing of it may be stored unless all of it is."""
    before = snapshot()
    result = run(book)
    if result.exit_code == 0:
        assert ": 0 new rows, 0 changed" in run(book).stdout
        return result
    assert snapshot() == before
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    return result


@pytest.mark.parametrize("part", [0.3, 0.7])
def test_files_that_end_too_soon(database: str, book: Path, part: float) -> None:
    for name in FORMATS:
        whole = (book / name).read_bytes()
        (book / name).write_bytes(whole[: round(len(whole) * part)])
        refused_or_whole(book)
        (book / name).write_bytes(whole)
    assert run(book).exit_code == 0


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_a_spreadsheet_that_ends_too_soon(database: str, book: Path, part: float) -> None:
    (book / "payments.csv").unlink()
    sheet, rows = book / "payments.xlsx", small()["payments"]
    save(sheet, [list(rows[0]), *(list(row.values()) for row in rows)])
    whole = sheet.read_bytes()
    sheet.write_bytes(whole[: round(len(whole) * part)])
    assert refused_or_whole(book).exit_code == 1
    sheet.write_bytes(whole)
    assert run(book).exit_code == 0


@pytest.mark.parametrize("seed", range(3))
def test_files_with_bytes_that_changed(database: str, book: Path, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - the same damage each time
    for name in FORMATS:

        def flipped(content: bytes) -> bytes:
            changed = bytearray(content)
            for place in draw.sample(range(len(changed)), min(FLIPS, len(changed)) // 10 or 1):
                changed[place] ^= 1 << draw.randrange(8)
            return bytes(changed)

        (book / name).write_bytes(flipped((book / name).read_bytes()))
    assert refused_or_whole(book).exit_code == 1


@pytest.mark.parametrize("magic", MAGICS)
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_file_that_is_something_else(database: str, book: Path, magic: str, suffix: str) -> None:
    (book / "payments.csv").unlink()
    (book / f"payments{suffix}").write_bytes(MAGICS[magic] + bytes(range(256)) * 8)
    result = refused_or_whole(book)
    assert result.exit_code == 1
    assert "payments" in result.stdout


@pytest.mark.parametrize("content", [b"", b"%PDF", b"\x00" * 100, b"PK\x03\x04"])
def test_a_document_that_is_no_pdf(database: str, book: Path, content: bytes) -> None:
    (book / "documents" / "anticipo.pdf").write_bytes(content)
    assert "is not a PDF" in refused_or_whole(book).stdout
