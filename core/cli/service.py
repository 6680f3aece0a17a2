"""`migrate`, `worker`, `job` and `doctor`: the running portal."""

import signal
import threading

import click

from core import schema
from core import worker as mail_worker
from core.access import Access
from core.cli import printing
from core.doctor import Verdict, examine
from core.kit import clock
from core.mail import frames as mail
from core.mail import sending


@click.command()
def migrate() -> None:
    """Bring the database to this version of the portal. Does nothing when it is there."""
    schema.migrate()
    click.echo(f"The database is at revision {schema.newest()}.")


@click.command()
def worker() -> None:
    """Send mails as they arrive and keep house, until stopped. For installations with PORTAL_WORKER=none."""
    schema.require_current()
    stop = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: stop.set())
    mail_worker.run(stop)


@click.command()
@click.argument("name", type=click.Choice(["outbox", "housekeeping"]))
def job(name: str) -> None:
    """Do one job of the worker once: send what lies in the outbox, or forget what nobody needs any more."""
    schema.require_current()
    click.echo(_outbox() if name == "outbox" else _housekeeping())


def _outbox() -> str:
    """All that is due, batch by batch; what a server puts off is not due at once."""
    sent = 0
    while batch := sending.send_due(clock.now()):
        sent += batch
    waiting = mail.waiting(Access.system("job"))
    return f"Sent: {printing.several(sent, 'mail')}. Waiting: {printing.several(waiting, 'mail')}."


def _housekeeping() -> str:
    forgotten = mail_worker.forget(Access.system("job"), clock.now())
    return "Forgotten: " + ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in forgotten.items()) + "."


@click.command()
def doctor() -> None:
    """Say what is wrong with this installation and how to mend it; exit code 1 if anything is."""
    wrong = 0
    for verdict in examine():
        for line in _lines(verdict):
            click.echo(f"{line[0]:<8} {verdict.check.name:<17} {line[1]}".rstrip())
        wrong += len(verdict.findings)
    if wrong:
        raise click.ClickException(f"{printing.several(wrong, 'thing')} to mend.")


def _lines(verdict: Verdict) -> list[tuple[str, str]]:
    if verdict.for_want_of:
        return [("left out", f"mend this first: {verdict.for_want_of}")]
    return [("wrong", f"{wrong}. {mend}.") for wrong, mend in verdict.findings] or [("ok", "")]


COMMANDS = (migrate, worker, job, doctor)
