"""Large files are made outside the web process, so that everybody else's pages stay quick meanwhile.

A small pool: at most two processes at work, each for one file, which it writes without a name, so that nothing is left
whoever is killed. After the first file a further process, its imports done, waits for the next one to be asked for.
"""

import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import BinaryIO

from core import db
from core.exports.made import Made
from core.kit import clock
from core.kit.errors import N_, PortalError
from core.settings import ROOT, settings

_AT_ONCE = 2
# A function of a module, or a partial of one: called with `out=`, a file to write to, it returns the file's name.
Task = Callable[..., str]


class Unfinished(PortalError):
    """The process that was making a file ended before it had."""

    message = N_("The file could not be made. Try again in a moment.")


@dataclass(frozen=True, slots=True)
class Order:
    """What a process has to do, and the settings, the database and the clock of the process that asks."""

    task: Task
    environment: dict[str, str]
    database: str
    shift: timedelta


@dataclass(frozen=True, slots=True, eq=False)
class _Child:
    """A process that does one order, and the unnamed file that it writes to."""

    process: subprocess.Popen[bytes]
    out: BinaryIO

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.out.close()


def _start(module: str) -> _Child:
    """A process that imports `module` and waits for its order."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed by who takes it
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-P", "-m", "core.exports.child", str(out.fileno()), module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=[out.fileno()],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,  # an interrupt at the terminal is for the portal, which ends its processes itself
    )
    return _Child(process, out)


@dataclass(slots=True)
class _Pool:
    """The threads that wait for the processes, the processes at work, and the one that waits for work."""

    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, "export"))
    at_work: set[_Child] = field(default_factory=set)
    spare: _Child | None = None
    ended: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, module: str) -> _Child:
        with self.lock:
            if self.ended:
                raise Unfinished
            child, self.spare = self.spare, None
            if child is not None and child.process.poll() is not None:
                child.end()
                child = None
            child = child or _start(module)
            self.at_work.add(child)
            return child

    def give_back(self, child: _Child, module: str) -> None:
        with self.lock:
            self.at_work.discard(child)
            if self.spare is None and not self.ended:
                self.spare = _start(module)

    def end(self) -> None:
        self.threads.shutdown(wait=False, cancel_futures=True)
        with self.lock:
            self.ended = True
            for child in self.at_work:
                child.process.kill()
            if self.spare is not None:
                self.spare.end()


_pool = _Pool()


def submit(task: Task) -> Future[Made]:
    """Have a file made outside.

    The future raises the task's PortalError, Unfinished if the process was killed, RuntimeError with the trace of
    anything else.
    """
    database = db.database().url.render_as_string(hide_password=False)
    order = Order(task, settings().environment, database, clock.shift())
    return _pool.threads.submit(_made, _pool, order)


def end() -> None:
    """End every process and forget what is waiting for one; the next order begins anew."""
    global _pool
    ended, _pool = _pool, _Pool()
    ended.end()


def _made(pool: _Pool, order: Order) -> Made:
    module = getattr(order.task, "func", order.task).__module__
    child = pool.take(module)
    try:
        name = _answer(child.process.communicate(pickle.dumps(order))[0])
        return Made.of(name, child.out)
    finally:
        child.out.close()
        pool.give_back(child, module)


def _answer(letter: bytes) -> str:
    if not letter:
        raise Unfinished
    answer: str | Exception = pickle.loads(letter)  # noqa: S301 - from a process of our own
    if isinstance(answer, Exception):
        raise answer
    return answer
