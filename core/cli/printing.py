"""What commands print: progress at a terminal, the faults of a book, counts in words."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from core.intake.blocks import Advance, silent
from core.intake.rules.book import Fault

FAULTS_SHOWN = 1_000


@contextmanager
def progress() -> Iterator[Advance]:
    """A line for each phase of long work, counting its rows, for whoever waits at a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield silent
        return
    done: Counter[str] = Counter()

    def advance(phase: str, rows: int) -> None:
        opening = "\r" if phase in done else "\n" if done else ""
        done[phase] += rows
        counted = f": {done[phase]:,} rows" if done[phase] else " ..."
        click.echo(f"{opening}{phase.capitalize()}{counted}", nl=False, err=True)

    try:
        yield advance
    finally:
        if done:
            click.echo(err=True)


def report(faults: list[Fault]) -> None:
    """One line for each fault, in order, up to FAULTS_SHOWN of them."""
    for fault in sorted(faults)[:FAULTS_SHOWN]:
        click.echo(str(fault))
    if len(faults) > FAULTS_SHOWN:
        click.echo(f"... and {len(faults) - FAULTS_SHOWN} more.")


def counts(found: Mapping[str, Mapping[str, int]], opening: str) -> None:
    """One line for each file, then the sum in words."""
    total: Counter[str] = Counter()
    for file, outcomes in found.items():
        total.update(outcomes)
        click.echo(f"  {file:<17} " + ", ".join(f"{number:>7} {outcome}" for outcome, number in outcomes.items()))
    refused = f", {several(total['refused'], 'row')} refused" if "refused" in total else ""
    new = several(total["new"], "new row")
    click.echo(f"{opening} {new}, {total['changed']} changed, {total['same']} as before{refused}.")


def several(number: int, noun: str) -> str:
    """A number and its noun: 1 mail, 2 mails."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
