import gzip
import threading

import pytest
from jinja2 import FileSystemLoader

from core.web import framework, pages, static, warm
from tests.web.conftest import Browser


def never(*_args: object, **_more: object) -> None:
    raise AssertionError("this had been made ready")


@pytest.fixture
def fresh() -> None:
    """As in a process that has just begun to serve."""
    static.packed.cache_clear()
    pages._environment.cache_clear()
    framework.index_page.cache_clear()


def test_no_visitor_waits_for_a_file_to_be_compressed(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    warm.make_ready()
    monkeypatch.setattr(gzip, "compress", never)
    packed = [static.packed(address) for address in framework.ahead() if address in static.texts()]
    assert len(packed) > 80


@pytest.mark.parametrize("lang", ["it", "en", "es"])
def test_no_visitor_waits_for_a_page_to_be_read(
    fresh: None, stranger: Browser, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    warm.make_ready()
    monkeypatch.setattr(FileSystemLoader, "get_source", never)
    assert stranger.get(f"/login?lang={lang}").status_code == 200
    made = framework.index_page.cache_info().misses
    assert f'<html lang="{lang}">' in framework.index_for(lang)
    assert framework.index_page.cache_info().misses == made


def test_it_is_made_ready_beside_and_done_when_the_rest_is(monkeypatch: pytest.MonkeyPatch) -> None:
    serving, ready = threading.Event(), threading.Event()
    monkeypatch.setattr(warm, "make_ready", lambda: serving.wait() and ready.set())
    with warm.beside():
        assert not ready.is_set()
        serving.set()
    assert ready.is_set()


def test_what_never_gets_ready_does_not_hold_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(warm, "make_ready", ended.wait)
    monkeypatch.setattr(warm, "_STOP_SECONDS", 0.01)
    with warm.beside():
        pass
    assert not ended.is_set()
    ended.set()
