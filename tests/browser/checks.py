"""What every page keeps to, whatever it shows: for all readers, for thumbs, no wider than the screen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

NBSP = "\xa0"
PHONE, THUMB = 640, 44
_GRAVE = {"serious", "critical"}
# The order of headings is no grave fault for axe, but a rule of the portal.
_RULES = {"heading-order"}
_SMALL = """
least => [...document.querySelectorAll(
  ':is([data-testid=stMain], [role=dialog]) :is(a, button, [role=radio], [role=combobox], [type=search])')]
  .map(target => [target.getBoundingClientRect(), target])
  .filter(([box]) => box.width > 1 && box.height > 1 && box.height < least - 0.5)
  .map(([box, target]) => `${Math.round(box.height)} px: ${target.outerHTML.slice(0, 120)}`)
"""


def settled(page: Page) -> None:
    """The script has run and the page is drawn."""
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)


def grave(page: Page) -> list[str]:
    """Accessibility findings that are serious or critical, and headings that leave out a level."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in _GRAVE or one["id"] in _RULES
    ]


def sideways(page: Page) -> int:
    """How far the document can be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def small(page: Page) -> list[str]:
    """What a phone shows smaller than a thumb needs it."""
    return page.evaluate(_SMALL, THUMB) if page.viewport_size["width"] < PHONE else []


def sound(page: Page) -> None:
    """The page is drawn, and keeps to all of this."""
    settled(page)
    assert grave(page) == []
    assert sideways(page) <= 0
    assert small(page) == []
