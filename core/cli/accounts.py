"""`account`: make accounts, change their password or language, list them."""

import sys

import click

from core import schema
from core.access import Access, Role
from core.identity import actions as identity
from core.identity import frames
from core.locale import DEFAULT, LANGUAGES


@click.group()
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
    for line in frames.accounts(Access.system("account")):
        cells = (line.username, line.role, line.customer_code, line.name, line.email, line.lang)
        click.echo("\t".join((*cells, "disabled" if line.disabled else "")).rstrip())
