"""What a process of `core.exports.outside` runs: `python -m core.exports.child FILE_DESCRIPTOR MODULE`."""

import os
import pickle
import sys
import traceback
from importlib import import_module

from core import db, log
from core.exports.outside import Order
from core.kit import clock
from core.settings import settings

_NICENESS = 5  # behind the web process, wherever both want the same core


def main() -> None:
    """Import, wait for the order, do it, say what came of it."""
    os.nice(_NICENESS)
    descriptor, module = sys.argv[1:]
    import_module(module)
    letter = sys.stdin.buffer.read()
    if letter:  # else the web process has ended
        sys.stdout.buffer.write(pickle.dumps(_answer(letter, int(descriptor))))


def _answer(letter: bytes, descriptor: int) -> str | Exception:
    """What the task returned, or why it did not: a bug as its trace, which every process can read."""
    try:
        order: Order = pickle.loads(letter)  # noqa: S301 - from the web process
        _settle(order)
        with os.fdopen(descriptor, "wb") as out:
            return order.task(out=out)
    except Exception as error:
        return log.expected(error) or RuntimeError("".join(traceback.format_exception(error)))


def _settle(order: Order) -> None:
    os.environ.update(order.environment)
    settings.cache_clear()
    log.configure(settings().log_format)
    clock.shift_by(order.shift)
    db.use(order.database)


if __name__ == "__main__":
    main()
