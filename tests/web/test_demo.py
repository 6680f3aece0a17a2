from core.kit import clock
from tests.people import Person
from tests.web.conftest import PASSWORD, Browser, new_browser


def test_the_mailbox_shows_the_newest_mail_first(anna: Person, carla: Person, stranger: Browser) -> None:
    clock.set_to("2026-11-20T09:41:00+01:00")
    stranger.post("/login", username="10093", password=PASSWORD)
    new_browser().post("/login", username="10094", password=PASSWORD)
    mails = stranger.fetch("/mailbox.json").json()
    assert [mail["to"] for mail in mails] == ["10094@pec.example", "10093@pec.example"]
    assert set(mails[0]) == {"to", "subject", "text", "at"}
    assert mails[0]["at"].startswith("2026-11-20T08:41:")
    page = stranger.get("/mailbox").text
    assert page.index("10094@pec.example") < page.index("10093@pec.example")
    assert "20/11/2026 09:41" in page


def test_the_mailbox_is_plain_text(stranger: Browser) -> None:
    assert "<script" not in stranger.get("/mailbox").text


def test_the_accounts_are_the_fixed_ones(stranger: Browser) -> None:
    demo = stranger.fetch("/demo.json").json()
    assert set(demo) == {"password", "accounts"}
    assert {"10093"} <= {account["username"] for account in demo["accounts"]}
    assert all(set(account) == {"username", "name", "description"} for account in demo["accounts"])
