"""The catalogues: every message in the code has its Italian and its Spanish, with the same parameters."""

import re
from collections import Counter

import pytest

from core.locale import LANGUAGES, catalogue_path, messages, short, translations

PARAMETER = re.compile(r"%\((\w+)\)")


def parameters(texts: str | tuple[str, ...]) -> Counter[str]:
    return Counter(PARAMETER.findall(texts if isinstance(texts, str) else texts[-1]))


@pytest.fixture(scope="module")
def used() -> set[messages.Message]:
    return messages.used()


@pytest.mark.parametrize("language", ["it", "es"])
def test_every_message_is_translated(language: str, used: set[messages.Message]) -> None:
    known = {entry.id: entry.string for entry in messages.catalogue(language) if not entry.fuzzy}
    empty = [m for m in used if not known.get(m) or not all([known[m]] if isinstance(m, str) else known[m])]
    assert empty == []


@pytest.mark.parametrize("language", ["it", "es"])
def test_the_catalogues_are_as_make_messages_writes_them(language: str, used: set[messages.Message]) -> None:
    assert catalogue_path(language).read_text(encoding="utf-8") == messages.in_step(language, used)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_translations_keep_the_parameters(language: str) -> None:
    for entry in messages.catalogue(language):
        if entry.id and any(entry.string if isinstance(entry.string, tuple | list) else [entry.string]):
            assert parameters(entry.string) == parameters(entry.id), entry.id


def test_a_language_tag_finds_its_catalogue_and_a_strange_one_reads_italian() -> None:
    assert [short(tag) for tag in ("it-IT", "en_GB", "ES", "fr-FR", "")] == ["it", "en", "es", "it", "it"]
    assert translations("it-IT") is translations("it")
