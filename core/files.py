"""The file store: bytes under the SHA-256 of their content, in a folder or an object store (`PORTAL_FILES_URL`)."""

import hashlib
import re
import uuid
from contextlib import suppress
from datetime import datetime, timedelta

import fsspec

from core.kit import clock
from core.settings import settings

UNFINISHED_KEPT = timedelta(hours=1)
_UNFINISHED = "unfinished"
_KEY = re.compile(r"[0-9a-f]{64}")


def put(content: bytes) -> str:
    """Keep the bytes and return their key; keeping them again changes nothing. A reader never sees half a file."""
    key = hashlib.sha256(content).hexdigest()
    store, path = _place(key)
    if store.exists(path) and store.size(path) == len(content):
        return key
    unfinished = _unfinished(store, content)
    store.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
    store.mv(unfinished, path)
    return key


def get(key: str) -> bytes:
    """The bytes of a key. Raises FileNotFoundError for an unknown key, RuntimeError for a file that has changed."""
    store, path = _place(key)
    content = bytes(store.cat_file(path))
    if hashlib.sha256(content).hexdigest() != key:
        message = f"The stored file {key} is damaged: its content no longer has this SHA-256."
        raise RuntimeError(message)
    return content


def exists(key: str) -> bool:
    """Whether the store has a file of this key."""
    store, path = _place(key)
    return bool(store.exists(path))


def unfinished(before: datetime) -> list[str]:
    """The files whose writing began before an instant and never ended: their process was killed.

    The store's clock is the real one, whatever the demo says.
    """
    store, root = _store()
    folder, really = f"{root}/{_UNFINISHED}", before - clock.shift()
    left = []
    for name in store.ls(folder, detail=False) if store.exists(folder) else ():
        with suppress(FileNotFoundError):  # finished just now
            if store.modified(name) < really:
                left.append(name)
    return left


def sweep(before: datetime) -> int:
    """Remove the files that were begun before an instant and never finished; returns how many."""
    store, swept = _store()[0], 0
    for path in unfinished(before):
        with suppress(FileNotFoundError):  # finished, or swept by somebody else
            store.rm_file(path)
            swept += 1
    return swept


def probe() -> None:
    """Write, read and remove a small file. Raises what the store raises where it cannot."""
    store, _ = _store()
    path = _unfinished(store, b"probe")
    if store.cat_file(path) != b"probe":
        message = f"{path} reads otherwise than it was written"
        raise OSError(message)
    store.rm_file(path)


def _unfinished(store: fsspec.AbstractFileSystem, content: bytes) -> str:
    """Write the bytes where no key leads; what could not be written whole is taken away."""
    folder = f"{_store()[1]}/{_UNFINISHED}"
    store.makedirs(folder, exist_ok=True)
    path = f"{folder}/{uuid.uuid4().hex}"
    try:
        store.pipe_file(path, content)
    except BaseException:
        with suppress(OSError):
            store.rm_file(path)
        raise
    return path


def _store() -> tuple[fsspec.AbstractFileSystem, str]:
    store, root = fsspec.url_to_fs(settings().files_url)
    return store, root.rstrip("/")


def _place(key: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """The file system and the path of a key: two letters make the folder, so that none holds too many files."""
    if _KEY.fullmatch(key) is None:
        message = f"{key!r} is not the key of a stored file."
        raise ValueError(message)
    store, root = _store()
    return store, f"{root}/{key[:2]}/{key}"
