"""Checks of what happens all the time: mails leave, and the worker lives."""

from collections.abc import Iterator
from datetime import timedelta

from core import jobs
from core import worker as mail_worker
from core.access import Access
from core.doctor.findings import Finding
from core.kit import clock
from core.mail import frames, transport
from core.settings import settings

SMTP_SECONDS = 3
LONGEST_WAIT = timedelta(minutes=10)
FAILED_SINCE = timedelta(days=7)
LONGEST_SILENCE = timedelta(seconds=mail_worker.SILENT_SECONDS)
_START = "Start the portal, or with PORTAL_WORKER=none python -m core worker"


def mail_server() -> None:
    """A mail server that lets us in; the demo may do without one. Raises what the server or the network says."""
    transport.greet(SMTP_SECONDS)


def outbox() -> Iterator[Finding]:
    """Mails leave within minutes, and none is refused."""
    now = clock.now()
    state = frames.outbox(Access.system("doctor"), now - FAILED_SINCE)
    if state.oldest is not None and now - state.oldest > LONGEST_WAIT:
        minutes = (now - state.oldest) // timedelta(minutes=1)
        yield Finding(f"mails waiting: {state.waiting}, the oldest for {minutes} min", "See worker and mail server")
    if state.failed:
        yield Finding(f"mails given up in the last week: {state.failed}", "Look for 'mail not sent' in the log")


def worker() -> Iterator[Finding]:
    """Somebody sends the mails: the portal itself, or a worker beside it.

    With PORTAL_CLOCK its clock started when it did, ours starts now: how long it has been silent cannot be told.
    """
    last = jobs.last_run(mail_worker.JOB)
    if last is None:
        yield Finding("the worker has never run", _START)
    elif not settings().clock and abs(clock.now() - last) > LONGEST_SILENCE:
        yield Finding(f"the worker has been silent since {last:%Y-%m-%d %H:%M:%S} UTC", _START)
