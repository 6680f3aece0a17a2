"""The calendar of due dates as a customer sets it up: make the link, copy it, replace it, revoke it."""

import re

from icalendar import Calendar
from playwright.sync_api import Locator, Page, expect

from core.locale import translations
from tests.browser.checks import settled, sound
from tests.browser.conftest import Person

say = translations("it").gettext


def dialog(page: Page) -> Locator:
    page.get_by_role("button", name=say("Calendar of due dates")).click()
    opened = page.get_by_role("dialog")
    expect(opened).to_be_visible()
    settled(page)
    return opened


def button(opened: Locator, message: str) -> Locator:
    return opened.get_by_role("button", name=say(message), exact=True)


def address(opened: Locator) -> str:
    code = opened.get_by_test_id("stCode")
    expect(code).to_contain_text(re.compile(r"/calendar/[\w-]{43}\.ics"))
    return code.inner_text().strip()


def test_a_link_is_made_copied_replaced_and_revoked(anna: Person) -> None:
    page = anna.sign_in("10096")
    anna.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = dialog(page)
    sound(page)
    button(opened, "Create the link").dblclick()
    first = address(opened)
    sound(page)
    opened.get_by_test_id("stCode").hover()
    opened.get_by_role("button", name="Copia negli appunti").click()
    assert page.evaluate("navigator.clipboard.readText()") == first
    answer = anna.context.request.get(first)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert Calendar.from_ical(answer.body()).events
    button(opened, "Done").click()
    expect(opened).to_be_hidden()

    opened = dialog(page)
    expect(opened.get_by_test_id("stCode")).to_have_count(0)
    sound(page)
    button(opened, "Create a new link").click()
    second = address(opened)
    assert [anna.context.request.get(one).status for one in (first, second)] == [404, 200]
    button(opened, "Revoke").click()
    expect(button(opened, "Create the link")).to_be_visible()
    assert anna.context.request.get(second).status == 404


def test_the_keyboard_is_enough(desktop: Person) -> None:
    page = desktop.sign_in("10095")
    settled(page)
    page.get_by_role("button", name=say("Calendar of due dates")).press("Enter")
    opened = page.get_by_role("dialog")
    button(opened, "Create the link").press("Enter")
    address(opened)
    button(opened, "Revoke").press("Enter")
    button(opened, "Create the link").press("Escape")
    expect(opened).to_be_hidden()
