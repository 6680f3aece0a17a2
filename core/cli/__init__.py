"""The command line: `python -m core COMMAND`. It reads and prints; what it does stands in the capabilities."""

import click

from core import log
from core.cli import accounts, book, service
from core.kit import clock
from core.kit.errors import PortalError
from core.settings import settings


class Commands(click.Group):
    """A group whose expected errors are one line on stderr and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (PortalError, OSError) as error:
            expected = log.expected(error)
            if expected is None:
                raise
            raise click.ClickException(str(expected)) from error


@click.group(cls=Commands)
@click.pass_context
def portal(ctx: click.Context) -> None:
    """Run and look after the customer portal.

    Settings are environment variables PORTAL_* or lines of a .env file; docs/settings.md lists them.
    """
    if ctx.invoked_subcommand == service.doctor.name:  # it looks at the settings itself, whatever they are
        log.configure("text")
        return
    log.configure(settings().log_format)
    clock.set_to(settings().clock)


for command in (*service.COMMANDS, *book.COMMANDS, accounts.account):
    portal.add_command(command)
