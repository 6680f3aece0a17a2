import pytest
from starlette.testclient import WebSocketDenialResponse

from core.web import origin
from tests.web.conftest import PASSWORD, Browser

TRUSTED = ["http://127.0.0.1:8501", "http://localhost:3000", "https://127.0.0.2", "http://[::1]:8501"]
FOREIGN = [
    "http://evil.example@127.0.0.1:8501",
    "https://evil.example",
    "null",
    "",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
    "file://127.0.0.1",
    "http://127.0.0.1:99999",
]


def verdict(*, method: str = "POST", kind: str = "http", **headers: str) -> bool:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return origin.trusted({"type": kind, "method": method, "headers": raw})


@pytest.mark.parametrize("value", TRUSTED)
def test_the_demo_trusts_any_loopback_page(value: str) -> None:
    assert verdict(origin=value)
    assert verdict(kind="websocket", origin=value)


@pytest.mark.parametrize("value", FOREIGN)
def test_a_foreign_page_is_refused_whatever_else_it_says(value: str) -> None:
    assert not verdict(origin=value, sec_fetch_site="same-origin")
    assert not verdict(kind="websocket", origin=value)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_change_without_origin_needs_the_browsers_word(method: str) -> None:
    assert not verdict(method=method)
    assert not verdict(method=method, sec_fetch_site="same-site")
    assert not verdict(method=method, sec_fetch_site="cross-site")
    assert verdict(method=method, sec_fetch_site="same-origin")


def test_reading_needs_no_origin() -> None:
    assert verdict(method="GET")
    assert verdict(method="HEAD", origin="https://evil.example")


@pytest.mark.parametrize("value", ["https://portale.example", "https://portale.example:443", "https://PORTALE.example"])
def test_production_trusts_its_public_origin(production: None, value: str) -> None:
    assert verdict(origin=value)


@pytest.mark.parametrize("value", ["http://portale.example", "https://portale.example:8443", "http://127.0.0.1:8501"])
def test_production_trusts_no_other_origin_not_even_loopback(production: None, value: str) -> None:
    assert not verdict(origin=value)


@pytest.mark.parametrize("path", ["/login", "/login/code", "/login/code/resend", "/logout"])
@pytest.mark.parametrize("value", ["https://evil.example", None])
def test_no_form_is_taken_from_elsewhere(stranger: Browser, path: str, value: str | None) -> None:
    response = stranger.post(path, origin=value, username="10093", password=PASSWORD)
    assert response.status_code == 403
    assert "set-cookie" not in response.headers


def test_a_foreign_websocket_is_refused_even_with_a_session(at_home: Browser) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {}):
        with (
            pytest.raises(WebSocketDenialResponse) as refusal,
            at_home.stream(**headers),
        ):
            pass
        assert (refusal.value.status_code, refusal.value.text) == (403, "Refused: 4403.\n")
