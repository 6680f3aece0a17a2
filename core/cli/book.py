"""`import`, `export`, `demo` and `check`: the leasing book, where it comes from and whether it is sound."""

import sys
from datetime import date, datetime
from pathlib import Path

import click

from core import demo as demo_book
from core import schema
from core.access import Access
from core.analysis.frames import RULES, findings
from core.cli import printing
from core.intake.actions import import_book, preview
from core.intake.leaving import export_book
from core.intake.reading import MEGABYTE, open_book
from core.intake.rules.book import Refused
from core.kit import clock
from core.settings import settings


@click.command("import")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
def import_(folder: Path, *, dry_run: bool) -> None:
    """Load a leasing book from the CSV or Excel files in DIR: all of it or nothing.

    docs/import.md describes the files. Loading the same files again changes nothing. Every row that cannot be taken is
    listed with file, row, column and reason; the exit code is then 1 and nothing was written.
    """
    schema.require_current()
    access = Access.system("import")
    source = open_book(folder, largest_document=settings().upload_mb * MEGABYTE)
    if dry_run:
        with printing.progress() as advance:
            verdict = preview(access, source, advance=advance)
        printing.report(verdict.faults)
        printing.counts(verdict.counts, "Dry run, nothing was written. An import would find")
        sys.exit(1 if verdict.faults else 0)
    try:
        with printing.progress() as advance:
            counts = import_book(access, source, advance=advance)
    except Refused as refused:
        printing.report(refused.faults)
        raise
    printing.counts(counts, "Imported:")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def export(folder: Path) -> None:
    """Write the leasing book into DIR, in the files that import reads. DIR must be new or empty."""
    schema.require_current()
    with printing.progress() as advance:
        rows = export_book(Access.system("export"), folder, advance=advance)
    for file, number in rows.items():
        click.echo(f"  {file:<17} {number:>9} rows")
    click.echo(f"Exported: {printing.several(sum(rows.values()), 'row')} to {folder}.")


@click.command()
@click.option("--reset", is_flag=True, help="Empty the demo's database first.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day up to which the book is loaded, such as 2024-04-05. Default: today.",
)
@click.option(
    "--customers",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Add N generated customers with about a thousand due items each.",
)
def demo(*, reset: bool, as_of: datetime | None, customers: int) -> None:
    """Load the fictitious demo book and its accounts.

    On a later day the same command adds what has happened since. Only where PORTAL_MODE is demo, in a database that
    holds nothing but the demo.
    """
    day: date = as_of.date() if as_of else clock.today()
    if reset:
        demo_book.reset()
    schema.migrate()
    with printing.progress() as advance:
        counts = demo_book.load(day, customers=customers, advance=advance)
    printing.counts(counts, f"The demo book stands at {day}:")
    for account in demo_book.ACCOUNTS:
        click.echo(f"  {account.username}  {account.name}: {account.description}")
    click.echo(f"Each signs in with the password {demo_book.PASSWORD}")


@click.command()
def check() -> None:
    """Check the integrity of the data: one line for each finding, and exit code 1 if there is any."""
    schema.require_current()
    found = findings(Access.system("check"), clock.today())
    for finding in found:
        click.echo(str(finding))
    if found:
        raise click.ClickException(f"{printing.several(len(found), 'finding')}.")
    click.echo(f"Clean: all {len(RULES)} rules hold.")


COMMANDS = (import_, export, demo, check)
