"""The way a mail leaves: an SMTP server, or in a demo without one the demo mailbox, which reads the outbox itself."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from core.settings import settings

TIMEOUT_SECONDS = 10
PERMANENT = 500


class Refused(Exception):
    """The server will never take this mail (a reply of the 5xx kind to its sender, recipient or content)."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


def send(message: EmailMessage) -> None:
    """Hand a mail to the server of PORTAL_SMTP_URL; without one the demo keeps it in its mailbox.

    Raises Refused, or OSError and SMTPException where a later try may go through.
    """
    if not settings().smtp_url:
        return
    try:
        with _connected(urlsplit(settings().smtp_url)) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code = max(reply[0] for reply in error.recipients.values())
        raise (Refused(code) if code >= PERMANENT else error) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise (Refused(error.smtp_code) if error.smtp_code >= PERMANENT else error) from error


def greet(seconds: float) -> None:
    """Knock at the server of PORTAL_SMTP_URL and sign in, for at most so long; nothing without one.

    Raises OSError and SMTPException.
    """
    if settings().smtp_url:
        with _connected(urlsplit(settings().smtp_url), seconds) as server:
            server.ehlo_or_helo_if_needed()


def _connected(url: SplitResult, seconds: float = TIMEOUT_SECONDS) -> smtplib.SMTP:
    """A connection to `smtp://user:password@host:port?starttls=1` or `smtps://...`, signed in if the URL says how."""
    host, context = url.hostname or "localhost", ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, url.port or smtplib.SMTP_SSL_PORT, timeout=seconds, context=context
        )
    else:
        server = smtplib.SMTP(host, url.port or smtplib.SMTP_PORT, timeout=seconds)
    try:
        if parse_qs(url.query).get("starttls") == ["1"]:
            server.starttls(context=context)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        server.close()
        raise
    return server
