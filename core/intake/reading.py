"""From a folder of CSV files to the rows of a book. Nothing is asked of the database here."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

from core.intake.cells import CellError
from core.intake.columns import DOCUMENTS, DOCUMENTS_FOLDER, FORMATS, Column, FileFormat, Values, format_for
from core.intake.rules.book import Book, Fault, Pdf, Row
from core.kit.errors import N_, PortalError

BESIDE_A_BOOK = frozenset({".md", ".txt"})
PDF_MARK = b"%PDF-"
MEGABYTE = 1024 * 1024

Cells = list[str]
Done = Callable[[str], None]


class NoBook(PortalError):
    """The folder is missing or holds no file of a book."""

    message = N_("There is no book in %(folder)s: it needs at least one of %(files)s.")


def read(folder: Path, *, largest_document: int, done: Done = lambda _file: None) -> Book:
    """The book in `folder`, with a fault for everything that could not be read. `largest_document` in bytes.

    `done` hears of each file that has been read. Raises NoBook.
    """
    present = [name for name in FORMATS if (folder / name).is_file()]
    if not present:
        raise NoBook(folder=folder, files=", ".join(FORMATS))
    book = Book(folder, faults=list(_strangers(folder)))
    for name in present:
        _read_file(book, name)
        if name == DOCUMENTS:
            _read_documents(book, largest_document)
        done(name)
    return book


def _strangers(folder: Path) -> Iterator[Fault]:
    for path in sorted(folder.iterdir()):
        expected = path.name in FORMATS or (path.is_dir() and path.name == DOCUMENTS_FOLDER)
        if not (expected or path.name.startswith(".") or path.suffix.lower() in BESIDE_A_BOOK):
            yield Fault(path.name, 0, "", "", "is not a file of a book")


def _read_file(book: Book, name: str) -> None:
    book.rows[name] = []
    book.unread.add(name)
    try:
        content = (book.folder / name).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        book.faults.append(Fault(name, 0, "", "", f"is not written in UTF-8 (byte {error.start + 1})"))
        return
    lines = _lines(book, name, content)
    header = next(lines, (1, []))[1]
    file = format_for(name, header)
    if _header_stands(book, file, header):
        book.rows[name] = [_row(book, file, header, number, cells) for number, cells in lines]
        book.unread.discard(name)


def _lines(book: Book, name: str, content: str) -> Iterator[tuple[int, Cells]]:
    """The lines that are not empty, each with its number in a spreadsheet."""
    first = content.partition("\n")[0]
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=";" if ";" in first else ",", strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield number, stripped
    except csv.Error as error:
        book.faults.append(Fault(name, number + 1, "", "", f"cannot be read as CSV: {error}"))


def _header_stands(book: Book, file: FileFormat, header: Cells) -> bool:
    known = {column.name for column in file.columns}
    reasons = [
        *((name, "is not a column of this file") for name in header if name not in known and not file.further_columns),
        *((name, "is there twice") for name in sorted({name for name in header if name and header.count(name) > 1})),
        *((column.name, "is missing") for column in file.columns if column.required and column.name not in header),
    ]
    book.faults.extend(Fault(file.name, 1, name or "(no name)", "", reason) for name, reason in reasons)
    return not reasons


def _row(book: Book, file: FileFormat, header: Cells, number: int, cells: Cells) -> Row:
    if len(cells) != len(header):
        reason = f"has {len(cells)} cells, the header has {len(header)}"
        book.faults.append(Fault(file.name, number, "", "", reason))
        return Row(number, {}, sound=False)
    written = dict(zip(header, cells, strict=True))
    values: Values = {}
    faults = [fault for column in file.columns if (fault := _fill(values, file, column, number, written))]
    book.faults.extend(faults)
    return Row(number, file.complete(values), sound=not faults)


def _fill(values: Values, file: FileFormat, column: Column, number: int, written: dict[str, str]) -> Fault | None:
    cell = written.get(column.name, "")
    if not cell and column.required:
        return Fault(file.name, number, column.name, "", "is empty")
    try:
        values[column.key] = column.parse(cell) if cell else column.default
    except CellError as error:
        return Fault(file.name, number, column.name, cell, str(error))
    return None


def _read_documents(book: Book, largest: int) -> None:
    for row in book.sound(DOCUMENTS):
        name = row.values["file"]
        path = book.folder / DOCUMENTS_FOLDER / name
        reason = _document_fault(path, name, largest)
        if reason is None:
            row.values["file"] = Pdf(name, hashlib.sha256(path.read_bytes()).hexdigest())
        else:
            row.sound = False
            book.faults.append(Fault(DOCUMENTS, row.number, "file", name, reason))


def _document_fault(path: Path, name: str, largest: int) -> str | None:
    if Path(name).name != name or "\\" in name or name in {".", ".."}:
        return f"must be the plain name of a file in {DOCUMENTS_FOLDER}/"
    if not path.is_file() or path.is_symlink():
        return f"is not a file in {DOCUMENTS_FOLDER}/"
    if path.stat().st_size > largest:
        return f"is larger than {largest // MEGABYTE} MB"
    with path.open("rb") as file:
        if file.read(len(PDF_MARK)) != PDF_MARK:
            return "is not a PDF"
    return None
