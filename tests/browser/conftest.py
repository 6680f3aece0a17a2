"""A browser in front of a real portal on the golden date; every page is watched for errors and foreign requests."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.server import Server, running

GOLDEN_DAY = "2024-04-05"
PASSWORD = "Canone-demo-2026"
# A busy machine draws slowly; nobody waits that long where all is well.
PATIENCE_MS = 30_000
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests share one worker, if there are any, and come last: the browser's loop stays in their thread."""
    shared = config.pluginmanager.hasplugin("xdist")
    for item in filter(_in_browser, items):
        item.add_marker(pytest.mark.browser)
        if shared:
            item.add_marker(pytest.mark.xdist_group("browser"))
    items.sort(key=_in_browser)


def _in_browser(item: pytest.Item) -> bool:
    return "tests/browser" in str(item.path)


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo on the golden date."""
    with running(tmp_path_factory.mktemp("portal"), PORTAL_CLOCK=GOLDEN_DAY) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without one these tests are skipped, which CI does not accept."""
    path = chromium()
    if path is None:
        assert os.environ.get("CI") != "true", "CI needs Chromium"
        pytest.skip("no Chromium found: install it to run the browser walks")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        engine = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield engine
        engine.close()


@dataclass
class Watch:
    """What went wrong in a browser: console errors, page errors, requests and sockets to other hosts."""

    origin: str
    faults: list[str] = field(default_factory=list)

    def attach(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", lambda socket: self._asked(socket.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlsplit(self.origin).netloc:
            self.faults.append(f"foreign request: {url}")


@dataclass
class Person:
    """Somebody at a browser."""

    context: BrowserContext
    page: Page
    portal: Server
    watch: Watch

    def code(self) -> str:
        """The newest code in the mailbox."""
        mails = self.context.request.get(f"{self.portal.url}/mailbox.json").json()
        return re.search(r"\b\d{6}\b", mails[0]["text"])[0]

    def sign_in(self, username: str, path: str = "/") -> Page:
        """Password, code, and on to the page that was asked for."""
        self.page.goto(f"{self.portal.url}{path}")
        self.page.locator("input[name=username]").fill(username)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("input[name=password]").press("Enter")
        self.page.locator("input[name=code]").fill(self.code())
        self.page.locator("input[name=code]").press("Enter")
        self.page.get_by_role("heading", level=1).wait_for()
        return self.page


EVERY_VIEW = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


def named(view: tuple[int, str]) -> str:
    width, scheme = view
    return f"{width}-{scheme}"


@pytest.fixture(params=[EVERY_VIEW[0], EVERY_VIEW[3]], ids=named)
def view(request: pytest.FixtureRequest) -> tuple[int, str]:
    """Width and colour scheme: each of both once; `EVERY_VIEW` has what they make together."""
    return request.param


def _person(browser: Browser, portal: Server, width: int, scheme: str) -> Person:
    phone = width < 640
    context = browser.new_context(
        viewport={"width": width, "height": 844 if phone else 900},
        color_scheme=scheme,
        locale="it-IT",
        timezone_id="Europe/Rome",
        has_touch=phone,
        is_mobile=phone,
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE_MS)
    watch = Watch(portal.url)
    context.on("page", watch.attach)
    return Person(context, context.new_page(), portal, watch)


@pytest.fixture
def anna(browser: Browser, portal: Server, view: tuple[int, str]) -> Iterator[Person]:
    """Somebody at a browser of each width and colour scheme; faults fail the test."""
    person = _person(browser, portal, *view)
    yield person
    person.context.close()
    assert person.watch.faults == []


@pytest.fixture
def desktop(browser: Browser, portal: Server) -> Iterator[Person]:
    """Somebody at a wide screen; faults fail the test."""
    person = _person(browser, portal, 1280, "light")
    yield person
    person.context.close()
    assert person.watch.faults == []
