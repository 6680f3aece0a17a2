from pathlib import Path

import pytest
import streamlit
from starlette.datastructures import MutableHeaders
from starlette.testclient import WebSocketDenialResponse

from core.web import headers
from tests.web.conftest import ORIGIN, Browser

REQUIRED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
EVERY_KIND = [
    "/login",
    "/invoices",
    "/media/x",
    "/media/broken",
    "/static/js/a.js",
    "/documents/0",
    "/healthz",
    "/metrics",
]


def policy(value: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (directive.split() for directive in value.split(";"))}


@pytest.mark.parametrize("path", EVERY_KIND)
@pytest.mark.parametrize("signed_in", [False, True])
def test_every_response_carries_the_policies(stranger: Browser, anna: object, path: str, signed_in: bool) -> None:
    if signed_in:
        stranger.sign_in()
    for response in (stranger.get(path), stranger.fetch(path), stranger.post(path, origin="https://evil.example")):
        assert REQUIRED.items() <= dict(response.headers).items()
        assert "default-src" in response.headers["content-security-policy"]
        assert "camera=()" in response.headers["permissions-policy"]
        assert "server" not in response.headers


def test_scripts_run_only_from_here_or_by_hash(stranger: Browser) -> None:
    directives = policy(stranger.get("/login").headers["content-security-policy"])
    assert directives["script-src"][0] == "'self'"
    assert [value[:8] for value in directives["script-src"][1:]] == ["'sha256-"] * 2
    assert directives["default-src"] == ["'self'"]
    assert directives["img-src"] == ["'self'", "data:", "blob:"]
    for name in ("object-src", "base-uri", "frame-ancestors"):
        assert directives[name] == ["'none'"]
    assert directives["form-action"] == ["'self'"]


def test_nothing_unsafe_but_inline_style(stranger: Browser) -> None:
    directives = policy(stranger.get("/login").headers["content-security-policy"])
    unsafe = {name: value for name, values in directives.items() for value in values if "unsafe" in value}
    assert unsafe == {"style-src": "'unsafe-inline'"}


def test_the_demo_connects_to_loopback_and_production_to_its_host_alone(stranger: Browser, production: None) -> None:
    directives = policy(stranger.get("/login").headers["content-security-policy"])
    assert directives["connect-src"] == ["'self'", "wss://portale.example"]


def test_https_stays_https(stranger: Browser, production: None) -> None:
    assert stranger.get("/login").headers["strict-transport-security"] == "max-age=31536000"


def test_every_cookie_is_secure_on_https_the_frameworks_too(production: None) -> None:
    given = MutableHeaders()
    given.append("set-cookie", "_streamlit_xsrf=x; Path=/; SameSite=Strict")
    given.append("set-cookie", "sid=x; Path=/; Secure")
    headers._add(given, {"path": "/", "query_string": b""}, 200)
    cookies = given.getlist("set-cookie")
    assert cookies == ["_streamlit_xsrf=x; Path=/; SameSite=Strict; Secure", "sid=x; Path=/; Secure"]


def test_plain_http_does_not_promise_https(stranger: Browser) -> None:
    assert "strict-transport-security" not in stranger.get("/login").headers


@pytest.mark.parametrize(
    "path", ["/", "/invoices", "/media/x", "/documents/1", "/login", "/_stcore/health", "/healthz"]
)
def test_nothing_personal_is_kept_by_browsers_and_proxies(at_home: Browser, path: str) -> None:
    assert at_home.fetch(path).headers["cache-control"] == "no-store, private"


@pytest.mark.parametrize("path", ["/static/js/index.Dx-3_kZq.js", "/assets/phrases.it.js?v=1", "/assets/mark.svg?v=1"])
def test_files_named_by_their_content_are_kept_for_good(stranger: Browser, path: str) -> None:
    assert stranger.fetch(path).headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/static/js/index.js", "/assets/phrases.it.js", "/assets/mark.svg"])
def test_files_whose_address_does_not_change_with_them_are_not_kept(stranger: Browser, path: str) -> None:
    assert stranger.fetch(path).headers["cache-control"] == "no-store, private"


def test_every_file_of_the_framework_is_named_by_its_content(at_home: Browser) -> None:
    folder = Path(streamlit.__file__).parent / "static"
    paths = [f"/{path.relative_to(folder)}" for path in (folder / "static").rglob("*.*")]
    assert len(paths) > 100
    assert [path for path in paths if not headers._named_by_content({"path": path})] == []


def test_a_refused_handshake_carries_the_policies(stranger: Browser) -> None:
    with pytest.raises(WebSocketDenialResponse) as refusal, stranger.stream(Origin=ORIGIN):
        pass
    assert REQUIRED.items() <= dict(refusal.value.headers).items()
    assert refusal.value.headers["cache-control"] == "no-store, private"


def test_a_missing_asset_is_not_kept(stranger: Browser) -> None:
    response = stranger.fetch("/assets/phrases.fr.js")
    assert (response.status_code, response.headers["cache-control"]) == (404, "no-store, private")


def test_a_bug_shows_a_code_and_no_detail(at_home: Browser, caplog: pytest.LogCaptureFixture) -> None:
    response = at_home.get("/media/broken")
    assert response.status_code == 500
    assert "E-" in response.text
    assert "secret detail" not in response.text


def test_who_reads_no_html_gets_a_line_of_text(at_home: Browser) -> None:
    response = at_home.fetch("/media/broken")
    assert response.headers["content-type"].startswith("text/plain")
    assert "E-" in response.text


def test_a_refused_upload_carries_the_policies(stranger: Browser) -> None:
    response = stranger.fetch("/_stcore/upload_file/a/b", "PUT", Origin=ORIGIN)
    assert REQUIRED.items() <= dict(response.headers).items()
