"""The book on its way out: the files that an import reads, written from the database."""

import shutil
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path

from core import files
from core.access import Access
from core.intake.blocks import Advance, silent
from core.intake.columns import DOCUMENTS_FOLDER, FORMATS, WITH_PDFS
from core.intake.frames import leaving
from core.intake.names import marked
from core.intake.texts import Columns, sheet
from core.kit.errors import N_, PortalError


class FolderInUse(PortalError):
    """A book is only written into a new folder: files that were there would become part of it."""

    message = N_("There is something at %(folder)s already. Name a new folder.")


class LostFile(PortalError):
    """The file store does not have a document that the database says it has."""

    message = N_("The file of the document %(title)s is not in the file store. Nothing was exported.")


def export_book(access: Access, folder: Path, *, advance: Advance = silent) -> dict[str, int]:
    """Write the book into a new folder, as `docs/import.md` describes it; returns the number of rows by file.

    All of it is read in one transaction and in the order of the names, so that the same book gives the same bytes on
    both databases. Memory does not grow with it; `advance` hears of the rows as they are written. The folder gets its
    name when everything is in it: what a killed export leaves is a hidden folder `.NAME.*.part` beside it.

    The documents are those in the file store; an invoice that was never opened is drawn from the book once it is
    in again. Accounts, sessions, mails, the audit trail, and the recipient and terms that an invoice was issued under
    have no place in this format: a backup of the database keeps those.

    Only for the system. Raises FolderInUse, LostFile, Busy.
    """
    access.require_system()
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUse(folder=folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    try:
        counts = _write(access, unfinished, advance)
        unfinished.replace(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return counts


def _write(access: Access, folder: Path, advance: Advance) -> dict[str, int]:
    counts = dict.fromkeys(FORMATS, 0)
    with ExitStack() as sheets, closing(leaving.blocks(access)) as blocks:
        add = {name: sheets.enter_context(sheet(folder, name)) for name in FORMATS}
        for name, block in blocks:
            add[name](_with_files(folder, block) if name in WITH_PDFS else block)
            rows = len(block[FORMATS[name].key[0]])
            counts[name] += rows
            advance("writing", rows)
    return counts


def _with_files(folder: Path, block: Columns) -> Columns:
    """Documents with the names of their files, which lie in the folder by then."""
    papers = folder / DOCUMENTS_FOLDER
    papers.mkdir(exist_ok=True)
    names = [marked(name, key) for name, key in zip(block["file"], block["sha256"], strict=True)]
    for title, name, key in zip(block["title"], names, block["sha256"], strict=True):
        (papers / name).write_bytes(_content(title, key))
    return {**block, "file": names}


def _content(title: str, key: str) -> bytes:
    try:
        return files.get(key)
    except FileNotFoundError as error:
        raise LostFile(title=title) from error
