from core.cookies import names
from core.settings import settings


def test_on_plain_http_the_names_are_plain() -> None:
    assert names(settings()).session == "sid"
    assert names(settings()).before == "pre"


def test_on_https_browsers_bind_the_cookies_to_the_host() -> None:
    known = names(settings().model_copy(update={"public_url": "https://portale.example"}))
    assert (known.session, known.before, known.device) == ("__Host-sid", "__Host-pre", "__Host-device")
    assert known.lang == "lang"
