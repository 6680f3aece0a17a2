"""The file store: bytes under the SHA-256 of their content, in a folder or an object store (`PORTAL_FILES_URL`)."""

import hashlib
import re
import uuid

import fsspec

from core.settings import settings

_KEY = re.compile(r"[0-9a-f]{64}")


def put(content: bytes) -> str:
    """Keep the bytes and return their key; keeping them again changes nothing. A reader never sees half a file."""
    key = hashlib.sha256(content).hexdigest()
    store, path = _place(key)
    if store.exists(path) and store.size(path) == len(content):
        return key
    store.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
    unfinished = f"{path}.{uuid.uuid4().hex}.part"
    store.pipe_file(unfinished, content)
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


def _place(key: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """The file system and the path of a key: two letters make the folder, so that none holds too many files."""
    if _KEY.fullmatch(key) is None:
        message = f"{key!r} is not the key of a stored file."
        raise ValueError(message)
    store, root = fsspec.url_to_fs(settings().files_url)
    return store, f"{root.rstrip('/')}/{key[:2]}/{key}"
