"""Runs commands of the portal, each in a fork of its own, and kills it (SIGKILL) at a moment of its choice.

Reads a line of JSON for each command and answers with one: `{"arguments": [...], "environment": {}, "copies": 1,
"event": "commit", "nth": 2}` kills before the second COMMIT is sent, `before_cursor_execute` before a statement; nth 0
never. Copies run at the same instant. One start of Python serves all, so that a command can be killed everywhere.
"""

import io
import json
import os
import signal
import sys
import tempfile
import traceback
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from typing import IO, Any

from sqlalchemy import Engine, event

from core.cli import portal

Order = dict[str, Any]


def _kill_at(name: str, nth: int) -> None:
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, name, count)


def _child(order: Order, output: int, gate: int) -> int:
    text = io.StringIO()
    code: object = 0
    os.environ.update(order["environment"])
    _kill_at(order["event"], order["nth"])
    os.read(gate, 1)
    try:
        with redirect_stdout(text), redirect_stderr(text):
            portal(order["arguments"], prog_name="python -m core")
    except SystemExit as end:
        code = end.code
    except BaseException:
        text.write(traceback.format_exc())
        code = 70
    os.write(output, text.getvalue().encode())
    return int(str(code or 0))


def _started(order: Order, output: int, gate: tuple[int, int]) -> int:
    pid = os.fork()
    if pid == 0:
        os.close(gate[1])
        os._exit(_child(order, output, gate[0]))
    return pid


def _run(order: Order) -> list[tuple[int, str]]:
    """Start all copies of the command, open the gate to them by closing it, and wait until all have ended."""
    gate = os.pipe()
    with ExitStack() as stack:
        outputs = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(order["copies"])]
        started = [(_started(order, output.fileno(), gate), output) for output in outputs]
        os.close(gate[1])
        os.close(gate[0])
        return [(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), _text(output)) for pid, output in started]


def _text(output: IO[bytes]) -> str:
    output.seek(0)
    return output.read().decode()


for line in sys.stdin:
    sys.stdout.write(json.dumps(_run(json.loads(line))) + "\n")
    sys.stdout.flush()
