"""What a process of `core.exports.outside` runs: `python -m core.exports.child OUT LIFELINE MODULE`.

OUT and LIFELINE are the descriptors of the file to write and of a pipe that ends with the web process.
"""

import os
import pickle
import sys
import threading
import traceback
from importlib import import_module

from core import db, log
from core.exports.outside import Order
from core.kit import clock
from core.settings import settings

_NICENESS = 5  # behind the web process, wherever both want the same core


def main() -> None:
    """Import, wait for the order, do it, say what came of it; end at once if the web process does."""
    os.nice(_NICENESS)
    out, lifeline, module = sys.argv[1:]
    threading.Thread(target=_end_with, args=(int(lifeline),), daemon=True).start()
    sys.stdout.buffer.write(pickle.dumps(_answer(module, int(out))))


def _end_with(lifeline: int) -> None:
    os.read(lifeline, 1)  # nothing is ever written to it
    os._exit(1)


def _answer(module: str, descriptor: int) -> str | Exception:
    """What the task returned, or why it did not: a bug as its trace, which every process can read."""
    try:
        import_module(module)
        letter = sys.stdin.buffer.read()
        if not letter:
            sys.exit()  # the web process has ended
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
