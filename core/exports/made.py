"""A file made for somebody: on the disk without a name, and gone when nobody holds it any more."""

import os
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_CHUNK = 256 * 1024


@dataclass(frozen=True, eq=False)
class Made:
    """A finished file under the name that it is to be saved under."""

    name: str
    descriptor: int

    @classmethod
    def of(cls, name: str, file: BinaryIO) -> "Made":
        """Take over a temporary file: it is closed, its content stays with what is returned."""
        with file:
            file.flush()
            made = cls(name, os.dup(file.fileno()))
        weakref.finalize(made, os.close, made.descriptor)
        return made

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return os.fstat(self.descriptor).st_size

    def chunks(self) -> Iterator[bytes]:
        """The content from its start, for any number of readers at once."""
        position = 0
        while chunk := os.pread(self.descriptor, _CHUNK, position):
            position += len(chunk)
            yield chunk
