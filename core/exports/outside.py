"""Large files are made outside the web process, so that everybody else's pages stay quick meanwhile.

A small pool: at most two processes at work, each for one file, which it writes without a name, so that nothing is left
whoever is killed. After the first file a further process, its imports done, waits for the next one to be asked for.
"""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import BinaryIO

from core import db, log
from core.exports.made import Made
from core.kit import clock
from core.kit.errors import N_, PortalError
from core.settings import ROOT, settings

_AT_ONCE = 2
# Far beyond the largest file: what has not ended by then never will.
_LONGEST_SECONDS = 3600
# What ends a process that did nothing wrong: the system short of memory, or whoever looks after it.
_ENDED_BY_OTHERS = {-signal.SIGKILL, -signal.SIGTERM}
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
class _Asked:
    """An order, who it is for, and where the file is awaited."""

    order: Order
    owner: Hashable
    future: Future[Made] = field(default_factory=Future)


@dataclass(frozen=True, slots=True, eq=False)
class _Child:
    """A process that does one order, the unnamed file that it writes to, and a pipe with whose end it ends."""

    process: subprocess.Popen[bytes]
    out: BinaryIO
    lifeline: BinaryIO
    module: str

    def end(self) -> None:
        with self.process:  # closes its pipes too
            self.process.kill()
            self.out.close()
            self.lifeline.close()


def _start(module: str) -> _Child:
    """A process that imports `module` and waits for its order."""
    theirs, ours = os.pipe()
    with os.fdopen(theirs, "rb"), ExitStack() as undone:
        lifeline = undone.enter_context(os.fdopen(ours, "wb"))
        out = undone.enter_context(tempfile.TemporaryFile())
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", "core.exports.child", str(out.fileno()), str(theirs), module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[out.fileno(), theirs],
            env=os.environ | {"PYTHONPATH": _search_path()},
            start_new_session=True,  # an interrupt at the terminal is for the portal, which ends its processes itself
        )
        undone.pop_all()
        return _Child(process, out, lifeline, module)


def _search_path() -> str:
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))


def _spare(module: str) -> _Child | None:
    try:
        return _start(module)
    except OSError as error:
        log.logger.warning("no process can be kept ready for the next export", error=str(error))
        return None


@dataclass(slots=True)
class _Pool:
    """The orders, the threads that wait for the processes, the processes at work, and the one that waits for work."""

    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, "export"))
    waiting: list[_Asked] = field(default_factory=list)
    served: set[Hashable] = field(default_factory=set)
    at_work: set[_Child] = field(default_factory=set)
    spare: _Child | None = None
    ended: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, asked: _Asked) -> None:
        with self.lock:
            self.waiting.append(asked)
        self.threads.submit(_work, self)

    def turn(self) -> _Asked | None:
        """The next order: the oldest of those whose owner has no other one at work."""
        with self.lock:
            asked = next((one for one in self.waiting if one.owner is None or one.owner not in self.served), None)
            if asked is not None:
                self.waiting.remove(asked)
                self.served.add(asked.owner)
            return asked

    def turn_over(self, asked: _Asked) -> None:
        with self.lock:
            self.served.discard(asked.owner)

    def take(self, module: str) -> _Child:
        with self.lock:
            if self.ended:
                raise Unfinished
            child, self.spare = self.spare, None
            # One that could not import its module would say so in answer to another's order.
            if child is not None and (child.process.poll() is not None or child.module != module):
                child.end()
                child = None
            child = child or _start(module)
            self.at_work.add(child)
            return child

    def give_back(self, child: _Child, module: str) -> None:
        with self.lock:
            self.at_work.discard(child)
            if self.spare is None and not self.ended:
                self.spare = _spare(module)

    def end(self) -> None:
        with self.lock:
            self.ended = True
            left, self.waiting = self.waiting, []
            for child in self.at_work:
                child.process.kill()
            if self.spare is not None:
                self.spare.end()
        for asked in left:
            asked.future.cancel()
        self.threads.shutdown()


_pool = _Pool()


def submit(task: Task, owner: Hashable = None) -> Future[Made]:
    """Have a file made outside. An `owner` has one at work at a time, whatever else they ask for.

    The future raises the task's PortalError, Unfinished if the process was killed or takes far too long, RuntimeError
    with the trace of anything else.
    """
    database = db.database().url.render_as_string(hide_password=False)
    asked = _Asked(Order(task, settings().environment, database, clock.shift()), owner)
    _pool.ask(asked)
    return asked.future


def end() -> None:
    """End every process and forget what is waiting for one; the next order begins anew."""
    global _pool
    ended, _pool = _pool, _Pool()
    ended.end()


def _work(pool: _Pool) -> None:
    """What a thread does: orders, until there is none for it. One left for its owner's sake is done after theirs."""
    while (asked := pool.turn()) is not None:
        try:
            if asked.future.set_running_or_notify_cancel():
                asked.future.set_result(_made(pool, asked.order))
        except Exception as error:
            asked.future.set_exception(error)
        finally:
            pool.turn_over(asked)


def _made(pool: _Pool, order: Order) -> Made:
    module = getattr(order.task, "func", order.task).__module__
    child = pool.take(module)
    try:
        letter = _letter(child.process, order)
        if not letter:
            raise _silence(pool, child.process.returncode)
        return Made.of(_answer(letter), child.out)
    finally:
        child.end()
        pool.give_back(child, module)


def _letter(process: subprocess.Popen[bytes], order: Order) -> bytes:
    """What the process says in the end; nothing if it was ended before."""
    try:
        return process.communicate(pickle.dumps(order), _LONGEST_SECONDS)[0]
    except subprocess.TimeoutExpired:
        log.logger.error("a file takes too long to make: its process is ended", seconds=_LONGEST_SECONDS)
        process.kill()
        process.communicate()
        return b""


def _silence(pool: _Pool, code: int) -> Exception:
    """The error for a process that ended without a word: a bug, unless it was ended."""
    if pool.ended:
        return Unfinished()
    log.logger.error("a process ended before its file was made", returncode=code)
    if code in _ENDED_BY_OTHERS:
        return Unfinished()
    return RuntimeError(f"a process that made a file ended with {code} and without a word")


def _answer(letter: bytes) -> str:
    answer: str | Exception = pickle.loads(letter)  # noqa: S301 - from a process of our own
    if isinstance(answer, Exception):
        raise answer
    return answer
