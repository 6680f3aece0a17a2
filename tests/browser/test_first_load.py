"""What the browser fetches, and when: ahead on the sign-in pages, nothing later."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Person

# Of the files of the page and its scripts: those that came over the wire, not from what was fetched ahead.
_FETCHED = """() => performance.getEntriesByType("resource")
  .filter((entry) => entry.transferSize > 0 && /[/](static|assets)[/]/.test(entry.name)).map((entry) => entry.name)"""


def quiet(page: Page) -> None:
    """The page is drawn and the network still."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_load_state("networkidle")


def test_after_the_sign_in_pages_no_file_is_left_to_fetch(desktop: Person) -> None:
    page = desktop.page
    page.goto(f"{desktop.portal.url}/login", wait_until="networkidle")
    page.locator("input[name=username]").fill("10093")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/login/code", wait_until="networkidle")
    assert page.evaluate(_FETCHED) == []
    page.locator("input[name=code]").fill(desktop.code())
    page.locator("input[name=code]").press("Enter")
    expect(page.get_by_text("30/04/24").first).to_be_visible()
    quiet(page)
    assert page.evaluate(_FETCHED) == []

    page.get_by_role("link", name="Vai a Fatture e pagamenti").first.click()
    expect(page.locator("table tbody tr")).to_have_count(25)
    quiet(page)
    assert page.evaluate(_FETCHED) == []


def test_a_deep_link_is_drawn_without_asking_first_where_the_server_is(desktop: Person) -> None:
    desktop.sign_in("10093")
    page, asked, held = desktop.context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url.removeprefix(desktop.portal.url)))
    page.route("**/_stcore/*", lambda route: held.append(route))  # noqa: PLW0108 - it keeps a note on its handlers
    page.goto(f"{desktop.portal.url}/invoices")
    expect(page.locator("table tbody tr")).to_have_count(25)
    assert len(held) == 2
    for question in held:
        question.continue_()
    quiet(page)
    assert [path for path in asked if path.startswith("/invoices/")] == []
    expect(page).to_have_url(f"{desktop.portal.url}/invoices")
