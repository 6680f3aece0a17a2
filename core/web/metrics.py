"""What `/metrics` tells: counts of this process, and two gauges read from the database when somebody asks."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from core import jobs, worker
from core.access import Access
from core.kit import clock
from core.mail import frames as mail

REGISTRY = CollectorRegistry()
SIGN_INS = Counter("portal_sign_ins", "Sessions begun after a right password and code.", registry=REGISTRY)
REFUSED = Counter("portal_refused", "Requests and sign-in steps refused.", ["reason"], registry=REGISTRY)
DOCUMENTS = Counter("portal_documents", "Documents opened.", registry=REGISTRY)
EXPORTS = Counter("portal_exports", "Workbooks and CSV files exported.", registry=REGISTRY)
CALENDARS = Counter("portal_calendars", "Calendars handed out.", registry=REGISTRY)
BUGS = Counter("portal_unexpected_errors", "Requests that ended in an incident code.", registry=REGISTRY)
_WAITING = Gauge("portal_mails_waiting", "Mails in the outbox still to be sent.", registry=REGISTRY)
_SILENT = Gauge("portal_worker_silent_seconds", "Seconds since the worker last ran; -1 if never.", registry=REGISTRY)


def worker_silent_seconds() -> float | None:
    """Seconds since the worker last ran, at least 0; None if it never has."""
    at = jobs.last_run(worker.JOB)
    return None if at is None else max(0.0, (clock.now() - at).total_seconds())


def text() -> bytes:
    """The metrics in the Prometheus text format."""
    silent = worker_silent_seconds()
    _SILENT.set(-1 if silent is None else silent)
    _WAITING.set(mail.waiting(Access.system("metrics")))
    return generate_latest(REGISTRY)
