"""The catalogues: every message in the code has its Italian and its Spanish, with the same parameters."""

import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from core.locale import LANGUAGES, catalogue_path, short, translations

ROOT = Path(__file__).parent.parent
METHODS = [("core/web/templates/**.html", "jinja2"), ("core/mail/templates/**", "jinja2"), ("**.py", "python")]
PARAMETER = re.compile(r"%\((\w+)\)")


@pytest.fixture(scope="module")
def messages() -> set[str | tuple[str, ...]]:
    """Every message of the code; a plural is the pair of its forms."""
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
    found: set[str | tuple[str, ...]] = set()
    for folder in ("core", "pages"):
        methods = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in METHODS]
        found |= {row[2] for row in extract_from_dir(ROOT / folder, methods, keywords=keywords)}
    return found


def catalogue(language: str) -> Catalog:
    with catalogue_path(language).open("rb") as source:
        return read_po(source, locale=language)


def parameters(texts: str | tuple[str, ...]) -> Counter[str]:
    return Counter(PARAMETER.findall(texts if isinstance(texts, str) else texts[-1]))


@pytest.mark.parametrize("language", ["it", "es"])
def test_every_message_is_translated_and_none_is_left_over(language: str, messages: set[str | tuple[str, ...]]) -> None:
    entries = {entry.id: entry for entry in catalogue(language) if entry.id}
    assert messages - entries.keys() == set()
    assert entries.keys() - messages == set()
    unfinished = [
        e.id for e in entries.values() if e.fuzzy or not all([e.string] if isinstance(e.id, str) else e.string)
    ]
    assert unfinished == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_translations_keep_the_parameters(language: str) -> None:
    for entry in catalogue(language):
        if entry.id and any(entry.string if isinstance(entry.string, tuple | list) else [entry.string]):
            assert parameters(entry.string) == parameters(entry.id), entry.id


def test_a_language_tag_finds_its_catalogue_and_a_strange_one_reads_italian() -> None:
    assert [short(tag) for tag in ("it-IT", "en_GB", "ES", "fr-FR", "")] == ["it", "en", "es", "it", "it"]
    assert translations("it-IT") is translations("it")
