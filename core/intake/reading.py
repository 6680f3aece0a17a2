"""From a folder of CSV files and spreadsheets to the blocks of a book. Nothing is asked of the database here."""

import codecs
import csv
import hashlib
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

from core.intake import spreadsheets
from core.intake.blocks import BLOCK_ROWS, Block, Source
from core.intake.cells import Odd, SheetError
from core.intake.columns import DOCUMENTS_FOLDER, FORMATS, PAPERS, WITH_PDFS, Column, FileFormat
from core.intake.names import unmarked
from core.intake.rates import format_for
from core.intake.rules.book import Fault
from core.kit.errors import N_, PortalError

BESIDE_A_BOOK = frozenset({".md", ".txt"})
PDF_MARK = b"%PDF-"
MEGABYTE = 1024 * 1024
LONGEST_LINE = MEGABYTE

Cells = Sequence[str]
Numbered = tuple[int, Cells]
Chunks = Iterator[Sequence[Numbered]]


class NoBook(PortalError):
    """The folder is missing or holds no file of a book."""

    message = N_("There is no book in %(folder)s: it needs at least one of %(files)s.")


def open_book(folder: Path, *, largest_document: int) -> Source:
    """The book in `folder`, read as its blocks are used up. `largest_document` in bytes. Raises NoBook."""
    paths = {name: path for name in FORMATS if (path := _path(folder, name))}
    if not paths:
        raise NoBook(folder=folder, files=", ".join(FORMATS))
    called = {name: path.name for name, path in paths.items() if path.name != name}
    source = Source(tuple(paths), iter(()), folder, called, faults=[*_strangers(folder), *_doubles(folder)])
    source.blocks = _blocks(source, paths, largest_document)
    return source


def _ways(folder: Path, name: str) -> tuple[Path, Path]:
    return folder / name, (folder / name).with_suffix(".xlsx")


def _path(folder: Path, name: str) -> Path | None:
    return next((path for path in _ways(folder, name) if path.is_file()), None)


def _strangers(folder: Path) -> Iterator[Fault]:
    known = {path.name for name in FORMATS for path in _ways(folder, name)}
    for path in sorted(folder.iterdir()):
        expected = path.name in known or (path.is_dir() and path.name == DOCUMENTS_FOLDER)
        if not (expected or path.name.startswith(".") or path.suffix.lower() in BESIDE_A_BOOK):
            yield Fault(path.name, 0, "", "", "is not a file of a book")


def _doubles(folder: Path) -> Iterator[Fault]:
    for name in FORMATS:
        plain, sheet = _ways(folder, name)
        if plain.is_file() and sheet.is_file():
            yield Fault(sheet.name, 0, "", "", f"is there as {plain.name} too: leave one of them out")


def _blocks(source: Source, paths: dict[str, Path], largest_document: int) -> Iterator[Block]:
    for name, path in paths.items():
        try:
            for found in _file_blocks(source, name, path):
                yield _with_hashes(source, found, path.name, largest_document) if name in WITH_PDFS else found
        except (SheetError, OSError) as error:
            row, reason = (error.row, str(error)) if isinstance(error, SheetError) else (0, _unopened(error))
            source.faults.append(Fault(path.name, row, "", "", reason))
            source.unread.add(name)


def _unopened(error: OSError) -> str:
    return f"cannot be opened: {error.strerror or error}"


def _file_blocks(source: Source, name: str, path: Path) -> Iterator[Block]:
    chunks = _filled(_csv_rows(path) if path.suffix == ".csv" else spreadsheets.rows(path))
    (_, first), *rest = next(chunks, [(1, ())])
    header = [cell.strip() for cell in first]
    file = format_for(name, header)
    if faults := [Fault(path.name, 1, column, "", reason) for column, reason in _header_faults(file, header)]:
        source.faults += faults
        source.unread.add(name)
        return
    for rows in chain([rest] if rest else [], chunks):
        found, cell_faults = block(file, header, rows, called=path.name)
        source.faults += cell_faults
        yield found


def _filled(chunks: Chunks) -> Iterator[list[Numbered]]:
    """Only the rows that have a cell filled, and only the chunks that have such a row."""
    for chunk in chunks:
        if rows := [row for row in chunk if any(map(str.strip, row[1]))]:
            yield rows


def _csv_rows(path: Path) -> Chunks:
    numbers = count(1)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = iter(partial(file.readline, LONGEST_LINE), "")
            first = next(lines, "")
            reader = csv.reader(chain([first], lines), delimiter=";" if ";" in first else ",", strict=True)
            # Tuples of texts, unlike lists, are nothing to the garbage collector, which would take half of the time.
            numbered = zip(numbers, map(tuple, reader), strict=False)
            while chunk := list(islice(numbered, BLOCK_ROWS)):
                yield chunk
    except UnicodeDecodeError:
        raise SheetError(f"is not written in UTF-8 (byte {_wrong_byte(path)})") from None
    except csv.Error as error:
        raise SheetError(f"cannot be read as CSV: {error}", next(numbers) - 1) from error


def _wrong_byte(path: Path) -> int:
    """Where the first byte is that is no UTF-8, counting from 1."""
    decoder, done = codecs.getincrementaldecoder("utf-8")(), 0
    with path.open("rb") as file:
        try:
            while piece := file.read(MEGABYTE):
                done += len(piece)
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return done - len(error.object) + error.start + 1
    return done


def _header_faults(file: FileFormat, header: Cells) -> list[tuple[str, str]]:
    known = {column.name for column in file.columns}
    strange = [name for name in header if name not in known and not file.further_columns]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    missing = [column.name for column in file.columns if column.required and column.name not in header]
    return [
        *((name or "(no name)", "is not a column of this file") for name in strange),
        *((name, "is there twice") for name in twice),
        *((name, "is missing") for name in missing),
    ]


def block(file: FileFormat, header: Cells, rows: Sequence[Numbered], *, called: str = "") -> tuple[Block, list[Fault]]:
    """These numbered rows of a file by column, and a fault for every cell of them that could not be read.

    The header is one that stands; `called` is the name of the file on disk, where that is not the format's.
    """
    called = called or file.name
    numbers, columns, faults = _columns(called, header, rows)
    ragged = {fault.row for fault in faults}
    lists: dict[str, Sequence[Any]] = {}
    for column in file.columns:
        values, reasons = _read_column(column, columns.get(column.name) or [""] * len(rows))
        lists[column.key] = values
        told = ((numbers[at], cell, reason) for at, cell, reason in reasons)
        faults += [Fault(called, row, column.name, cell, reason) for row, cell, reason in told if row not in ragged]
    unsound = {fault.row for fault in faults}
    sound = [number not in unsound for number in numbers] if unsound else [True] * len(numbers)
    return Block(file.name, numbers, file.complete(lists), sound), faults


def _columns(called: str, header: Cells, rows: Sequence[Numbered]) -> tuple[list[int], dict[str, Cells], list[Fault]]:
    """The numbers of the rows, their cells by column, and those that have too few cells or too many: blank ones."""
    width = len(header)
    ragged = {number: len(cells) for number, cells in rows if len(cells) != width}
    reasons = ((number, f"has {found} cells, the header has {width}") for number, found in ragged.items())
    even = [[""] * width if number in ragged else cells for number, cells in rows] if ragged else [c for _, c in rows]
    columns: dict[str, Cells] = dict(zip(header, zip(*even, strict=True), strict=True)) if even else {}
    return [number for number, _ in rows], columns, [Fault(called, row, "", "", reason) for row, reason in reasons]


def _read_column(column: Column, cells: Cells) -> tuple[Sequence[Any], list[tuple[int, str, str]]]:
    """The values of a column's cells, None for what cannot be read: its place, its cell stripped, and why."""
    usual = column.parse.usual(cells) if column.parse.usual else None
    if usual is not None and Odd not in map(type, cells):
        return usual, []
    written = {cell: cell.strip() for cell in dict.fromkeys(cells)}
    values, reasons = _meanings(column, written)
    if not reasons:
        return list(map(values.__getitem__, cells)), []
    told = [(at, written[cell], reasons[cell]) for at, cell in enumerate(cells) if cell in reasons]
    return list(map(values.get, cells)), told


def _meanings(column: Column, written: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What each different cell of a column means, and why the others mean nothing."""
    odd = {cell: cell.reason for cell in written if isinstance(cell, Odd) and cell.holds != column.holds}
    empty = [cell for cell, stripped in written.items() if not stripped]
    filled = {cell: stripped for cell, stripped in written.items() if stripped and cell not in odd}
    values, reasons = column.parse.each(filled)
    if column.required:
        return values, reasons | odd | dict.fromkeys(empty, "is empty")
    return values | dict.fromkeys(empty, column.default), reasons | odd


def _with_hashes(source: Source, found: Block, called: str, largest: int) -> Block:
    """A block of rows that name a PDF, with the hash of each; one that will not do is a fault."""
    folder = (source.folder or Path()) / DOCUMENTS_FOLDER
    sound = list(found.sound)
    hashes: list[str | None] = [None] * len(sound)
    for at, (number, name) in enumerate(zip(found.numbers, found.values["file"], strict=True)):
        if not sound[at]:
            continue
        reason = _document_fault(folder / name, name, largest)
        if reason:
            sound[at] = False
            source.faults.append(Fault(called, number, "file", name, reason))
        else:
            with (folder / name).open("rb") as file:
                hashes[at] = hashlib.file_digest(file, "sha256").hexdigest()
    values = found.values | {"sha256": hashes, "found_as": found.values["file"]}
    if found.file == PAPERS:
        named = zip(values["file"], hashes, strict=True)
        values["file"] = [unmarked(name, key) if key else name for name, key in named]
    return Block(found.file, found.numbers, values, sound)


def _document_fault(path: Path, name: str, largest: int) -> str | None:
    if Path(name).name != name or "\\" in name or name in {".", ".."}:
        return f"must be the plain name of a file in {DOCUMENTS_FOLDER}/"
    if not path.is_file() or path.is_symlink() or path.parent.is_symlink():
        return f"is not a file in {DOCUMENTS_FOLDER}/"
    if path.stat().st_size > largest:
        return f"is larger than {largest // MEGABYTE} MB"
    with path.open("rb") as file:
        if file.read(len(PDF_MARK)) != PDF_MARK:
            return "is not a PDF"
    return None
