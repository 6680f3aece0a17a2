import pytest

from core.web import paths

LOCAL = ["/", "/invoices", "/invoices?state=overdue&page=2", "/invoices?q=http%3A%2F%2Fx", "/invoices?q=a//b", "/a-b/c"]
ELSEWHERE = [
    "",
    "invoices",
    "//evil.example",
    "/_stcore/stream",
    "/media/x",
    "/static/js/a.js",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/a//evil.example",
    "/\tevil",
    "/a\r\nSet-Cookie: sid=x",
    "/a?b=\x00",
    "/invoices#fragment",
    "/../x",
    "/..",
    "/./x",
    "/login",
    "/login?next=/login",
    "/login/code",
    "/logout",
    "/" + "x" * 2_000,
]


@pytest.mark.parametrize("target", LOCAL)
def test_a_local_path_is_kept(target: str) -> None:
    assert paths.local(target) == target


@pytest.mark.parametrize("target", ELSEWHERE)
def test_anything_else_leads_home(target: str) -> None:
    assert paths.local(target) == "/"


def test_home_needs_no_next() -> None:
    assert paths.login_for("/") == "/login"


@pytest.mark.parametrize(
    "path", ["/static/../media/x", "/assets/..", "/login/", "/login/code/x", "/healthz/x", "/LOGIN"]
)
def test_no_neighbour_of_an_open_path_is_open(path: str) -> None:
    assert not paths.is_open(path)
