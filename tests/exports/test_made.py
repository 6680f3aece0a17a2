"""A made file is read by anybody who holds it, and goes with the last of them."""

import os
from tempfile import TemporaryFile

import pytest

from core.exports import made
from core.exports.made import Made


def a_file(content: bytes) -> Made:
    with TemporaryFile() as file:
        file.write(content)
        return Made.of("a.csv", file)


def test_several_readers_get_the_whole_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "_CHUNK", 4)
    file = a_file(b"a large file")
    first, second = file.chunks(), file.chunks()
    assert next(first) == next(second) == b"a la"
    assert b"".join(first) == b"".join(second) == b"rge file"
    assert file.size == 12


def test_a_reader_alone_keeps_it() -> None:
    chunks = a_file(b"a large file").chunks()
    assert b"".join(chunks) == b"a large file"


def test_it_goes_when_nobody_holds_it() -> None:
    file = a_file(b"a large file")
    descriptor = file.descriptor
    del file
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
