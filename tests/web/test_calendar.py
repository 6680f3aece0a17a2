"""GET /calendar/{token}.ics: what a calendar program gets, and what anybody else does not."""

from datetime import date, timedelta

import httpx
import pytest
from icalendar import Calendar
from sqlalchemy import delete, update
from structlog.testing import capture_logs

from core import db, keys
from core.billing import frames as billing
from core.billing.tables import DueItem
from core.identity import actions
from core.identity.tables import Account
from core.kit import clock
from core.locale import translations
from core.settings import settings
from tests.people import SYSTEM, Person
from tests.web.conftest import ORIGIN, Browser, actions_of, new_browser

TODAY = "2024-04-05T12:00:00"
NBSP = "\xa0"
say = translations("it").gettext
GARBAGE = ["x", "a" * 43, "a" * 5_000, "%00", "%ED%A0%80", "a%2Fb", "x.ics"]


@pytest.fixture
def token(anna: Person) -> str:
    """The secret of Anna's calendar, in which a rent is overdue, two are due together, and a contract ends."""
    clock.set_to(TODAY)
    contract = anna.contract("91207", product="Beni; mobili, vari")
    invoice = anna.invoice(contract, "12/2024", date(2024, 3, 1))
    anna.item(contract, 1, date(2024, 3, 31), 10_000, invoice_id=invoice)
    anna.item(contract, 2, date(2024, 4, 30), 189_851)
    anna.item(contract, 3, date(2024, 5, 31), 10_000)
    anna.item(contract, 1, date(2024, 5, 31), 5_000, kind="RISCATTO", method="BONIFICO")
    return opened(anna)


def opened(person: Person) -> str:
    fresh = keys.new_token()
    actions.open_feed(person.access, fresh)
    return fresh


def asked(browser: Browser, token: str, method: str = "GET", **headers: str) -> httpx.Response:
    return browser.fetch(f"/calendar/{token}.ics", method, **headers)


def events(response: httpx.Response) -> list[tuple[date, str, str]]:
    calendar = Calendar.from_ical(response.content)
    return [(event.start, str(event["SUMMARY"]), str(event["DESCRIPTION"])) for event in calendar.events]


def rent(number: int) -> str:
    return say("Rent %(number)s") % {"number": number}


def to_pay(amount: str) -> str:
    return say("To pay: %(amount)s, VAT included") % {"amount": f"{amount}{NBSP}€"}


def change(**values: object) -> None:
    with db.transaction(SYSTEM) as connection:
        connection.execute(update(Account).values(values))


def test_a_calendar_program_gets_the_days_without_a_session(stranger: Browser, token: str) -> None:
    response = asked(stranger, token)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    contract, link = (
        say("contract %(number)s") % {"number": "91207"},
        f"{settings().public_url}/invoices?contract=91207",
    )
    debit = f"{say('Payment')}: {say('SEPA direct debit')}\n{link}"
    assert events(response) == [
        (
            date(2024, 3, 31),
            f"{say('Overdue')} · {rent(1)} · {contract} · 122,00{NBSP}€",
            f"{to_pay('122,00')}\n{debit}",
        ),
        (
            date(2024, 4, 30),
            f"{rent(2)} · {contract} · 2.316,18{NBSP}€",
            f"{to_pay('2.316,18')}\n{debit}",
        ),
        (
            date(2024, 5, 31),
            f"2 scadenze · {contract} · 183,00{NBSP}€",
            f"Valore residuo · 61,00{NBSP}€\n{rent(3)} · 122,00{NBSP}€\n{to_pay('183,00')}\n"
            f"{say('Payment')}: {say('Bank transfer')}, {say('SEPA direct debit')}\n{link}",
        ),
        (
            date(2028, 2, 1),
            f"{say('End of contract %(number)s') % {'number': '91207'}} · Beni; mobili, vari",
            f"{settings().public_url}/contracts?contract=91207",
        ),
    ]


def test_the_calendar_has_a_name_and_disturbs_nobody(stranger: Browser, token: str) -> None:
    response = asked(stranger, token)
    calendar = Calendar.from_ical(response.content)
    assert (
        calendar["X-WR-CALNAME"] == calendar["NAME"] == say("Due dates · %(company)s") % {"company": "Aurora Leasing"}
    )
    for property_ in (b"REFRESH-INTERVAL;VALUE=DURATION", b"X-PUBLISHED-TTL"):
        assert b"\r\n%s:PT12H\r\n" % property_ in response.content
    assert {event["TRANSP"] for event in calendar.events} == {"TRANSPARENT"}
    assert calendar.walk("VALARM") == []
    assert all(type(event.start) is date and event.duration == timedelta(days=1) for event in calendar.events)


def test_it_speaks_the_language_of_the_account(stranger: Browser, token: str) -> None:
    change(lang="en-GB")
    assert events(asked(stranger, token))[1][1] == f"Rent 2 · contract 91207 · 2,316.18{NBSP}€"


def test_an_event_keeps_a_name_that_says_nothing(stranger: Browser, token: str, anna: Person) -> None:
    before = [str(event["UID"]) for event in Calendar.from_ical(asked(stranger, token).content).events]
    with db.transaction(SYSTEM) as connection:
        connection.execute(delete(DueItem).where(DueItem.due_on == date(2024, 3, 31)))
    after = [str(event["UID"]) for event in Calendar.from_ical(asked(stranger, opened(anna)).content).events]
    assert after == before[1:]
    assert len(set(before)) == 4
    assert all(len(uid) == 32 and "91207" not in uid for uid in before)


def test_the_same_data_are_the_same_bytes_and_a_new_day_is_a_new_state(stranger: Browser, token: str) -> None:
    first = asked(stranger, token)
    clock.set_to("2024-04-05T23:59:00")
    again = asked(stranger, token)
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    clock.set_to("2024-04-06T00:01:00")
    assert asked(stranger, token).headers["etag"] != first.headers["etag"]


def test_who_has_it_gets_no_second_copy(stranger: Browser, token: str, anna: Person) -> None:
    tag = asked(stranger, token).headers["etag"]
    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        response = asked(stranger, token, **{"If-None-Match": known})
        assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", tag)
    assert asked(stranger, token, **{"If-None-Match": 'W/"other"'}).status_code == 200
    assert actions_of(anna).count("calendar_read") == 2


def test_head_says_the_same_without_the_calendar(stranger: Browser, token: str, anna: Person) -> None:
    head, whole = asked(stranger, token, "HEAD"), asked(stranger, token)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "etag", "content-disposition", "cache-control"):
        assert head.headers[name] == whole.headers[name]
    assert int(head.headers["content-length"]) == len(whole.content)
    assert actions_of(anna).count("calendar_read") == 1


def test_nobody_keeps_it_on_the_way_and_no_cookie_is_set(stranger: Browser, token: str) -> None:
    for response in (asked(stranger, token), asked(stranger, "x")):
        assert response.headers["cache-control"] == "no-store, private"
        assert response.headers["referrer-policy"] == "same-origin"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in response.headers


@pytest.mark.parametrize("wrong", GARBAGE)
def test_a_token_that_opens_nothing_is_not_found(stranger: Browser, token: str, wrong: str) -> None:
    assert asked(stranger, wrong).status_code == 404


@pytest.mark.parametrize(
    "path", ["/calendar/", "/calendar/x", "/calendar/a/b.ics", "/calendar/.ics", "/calendar/x.pdf"]
)
def test_there_is_nothing_else_in_the_folder(stranger: Browser, at_home: Browser, path: str) -> None:
    assert [stranger.fetch(path).status_code, at_home.fetch(path).status_code] == [404, 404]


def test_revoked_and_unknown_addresses_get_the_same_answer(stranger: Browser, token: str, anna: Person) -> None:
    unknown = asked(stranger, "x")
    actions.revoke_feed(anna.access)
    revoked = asked(stranger, token)
    assert (revoked.status_code, revoked.content) == (unknown.status_code, unknown.content)
    assert dict(revoked.headers) == dict(unknown.headers)


def test_a_new_address_kills_the_old(stranger: Browser, token: str, anna: Person) -> None:
    fresh = opened(anna)
    assert [asked(stranger, one).status_code for one in (token, fresh)] == [404, 200]


@pytest.mark.parametrize("column", ["disabled_at", "deleted_at"])
def test_the_calendar_ends_with_the_account(stranger: Browser, token: str, column: str) -> None:
    change(**{column: clock.now()})
    assert asked(stranger, token).status_code == 404


def test_everyone_gets_their_own(stranger: Browser, token: str, carla: Person) -> None:
    carla.item(carla.contract("77777"), 1, date(2024, 4, 30), 98_765)
    mine, hers = asked(stranger, token).text, asked(stranger, opened(carla)).text
    assert "77777" not in mine
    assert "91207" not in hers
    assert "77777" in hers


def test_a_calendar_is_no_session(token: str) -> None:
    browser = new_browser()
    asked(browser, token)
    browser.client.cookies.set("sid", token)
    assert browser.fetch("/media/x").status_code == 401


def test_the_token_says_whose_it_is_whoever_is_signed_in(at_home: Browser, carla: Person, token: str) -> None:
    carla.item(carla.contract("77777"), 1, date(2024, 4, 30), 98_765)
    assert "77777" in asked(at_home, opened(carla)).text


def test_too_many_wrong_ones_wait_and_a_right_one_does_not(
    stranger: Browser, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "signin_address_per_hour", 2)
    answers = [asked(stranger, f"x{number}") for number in range(4)]
    assert [answer.status_code for answer in answers] == [404, 404, 429, 429]
    assert int(answers[-1].headers["retry-after"]) > 3_500
    assert asked(stranger, token).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_can_only_be_read(stranger: Browser, token: str, method: str) -> None:
    response = asked(stranger, token, method, Origin=ORIGIN)
    assert "etag" not in response.headers
    assert b"VCALENDAR" not in response.content


def test_no_token_is_in_the_log_or_the_metrics(
    stranger: Browser, token: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(settings(), "metrics_token", "metrics")

    def broken(*_: object) -> None:
        raise RuntimeError("a failure")

    asked(stranger, token)
    asked(stranger, "y" * 43)
    with capture_logs() as logs, monkeypatch.context() as patched:
        patched.setattr(billing, "agenda", broken)
        assert asked(stranger, token).status_code == 500
    assert [line["path"] for line in logs] == ["/calendar/***"]
    for said in (str(logs), caplog.text, stranger.fetch("/metrics", Authorization="Bearer metrics").text):
        assert token not in said
        assert "y" * 43 not in said


def test_the_metrics_count_what_is_handed_out_and_refused(
    stranger: Browser, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "metrics_token", "metrics")

    def counted(name: str) -> float:
        lines = stranger.fetch("/metrics", Authorization="Bearer metrics").text.splitlines()
        return next((float(line.split()[1]) for line in lines if line.startswith(name)), 0.0)

    names = ("portal_calendars_total", 'portal_refused_total{reason="calendar"}')
    before = [counted(name) for name in names]
    asked(stranger, token)
    asked(stranger, "x")
    assert [counted(name) for name in names] == [count + 1 for count in before]
