"""The worker: sends mails as they arrive, keeps house, and shows that it is alive."""

import threading
from datetime import datetime

import structlog

from core import files, jobs, limits
from core.access import Access
from core.identity import actions as identity
from core.kit import clock
from core.kit.errors import Busy, NoSpace
from core.mail import outbox, sending

JOB = "worker"
BEAT_SECONDS = 10
# A worker that has not been heard of for so long is not working.
SILENT_SECONDS = 60
HOUSEKEEPING = "housekeeping"
HOUSEKEEPING_SECONDS = 3600
_REST_SECONDS = 2.0
_STOP_CHECK_SECONDS = 0.25
_log = structlog.get_logger()


def run(stop: threading.Event) -> None:
    """Work until `stop` is set. A round that fails is logged with its trace, and the next one tries again."""
    while not stop.is_set():
        outbox.arrived.clear()
        if not _round():
            _rest(stop)


def beat() -> None:
    """Note, at most once every BEAT_SECONDS among all workers, that one of them is alive: `jobs.last_run(JOB)`."""
    if jobs.lease(JOB, BEAT_SECONDS):
        jobs.ran(JOB)


def keep_house() -> None:
    """Once an hour, in one worker: forget what nobody needs any more."""
    if jobs.lease(HOUSEKEEPING, HOUSEKEEPING_SECONDS):
        forgotten = forget(Access.system(HOUSEKEEPING), clock.now())
        jobs.ran(HOUSEKEEPING)
        if any(forgotten.values()):
            _log.info("house kept", **forgotten)


def forget(access: Access, now: datetime) -> dict[str, int]:
    """Delete limits, sessions and codes, and files never finished that nobody needs any more; how many of each."""
    return {
        "limits": limits.purge(access, now),
        "sessions_and_codes": identity.purge(access, now),
        "unfinished_files": files.sweep(now - files.UNFINISHED_KEPT),
    }


def _round() -> bool:
    """One round; whether it sent something, so that more may be waiting."""
    try:
        sent = sending.send_due(clock.now())
        beat()
        keep_house()
    except (Busy, NoSpace):
        return False  # the log has it, and the next round tries again
    except Exception:
        _log.exception("a round of the worker failed")
        return False
    return sent > 0


def _rest(stop: threading.Event) -> None:
    """Wait for a mail of this process, for the time of the next look, or for the end."""
    for _ in range(round(_REST_SECONDS / _STOP_CHECK_SECONDS)):
        if stop.is_set() or outbox.arrived.wait(_STOP_CHECK_SECONDS):
            return
