"""What the tests have done in a process of its own."""

import os
import signal
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import func, select

from core import db
from core.access import Access
from core.identity.tables import Customer
from core.kit import clock
from core.kit.errors import NotFound
from core.settings import settings


def surroundings(*, out: BinaryIO) -> str:
    """The settings, the clock, the database, the priority and the id of the process, as text."""
    with db.reading(Access.system("test")) as connection:
        customers = connection.execute(select(func.count()).select_from(Customer)).scalar_one()
    facts = (settings().company_name, settings().upload_mb, clock.today(), customers, os.nice(0), os.getpid())
    return " ".join(map(str, facts))


def written(content: bytes, *, out: BinaryIO) -> str:
    out.write(content)
    return "written"


def names_in(folder: str, *, out: BinaryIO) -> str:
    """The names of files in a folder while the file is being written."""
    out.write(b"some of it")
    out.flush()
    return " ".join(path.name for path in Path(folder).iterdir())


def killed(*, out: BinaryIO) -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"


def silent(*, out: BinaryIO) -> str:
    """End without a word, as a crash in a library does."""
    os._exit(3)


def search_path(*, out: BinaryIO) -> str:
    return os.environ["PYTHONPATH"]


def waiting(signs_of_life: str, *, out: BinaryIO) -> str:
    """Say that it has begun, then wait to be ended."""
    Path(signs_of_life).write_text("begun", encoding="utf-8")
    signal.pause()
    return "never"


def refused(*, out: BinaryIO) -> str:
    raise NotFound


def broken(*, out: BinaryIO) -> str:
    raise KeyError("a bug")
