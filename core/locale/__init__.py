"""The catalogues: Italian, English, Spanish. Read from their .po files once per process, never installed globally."""

from functools import lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

# The one list of languages: the BCP-47 tag of each, and its own name.
_KNOWN = {"it": ("it-IT", "Italiano"), "en": ("en-GB", "English"), "es": ("es-ES", "Español")}
TAGS = {language: tag for language, (tag, _) in _KNOWN.items()}
LANGUAGES = {language: name for language, (_, name) in _KNOWN.items()}
DEFAULT = "it"
FOLDER = Path(__file__).parent
DOMAIN = "portal"


@lru_cache
def short(lang: str) -> str:
    """The catalogue's language of a BCP-47 tag: `it-IT` → `it`; Italian for a language without a catalogue."""
    language = lang.replace("_", "-").split("-", maxsplit=1)[0].lower()
    return language if language in LANGUAGES else DEFAULT


def catalogue_path(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


@lru_cache
def _catalogue(language: str) -> GNUTranslations:
    compiled = BytesIO()
    with catalogue_path(language).open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def translations(lang: str) -> GNUTranslations:
    """The translations of a language: `.gettext(message)`, `.ngettext(one, many, n)`."""
    return _catalogue(short(lang))
