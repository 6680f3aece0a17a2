import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select, update

from core import db
from core.identity import actions
from core.identity.tables import Challenge, WebSession
from core.kit import clock
from core.settings import settings
from core.web import framework
from tests.people import SYSTEM, Person
from tests.web.conftest import HTML, ORIGIN, PASSWORD, Browser, new_browser


def cookies_set(response: httpx.Response) -> dict[str, str]:
    """Each cookie a response sets, with its flags."""
    return {
        line.split("=")[0]: line.partition(";")[2].strip().lower() for line in response.headers.get_list("set-cookie")
    }


def after(seconds: int) -> None:
    clock.set_to((datetime.now(UTC) + timedelta(seconds=seconds)).isoformat())


def test_password_and_code_open_a_session(anna: Person, stranger: Browser) -> None:
    sent = stranger.post("/login", username="10093", password=PASSWORD, next="/invoices?page=2")
    assert (sent.status_code, sent.headers["location"]) == (303, "/login/code")
    done = stranger.post("/login/code", code=stranger.code())
    assert (done.status_code, done.headers["location"]) == (303, "/invoices?page=2")
    assert stranger.get("/invoices").status_code == 200


def test_the_password_alone_opens_nothing(anna: Person, stranger: Browser) -> None:
    sent = stranger.post("/login", username="10093", password=PASSWORD)
    assert set(cookies_set(sent)) == {"pre"}
    assert stranger.get("/invoices").status_code == 303


def test_the_cookies_are_out_of_reach_of_scripts_and_other_sites(anna: Person, stranger: Browser) -> None:
    before = cookies_set(stranger.post("/login", username="10093", password=PASSWORD))
    after_code = cookies_set(stranger.post("/login/code", code=stranger.code()))
    for flags in (before["pre"], after_code["sid"], after_code["device"]):
        assert {"httponly", "path=/", "samesite=lax"} <= set(flags.split("; "))
        assert "secure" not in flags
    assert "max-age=0" in after_code["pre"]


def test_on_https_the_cookies_are_host_bound_and_secure(anna: Person, stranger: Browser, production: None) -> None:
    sent = stranger.post("/login", origin="https://portale.example", username="10093", password=PASSWORD)
    assert set(cookies_set(sent)) == {"__Host-pre"}
    assert "secure" in cookies_set(sent)["__Host-pre"]


def test_the_code_is_spaced_as_people_like(anna: Person, stranger: Browser) -> None:
    stranger.post("/login", username="10093", password=PASSWORD)
    code = stranger.code()
    assert stranger.post("/login/code", code=f" {code[:3]} {code[3:]} ").status_code == 303


def test_the_session_changes_at_each_sign_in_and_the_old_one_is_dead(at_home: Browser) -> None:
    old = at_home.cookie("sid")
    at_home.sign_in()
    assert at_home.cookie("sid") != old
    other = new_browser()
    other.client.cookies.set("sid", old)
    assert other.fetch("/media/x").status_code == 401


def test_a_session_cookie_planted_before_the_sign_in_does_not_become_the_session(
    anna: Person, stranger: Browser
) -> None:
    stranger.client.cookies.set("sid", "planted", domain="127.0.0.1")
    stranger.sign_in()
    other = new_browser()
    other.client.cookies.set("sid", "planted")
    assert other.fetch("/media/x").status_code == 401


def test_a_code_works_only_in_the_browser_that_asked(anna: Person, stranger: Browser) -> None:
    stranger.post("/login", username="10093", password=PASSWORD)
    code, other = stranger.code(), new_browser()
    assert other.post("/login/code", code=code).status_code == 401
    assert stranger.post("/login/code", code=code).status_code == 303


def test_a_code_works_once(anna: Person, stranger: Browser) -> None:
    stranger.post("/login", username="10093", password=PASSWORD)
    code, before = stranger.code(), stranger.cookie("pre")
    stranger.post("/login/code", code=code)
    other = new_browser()
    other.client.cookies.set("pre", before)
    assert other.post("/login/code", code=code).status_code == 401


def text(response: httpx.Response) -> str:
    return re.sub(r'value="[^"]*"', "", response.text)


def test_known_and_unknown_names_get_the_same_answer(anna: Person, stranger: Browser) -> None:
    known = stranger.post("/login", username="10093", password="wrong")
    unknown = stranger.post("/login", username="99999", password="wrong")
    assert known.status_code == unknown.status_code == 401
    assert text(known) == text(unknown)


def test_what_was_typed_stays_but_not_the_password(anna: Person, stranger: Browser) -> None:
    page = stranger.post("/login", username="10093", password="not this", next="/invoices").text
    assert 'value="10093"' in page
    assert 'name="next" value="/invoices"' in page
    assert "not this" not in page


def test_what_was_typed_is_never_markup(anna: Person, stranger: Browser) -> None:
    page = stranger.post("/login", username='"><script>alert(1)</script>', password="x").text
    assert "<script" not in page


@pytest.mark.parametrize(
    ("fields", "wrong"), [({"username": "10093"}, "password"), ({"password": "x"}, "username"), ({}, "username")]
)
def test_empty_fields_are_named_and_nothing_is_tried(stranger: Browser, fields: dict[str, str], wrong: str) -> None:
    response = stranger.post("/login", **fields)
    assert response.status_code == 422
    assert f'href="#{wrong}"' in response.text
    assert f'id="{wrong}-fault"' in response.text


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"])
def test_what_cannot_be_a_code_does_not_cost_an_attempt(anna: Person, stranger: Browser, code: str) -> None:
    stranger.post("/login", username="10093", password=PASSWORD)
    assert stranger.post("/login/code", code=code).status_code == 422
    with db.reading(SYSTEM) as connection:
        assert connection.execute(select(Challenge.attempts)).scalar_one() == 0


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_five_wrong_codes_send_back_to_the_first_step(anna: Person, stranger: Browser) -> None:
    stranger.post("/login", username="10093", password=PASSWORD)
    code = stranger.code()
    answers = [stranger.post("/login/code", code=wrong(code)) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401] * 5
    assert 'action="/login/code"' in answers[0].text
    assert 'action="/login"' in answers[-1].text
    assert stranger.post("/login/code", code=code).status_code == 401
    assert stranger.get("/").status_code == 303


def test_a_code_too_old_is_refused(anna: Person, stranger: Browser) -> None:
    stranger.post("/login", username="10093", password=PASSWORD)
    code = stranger.code()
    after(10 * 60 + 1)
    assert stranger.post("/login/code", code=code).status_code == 401


def test_too_many_wrong_passwords_wait(anna: Person, stranger: Browser) -> None:
    for _ in range(settings().signin_account_failures):
        assert stranger.post("/login", username="10093", password="wrong").status_code == 401
    refused = stranger.post("/login", username="10093", password=PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 900


def test_a_new_code_has_to_be_waited_for(anna: Person, stranger: Browser) -> None:
    stranger.post("/login", username="10093", password=PASSWORD)
    early = stranger.post("/login/code/resend")
    assert early.status_code == 429
    assert 0 < int(early.headers["retry-after"]) <= 60


def test_a_new_code_voids_the_old_one(anna: Person, stranger: Browser) -> None:
    stranger.post("/login", username="10093", password=PASSWORD)
    old = stranger.code()
    after(61)
    resent = stranger.post("/login/code/resend")
    assert (resent.status_code, resent.headers["location"]) == (303, "/login/code")
    new = stranger.code()
    if new != old:
        assert stranger.post("/login/code", code=old).status_code == 401
    assert stranger.post("/login/code", code=new).status_code == 303


@pytest.mark.parametrize("path", ["/login/code", "/login/code/resend"])
def test_without_a_first_step_the_second_leads_back(stranger: Browser, path: str) -> None:
    response = stranger.post(path, code="123456")
    assert response.status_code == 401
    assert 'action="/login"' in response.text


def test_the_code_page_without_a_first_step_leads_back(stranger: Browser) -> None:
    assert stranger.get("/login/code").headers["location"] == "/login"


def test_the_code_page_says_where_the_code_went_and_how_long_it_works(anna: Person, stranger: Browser) -> None:
    clock.set_to("2026-11-20T09:41:10+01:00")
    stranger.post("/login", username="10093", password=PASSWORD)
    page = stranger.get("/login/code").text
    for expected in ("@pec.example", "09:41", "09:51", "09:43"):
        assert expected in page
    assert "10093@pec.example" not in page


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"])
def test_the_sign_in_leads_nowhere_else(anna: Person, stranger: Browser, target: str) -> None:
    assert "evil" not in stranger.get(f"/login?next={target}").text
    assert stranger.sign_in(next=target).headers["location"] == "/"


def test_a_refused_sign_in_does_not_carry_a_foreign_address_on(anna: Person, stranger: Browser) -> None:
    assert "evil" not in stranger.post("/login", username="10093", password="wrong", next="//evil.example").text


def test_not_even_the_database_leads_elsewhere(anna: Person, stranger: Browser) -> None:
    stranger.post("/login", username="10093", password=PASSWORD)
    with db.transaction(SYSTEM) as connection:
        connection.execute(update(Challenge).values(next_path="//evil.example"))
    assert stranger.post("/login/code", code=stranger.code()).headers["location"] == "/"


def test_who_is_signed_in_passes_the_sign_in_page(at_home: Browser) -> None:
    response = at_home.get("/login?next=/invoices")
    assert (response.status_code, response.headers["location"]) == (303, "/invoices")


def test_logout_ends_the_session_everywhere(at_home: Browser) -> None:
    token = at_home.cookie("sid")
    response = at_home.post("/logout")
    assert (response.status_code, response.headers["location"]) == (303, "/login")
    assert at_home.cookie("sid") is None
    other = new_browser()
    other.client.cookies.set("sid", token)
    assert other.fetch("/media/x").status_code == 401


def test_logout_without_a_session_leads_to_the_sign_in(stranger: Browser) -> None:
    assert stranger.post("/logout").headers["location"] == "/login"


def test_visiting_logout_changes_nothing(at_home: Browser) -> None:
    assert at_home.get("/logout").headers["location"] == "/"
    assert at_home.fetch("/media/x").status_code == 200


def test_looking_at_the_sign_in_pages_writes_nothing(anna: Person, stranger: Browser) -> None:
    for path in ("/login", "/login/code", "/login?lang=en", "/logout"):
        stranger.get(path)
    with db.reading(SYSTEM) as connection:
        for table in (Challenge, WebSession):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


def test_forms_are_small(stranger: Browser) -> None:
    assert stranger.post("/login", username="x" * 20_000, password="x").status_code == 400
    flood = {f"f{number}": "x" for number in range(30)}
    assert stranger.post("/login", **flood).status_code == 400


def test_a_body_that_is_no_form_is_refused(stranger: Browser) -> None:
    headers = HTML | {"Origin": ORIGIN}
    assert stranger.client.post("/login", content=b"\xff\xfe=%ff", headers=headers).status_code == 400


def test_the_page_is_italian_until_another_language_is_chosen(stranger: Browser) -> None:
    assert '<html lang="it">' in stranger.get("/login", **{"Accept-Language": "en-GB,es;q=0.9"}).text


def test_the_session_speaks_the_accounts_language_unless_one_was_chosen(anna: Person, stranger: Browser) -> None:
    actions.set_language(SYSTEM, anna.code, "es")
    stranger.sign_in()
    assert '<html lang="es">' in stranger.get("/").text


def test_a_chosen_language_stays(stranger: Browser) -> None:
    assert '<html lang="es">' in stranger.get("/login?lang=es").text
    assert '<html lang="es">' in stranger.get("/login", **{"Accept-Language": "en"}).text


def test_an_unknown_language_is_not_kept(stranger: Browser) -> None:
    response = stranger.get("/login?lang=xx")
    assert response.status_code == 200
    assert "set-cookie" not in response.headers


def test_changing_language_keeps_the_way_back(stranger: Browser) -> None:
    assert '/login?lang=en&amp;next=/invoices%3Fpage%3D2"' in stranger.get("/login?next=/invoices%3Fpage%3D2").text


def test_the_session_speaks_the_language_of_the_sign_in(anna: Person, stranger: Browser) -> None:
    stranger.get("/login?lang=en")
    stranger.sign_in()
    assert '<html lang="en">' in stranger.get("/").text


def test_password_managers_and_phones_are_helped(anna: Person, stranger: Browser) -> None:
    page = stranger.get("/login").text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    stranger.post("/login", username="10093", password=PASSWORD)
    page = stranger.get("/login/code").text
    assert 'inputmode="numeric" autocomplete="one-time-code"' in page


def test_both_sign_in_pages_fetch_the_framework_ahead(stranger: Browser, anna: Person) -> None:
    first = stranger.get("/login").text
    stranger.post("/login", username="10093", password=PASSWORD)
    for page in (first, stranger.get("/login/code").text):
        links = re.findall(r'<link rel="(prefetch|modulepreload)" href="(/static/[^"]+)"', page)
        assert [address for _, address in links] == list(framework.ahead())
        assert {address.endswith(".js") for kind, address in links if kind == "modulepreload"} == {True}


def test_a_page_that_leads_nowhere_fetches_nothing_ahead(stranger: Browser) -> None:
    refused = stranger.post("/login", origin="https://evil.example")
    assert (refused.status_code, "modulepreload" in refused.text) == (403, False)


def test_the_demo_says_who_can_sign_in(stranger: Browser) -> None:
    page, demo = stranger.get("/login").text, stranger.fetch("/demo.json").json()
    assert demo["password"] in page
    for account in demo["accounts"]:
        assert account["username"] in page


def test_production_says_nothing_of_a_demo(stranger: Browser, production: None) -> None:
    page = stranger.get("/login").text
    assert "mailbox" not in page
    assert 'class="demo"' not in page


def test_the_device_is_known_again(at_home: Browser) -> None:
    device = at_home.cookie("device")
    at_home.sign_in()
    assert at_home.cookie("device") == device
