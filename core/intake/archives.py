"""What a ZIP file really holds, looked at before anything else opens it: no bomb, nothing hidden, nothing damaged.

The directory of a ZIP file may lie about sizes. So every member is unpacked once, chunk by chunk, and thrown away.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.intake.cells import SheetError

MEGABYTE = 1024 * 1024
MOST_MEMBERS = 500
LARGEST_UNPACKED = 200 * MEGABYTE
LARGEST_RATIO = 100
# Below this the ratio says nothing: a few empty tables pack well.
SMALL = 10 * MEGABYTE
CHUNK = 256 * 1024
_MEMBER_MARK, _OLE_MARK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MEMBER_HEADER = 30
_ENCRYPTED = 0x1
_OTHER_NAME = 0x7075
_DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DECLARATION_LENGTH = 32


def checked(path: Path) -> dict[str, zipfile.ZipInfo]:
    """The members of a ZIP file by name, all of them sound and within the limits. Raises SheetError."""
    packed, total = path.stat().st_size, 0
    with path.open("rb") as file:
        _require_zip(file.read(len(_OLE_MARK)))
        members = _directory(file)
        _require_modest(members, packed)
        for member in members:
            total = _require_sound(file, member, total, allowed(packed))
    return {member.filename: member for member in members}


def _directory(file: BinaryIO) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(file) as archive:
            members, comment = archive.infolist(), archive.comment
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, OSError) as error:
        raise SheetError("is damaged: it cannot be unpacked") from error
    if comment or any(member.header_offset < 0 for member in members):
        raise SheetError("is damaged: something stands before it or follows its end")
    return members


def allowed(packed: int) -> int:
    """How many bytes a file of so many may unpack to."""
    return min(LARGEST_UNPACKED, max(SMALL, packed * LARGEST_RATIO))


def _require_zip(start: bytes) -> None:
    if start == _OLE_MARK:
        raise SheetError("is protected by a password, or an old .xls: save it as .xlsx without a password")
    if not start.startswith(_MEMBER_MARK):
        raise SheetError("is not an .xlsx file" if start else "is empty")


def _require_modest(members: list[zipfile.ZipInfo], packed: int) -> None:
    names = {member.filename.lower() for member in members}
    if len(members) > MOST_MEMBERS:
        raise SheetError(f"holds {len(members)} parts, at most {MOST_MEMBERS} are read")
    if len(names) < len(members) or "\\" in "".join(names) or any(_has_other_name(one.extra) for one in members):
        raise SheetError("is damaged: two parts have one name, or one has two")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise SheetError("is protected by a password: save it without one")
    if sum(member.file_size for member in members) > allowed(packed):
        raise _too_large()


def _has_other_name(extra: bytes) -> bool:
    """Whether the further fields of a member give it a name of their own, which not every program heeds."""
    while extra:
        if int.from_bytes(extra[:2], "little") == _OTHER_NAME:
            return True
        extra = extra[4 + int.from_bytes(extra[2:4], "little") :]
    return False


def _too_large() -> SheetError:
    return SheetError(f"unpacks to more than {LARGEST_RATIO} times its size or {LARGEST_UNPACKED // MEGABYTE} MB")


def _require_sound(file: BinaryIO, member: zipfile.ZipInfo, before: int, most: int) -> int:
    """Unpack a member and forget it; returns the bytes unpacked so far."""
    size, checksum, tail = 0, 0, b""
    for piece in unpacked(file, member):
        size, checksum = size + len(piece), zlib.crc32(piece, checksum)
        if before + size > most:
            raise _too_large()
        if b"<!" in tail + piece and _DECLARES.search(tail + piece):
            raise SheetError("declares a document type or entities, which no spreadsheet needs")
        tail = piece[-_DECLARATION_LENGTH:]
    if (size, checksum) != (member.file_size, member.CRC):
        raise SheetError("is damaged: a part of it is not what it was")
    return before + size


def unpacked(file: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a member in chunks, by its packed bytes and whatever the directory says of its size."""
    file.seek(member.header_offset)
    local = file.read(_MEMBER_HEADER)
    if len(local) < _MEMBER_HEADER or not local.startswith(_MEMBER_MARK):
        raise SheetError("is damaged: a part is not where it should be")
    file.seek(int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little"), 1)
    if member.compress_type == zipfile.ZIP_STORED:
        yield from _pieces(file, member.compress_size)
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        yield from _inflated(_pieces(file, member.compress_size))
    else:
        raise SheetError("is packed in a way that .xlsx files are not")


def _pieces(file: BinaryIO, left: int) -> Iterator[bytes]:
    while piece := file.read(min(left, CHUNK)):
        left -= len(piece)
        yield piece


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in pieces:
            packed = piece
            while out := inflate.decompress(packed, CHUNK):
                yield out
                packed = inflate.unconsumed_tail
    except zlib.error as error:
        raise SheetError("is damaged: it cannot be unpacked") from error
