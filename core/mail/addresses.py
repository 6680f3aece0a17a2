"""What counts as one mail address: exactly one mailbox, no display name, nothing that could start a header."""

from email_validator import EmailNotValidError, validate_email

from core.kit.errors import N_, PortalError


class NotOneAddress(PortalError):
    """The text is not exactly one mail address."""

    message = N_("Write one e-mail address, such as name@company.it.")


def one_address(text: str) -> str:
    """The address of a text in the form mail servers take (international domains in ASCII). No DNS is asked.

    Raises NotOneAddress, also for `a@b.it, c@d.it` and for line breaks.
    """
    try:
        address = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise NotOneAddress from error
    return address.ascii_email or address.normalized
