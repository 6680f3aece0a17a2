"""The demo's own pages: where its mails arrive, and who can sign in. In production they do not exist."""

from dataclasses import asdict, dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import demo as book
from core.access import Access
from core.kit.dates import ROME
from core.kit.errors import NotFound
from core.mail import frames
from core.mail.frames import DemoMail
from core.settings import settings
from core.web import pages


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo; `description` is a message of the catalogues."""

    username: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class DemoAccounts:
    """The accounts of the demo and the one password of them all."""

    password: str
    accounts: list[DemoAccount]


def accounts() -> DemoAccounts:
    """Who can sign in to the demo. Raises NotFound in production."""
    _demo_only()
    known = [DemoAccount(one.username, one.name, one.description) for one in book.ACCOUNTS]
    return DemoAccounts(book.PASSWORD, known)


async def mailbox(request: Request) -> Response:
    """GET /mailbox: every mail, newest first."""
    mails = [(mail, mail.at.astimezone(ROME)) for mail in await _mails()]
    return pages.render("mailbox.html", request, mails=mails)


async def mailbox_json(_request: Request) -> Response:
    """GET /mailbox.json: the same for programs; `at` is in UTC."""
    mails = await _mails()
    return JSONResponse(
        [{"to": mail.to, "subject": mail.subject, "text": mail.text, "at": mail.at.isoformat()} for mail in mails]
    )


async def demo_json(_request: Request) -> Response:
    """GET /demo.json: the accounts and their password."""
    return JSONResponse(asdict(await run_in_threadpool(accounts)))


async def _mails() -> list[DemoMail]:
    _demo_only()
    return await run_in_threadpool(lambda: frames.mailbox(Access.system("mailbox")))


def _demo_only() -> None:
    if not settings().demo:
        raise NotFound


ROUTES = [
    Route("/mailbox", mailbox, methods=["GET"]),
    Route("/mailbox.json", mailbox_json, methods=["GET"]),
    Route("/demo.json", demo_json, methods=["GET"]),
]
