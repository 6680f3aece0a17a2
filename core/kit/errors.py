"""Expected errors. Each carries a message key (a short English sentence of the catalogue) and its parameters.

Anything else that is raised is a bug: the user sees an incident code, the log has the trace.
"""


def N_(message: str) -> str:
    """Mark a message for the catalogue; it is translated where it is shown."""
    return message


class PortalError(Exception):
    """An expected error: `message` is translated by the shell with `params`."""

    message = N_("Something is not right with this request.")

    def __init__(self, message: str | None = None, **params: object) -> None:
        self.message = message or type(self).message
        self.params = params
        super().__init__(self.message % params if params else self.message)


class NotFound(PortalError):
    """The row does not exist, is another customer's, or needs a grant the account lacks: never told apart."""

    message = N_("What you are looking for does not exist.")


class SessionEnded(PortalError):
    """There is no live session behind the request."""

    message = N_("The session has ended. Sign in again.")


class WrongCredentials(PortalError):
    """The user name or the password is wrong; the text never says which."""

    message = N_("Wrong user name or password.")


class WrongCode(PortalError):
    """The one-time code is wrong."""

    message = N_("The code is wrong. Attempts left: %(left)s.")


class CodeEnded(PortalError):
    """The one-time code is used, too old, or tried too often: sign-in starts again."""

    message = N_("The code is no longer valid. Start again.")


class TooMany(PortalError):
    """A limit was reached; `seconds` says how long to wait."""

    message = N_("Too many attempts. Try again in %(minutes)s min.")

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(minutes=max(1, -(-seconds // 60)))


class TooSoon(TooMany):
    """Something was asked for again before its time; nothing was tried too often."""

    message = N_("A new code can be asked for in %(minutes)s min.")


class Busy(PortalError):
    """Others were in the way for too long; `seconds` says when to try again."""

    message = N_("The portal is busy. Try again in a moment.")
    seconds = 5


class NoSpace(PortalError):
    """The disk of the database, of the files or of temporary files is full; what was begun is undone."""

    message = N_("The portal cannot save right now: there is no space left. Nothing was changed.")


class TooManyRows(PortalError):
    """An export is above the row limit of the workbook."""

    message = N_("The export has %(rows)s rows, more than the %(limit)s of an Excel file.")


class TooManyInvoices(PortalError):
    """A ZIP file of invoices is above its limit."""

    message = N_(
        "There are %(invoices)s invoices here, more than the %(limit)s of a ZIP file. Choose a shorter period."
    )


class TooLarge(PortalError):
    """A ZIP file of invoices grows above its limit."""

    message = N_("These invoices take more than the %(limit)s MB of a ZIP file. Choose a shorter period.")


class WrongPeriod(PortalError):
    """No period can be made of two days: the first is after the last, unless another message says what else."""

    message = N_("The first day is after the last one. Choose the two dates again.")


class Misconfigured(PortalError):
    """The installation cannot start as it is set up."""

    message = N_("The installation is not set up: %(reason)s")
