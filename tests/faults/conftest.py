"""Commands that can be killed anywhere, and what must hold after every fault."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import inspect, text

from core import db
from core.access import Access
from core.analysis.frames import findings
from core.kit import clock
from tests.server import ROOT

SYSTEM = Access.system("test")
COPIES = 3
KILLED = -signal.SIGKILL
STATEMENT, COMMIT = "before_cursor_execute", "commit"
Snapshot = dict[str, list[str]]


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit code (-9 when it was killed) and what it printed."""

    code: int
    output: str


@dataclass(frozen=True)
class Commands:
    """Runs commands of the portal on the test's database, in processes of their own."""

    process: subprocess.Popen[str]

    def run(self, *arguments: str, event: str = STATEMENT, nth: int = 0) -> Outcome:
        """Run a command to its end, or kill it at the nth event; 0 never comes."""
        return self._ended(arguments, copies=1, event=event, nth=nth)[0]

    def at_once(self, *arguments: str) -> list[Outcome]:
        """Run a command in several processes that start at the same instant."""
        return self._ended(arguments, copies=COPIES, event=STATEMENT, nth=0)

    def _ended(self, arguments: tuple[str, ...], **order: object) -> list[Outcome]:
        url = db.database().url.render_as_string(hide_password=False)
        environment = {"PORTAL_DATABASE_URL": url, "PORTAL_FILES_URL": os.environ["PORTAL_FILES_URL"]}
        self.process.stdin.write(json.dumps({"arguments": arguments, "environment": environment, **order}) + "\n")
        self.process.stdin.flush()
        return [Outcome(*end) for end in json.loads(self.process.stdout.readline())]

    def killed_everywhere(self, *arguments: str, event: str, stride: int = 1) -> int:
        """Kill a command at every `stride`th event until it survives, with the same rows before and after each kill.

        Returns how often it was killed. The last run ends well, unless the kill before it came after its commit.
        """
        before, times = snapshot(), 0
        while (outcome := self.run(*arguments, event=event, nth=1 + times * stride)).code == KILLED:
            times += 1
            if snapshot() != before:
                return times
        assert (outcome.code, "Traceback" in outcome.output) == (0, False)
        return times


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    """Commands on the database of the test that runs them."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults"],
        cwd=ROOT,
        env=os.environ | {"PORTAL_PASSWORD_ROUNDS": "4", "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Commands(process)


def snapshot() -> Snapshot:
    """Every row of every table that there is."""
    with db.database().engine.connect() as connection:
        present = inspect(connection).get_table_names()
        return {
            name: sorted(map(tuple, connection.execute(text(f'select * from "{name}"'))), key=repr) for name in present
        }


def require_sound() -> None:
    """The invariants that must hold after every fault: the monitor's rules, and what the database says of itself."""
    assert findings(SYSTEM, clock.today()) == []
    if db.database().sqlite:
        with db.reading(SYSTEM) as connection:
            assert connection.execute(text("pragma integrity_check")).scalars().all() == ["ok"]
            assert connection.execute(text("pragma foreign_key_check")).all() == []
