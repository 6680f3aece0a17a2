"""What the portal takes from the front end of the pinned Streamlit; a new version shows here what to look at."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from core import brand
from core.locale import LANGUAGES
from core.web import framework, phrases, static

STATIC = Path(find_spec("streamlit").origin).parent / "static"


@cache
def scripts() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(STATIC.glob("static/js/*.js")))


def dictionary(lang: str) -> dict:
    return json.loads((phrases.ASSETS / f"phrases.{lang}.json").read_text(encoding="utf-8"))


def test_every_inline_script_of_the_index_page_is_allowed_by_its_hash() -> None:
    inline = re.findall(r"<script>(.*?)</script>", framework.index_page("it", "Aurora Leasing"), re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline]
    assert len(hashes) == 2
    assert sorted(framework.inline_script_hashes()) == sorted(hashes)


def weight(addresses: Iterable[str]) -> int:
    """Bytes on their way to the browser."""
    return sum(len(static.packed(a)) if a in static.texts() else (STATIC / a[1:]).stat().st_size for a in addresses)


def test_what_is_fetched_ahead_exists_once_and_is_modest() -> None:
    found = framework.ahead()
    assert len(found) == len(set(found)) > 80
    assert [address for address in (*found, framework.font()) if not (STATIC / address[1:]).is_file()] == []
    assert weight(found) < 1_200_000


def test_all_that_the_index_page_names_is_fetched_ahead() -> None:
    named = re.findall(r'(?:src|href)="\.?(/static/(?:js|css)/[^"]+)"', framework.index_page("it", "Aurora Leasing"))
    assert set(framework.preload()) < set(named)
    assert set(named) <= set(framework.ahead())


def test_the_index_page_connects_before_the_front_end_reads_how() -> None:
    page = framework.index_page("it", "Aurora Leasing")
    assert 0 < page.index("window.__streamlit") < page.index('<script type="module"')


@pytest.mark.parametrize("part", ["window.__streamlit", "BACKEND_BASE_URL", "HOST_CONFIG", "enableBypass:"])
def test_the_front_end_can_connect_without_asking_first(part: str) -> None:
    assert part in scripts()


@pytest.mark.parametrize("lang", ["it", "en", "es"])
def test_the_index_page_speaks_the_visitors_language(lang: str) -> None:
    page = framework.index_page(lang, "Aurora & Figli")
    assert page.count(f'<html lang="{lang}">') == 1
    assert "<title>Aurora &amp; Figli</title>" in page
    assert f'href="{brand.icon("Aurora & Figli")}"' in page
    assert "Streamlit app" not in page
    assert "<title>Streamlit" not in page


def test_the_index_page_does_not_advertise_the_agent_interface() -> None:
    assert "_stcore/agent" not in framework.index_page("it", "Aurora Leasing")


@pytest.mark.parametrize("lang", sorted(LANGUAGES))
def test_every_language_loads_its_script(lang: str) -> None:
    assert f'<script src="{phrases.address(lang)}" defer></script>' in framework.index_page(lang, "A")


def test_the_italian_and_the_spanish_dictionary_say_the_same_phrases() -> None:
    italian, spanish = dictionary("it"), dictionary("es")
    assert italian["exact"].keys() == spanish["exact"].keys()
    assert [pattern for pattern, _ in italian["patterns"]] == [pattern for pattern, _ in spanish["patterns"]]


BUILT_FROM_PARTS = re.compile(r"Press .*Enter to|Running the app's main page\.$")


def test_every_phrase_is_one_of_the_framework() -> None:
    plain = [phrase for phrase in dictionary("it")["exact"] if not BUILT_FROM_PARTS.search(phrase)]
    missing = [phrase for phrase in plain if f"`{phrase}`" not in scripts() and f"'{phrase}'" not in scripts()]
    assert missing == []


@pytest.mark.parametrize(
    "part",
    ["Press Enter to ${", "+Enter to ${", "submit form", "`apply`", "Running the app's main page.", "} per file`"],
)
def test_the_parts_of_built_phrases_are_the_frameworks(part: str) -> None:
    assert part in scripts()


@pytest.mark.parametrize("lang", ["it", "es"])
def test_the_script_is_constant_and_its_address_follows_its_content(lang: str) -> None:
    script = phrases.script(lang)
    assert "__DICTIONARY__" not in script
    assert phrases.address(lang).endswith(hashlib.sha256(script.encode()).hexdigest()[:12])
    for pattern, _ in dictionary(lang)["patterns"]:
        re.compile(pattern)


@pytest.mark.parametrize("lang", ["it", "es"])
def test_no_translation_is_itself_translated(lang: str) -> None:
    exact = dictionary(lang)["exact"]
    assert [translation for translation in exact.values() if translation in exact] == []
