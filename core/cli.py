"""The command line: `python -m core COMMAND`. It reads and prints; what it does stands in the capabilities."""

import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click

from core import demo as demo_book
from core import limits, log, schema
from core import worker as mail_worker
from core.access import Access, Role
from core.analysis.frames import RULES, findings
from core.identity import actions as identity
from core.identity.frames import accounts
from core.intake.actions import Counts, import_book, preview
from core.intake.columns import FORMATS
from core.intake.reading import MEGABYTE, read
from core.intake.rules.book import Fault, Refused
from core.kit import clock
from core.kit.errors import PortalError
from core.locale import DEFAULT, LANGUAGES
from core.mail import sending
from core.settings import settings

FAULTS_SHOWN = 1_000


class Commands(click.Group):
    """A group whose expected errors are one line on stderr and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except PortalError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands)
def portal() -> None:
    """Run and look after the customer portal.

    Settings are environment variables PORTAL_* or lines of a .env file; docs/settings.md lists them.
    """
    log.configure(settings().log_format)
    clock.set_to(settings().clock)


@portal.command()
def migrate() -> None:
    """Bring the database to this version of the portal. Does nothing when it is there."""
    schema.migrate()
    click.echo(f"The database is at revision {schema.newest()}.")


@portal.command("import")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
def import_(folder: Path, *, dry_run: bool) -> None:
    """Load a leasing book from the CSV files in DIR: all of it or nothing.

    docs/import.md describes the files. Loading the same files again changes nothing. Every row that cannot be taken is
    listed with file, row, column and reason; the exit code is then 1 and nothing was written.
    """
    schema.require_current()
    access = Access.system("import")
    with _bar("Reading", len(FORMATS)) as advance:
        book = read(folder, largest_document=settings().upload_mb * MEGABYTE, done=lambda _file: advance(1))
    if dry_run:
        verdict = preview(access, book)
        _report(verdict.faults)
        _print_counts(verdict.counts, "Dry run, nothing was written. An import would find")
        sys.exit(1 if verdict.faults else 0)
    try:
        with _bar("Importing", book.size) as advance:
            counts = import_book(access, book, advance=advance)
    except Refused as refused:
        _report(refused.faults)
        raise
    _print_counts(counts, "Imported:")


@portal.command()
@click.option("--reset", is_flag=True, help="Empty the demo's database first.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day up to which the book is loaded, such as 2024-04-05. Default: today.",
)
def demo(*, reset: bool, as_of: datetime | None) -> None:
    """Load the fictitious demo book and its accounts.

    On a later day the same command adds what has happened since. Only where PORTAL_MODE is demo, in a database that
    holds nothing but the demo.
    """
    day: date = as_of.date() if as_of else clock.today()
    if reset:
        demo_book.reset()
    schema.migrate()
    counts = demo_book.load(day)
    _print_counts(counts, f"The demo book stands at {day}:")
    for account in demo_book.ACCOUNTS:
        click.echo(f"  {account.username}  {account.name}: {account.description}")
    click.echo(f"Each signs in with the password {demo_book.PASSWORD}")


@portal.command()
def check() -> None:
    """Check the integrity of the data: one line for each finding, and exit code 1 if there is any."""
    schema.require_current()
    found = findings(Access.system("check"), clock.today())
    for finding in found:
        click.echo(str(finding))
    if found:
        raise click.ClickException(f"{_several(len(found), 'finding')}.")
    click.echo(f"Clean: all {len(RULES)} rules hold.")


@portal.command()
def worker() -> None:
    """Send mails as they arrive and keep house, until stopped. For installations with PORTAL_WORKER=none."""
    schema.require_current()
    stop = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: stop.set())
    mail_worker.run(stop)


@portal.command()
@click.argument("name", type=click.Choice(["outbox", "housekeeping"]))
def job(name: str) -> None:
    """Do one job of the worker once: send what lies in the outbox, or forget what the limits no longer need."""
    schema.require_current()
    if name == "outbox":
        click.echo(f"Sent: {_several(sending.send_due(clock.now()), 'mail')}.")
    else:
        limits.purge(Access.system("job"), clock.now())
        click.echo("Done.")


@portal.group(cls=Commands)
def account() -> None:
    """Make accounts, change their password or language, list them."""


def _password(ctx: click.Context, _parameter: click.Parameter, from_stdin: bool) -> str:
    if ctx.resilient_parsing:
        return ""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


_with_password = click.option(
    "--password-stdin",
    "password",
    is_flag=True,
    callback=_password,
    help="Read the password from the first line of the standard input instead of asking for it.",
)


@account.command()
@click.argument("username")
@click.option("--customer", metavar="CODE", required=True, help="The code of the customer it is for.")
@click.option("--email", required=True, help="Where its one-time codes go.")
@click.option("--first-name", default="")
@click.option("--last-name", default="")
@click.option("--lang", type=click.Choice(list(LANGUAGES)), default=DEFAULT, show_default=True)
@_with_password
def create(username: str, customer: str, **person: str) -> None:
    """Make an account of a customer that can sign in at once."""
    schema.require_current()
    system = Access.system("account")
    identity.create_account(system, username=username, customer_code=customer, role=Role.CUSTOMER, **person)
    click.echo(f"The account {username} can sign in.")


@account.command("password")
@click.argument("username")
@_with_password
def password_(username: str, password: str) -> None:
    """Set a new password. Whoever is signed in with the account is signed out."""
    schema.require_current()
    identity.set_password(Access.system("account"), username, password)
    click.echo(f"The password of {username} is changed.")


@account.command()
@click.argument("username")
@click.argument("lang", type=click.Choice(list(LANGUAGES)))
def language(username: str, lang: str) -> None:
    """Set the language of an account's pages and mails."""
    schema.require_current()
    identity.set_language(Access.system("account"), username, lang)
    click.echo(f"The language of {username} is {lang}.")


@account.command("list")
def list_() -> None:
    """List the accounts: user name, role, customer, name, address, language, whether disabled."""
    schema.require_current()
    for line in accounts(Access.system("account")):
        cells = (line.username, line.role, line.customer_code, line.name, line.email, line.lang)
        click.echo("\t".join((*cells, "disabled" if line.disabled else "")).rstrip())


@contextmanager
def _bar(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """A progress bar for whoever waits at a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update


def _report(faults: list[Fault]) -> None:
    for fault in sorted(faults)[:FAULTS_SHOWN]:
        click.echo(str(fault))
    if len(faults) > FAULTS_SHOWN:
        click.echo(f"... and {len(faults) - FAULTS_SHOWN} more.")


def _print_counts(counts: Counts, opening: str) -> None:
    """One line for each file, then the sum in words."""
    total: Counter[str] = Counter()
    for file, found in counts.items():
        total.update(found)
        click.echo(f"  {file:<17} " + ", ".join(f"{number:>7} {outcome}" for outcome, number in found.items()))
    refused = f", {_several(total['refused'], 'row')} refused" if "refused" in total else ""
    new = _several(total["new"], "new row")
    click.echo(f"{opening} {new}, {total['changed']} changed, {total['same']} as before{refused}.")


def _several(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
