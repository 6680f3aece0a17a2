"""Keeps the catalogues in step with the code: `python -m core.locale.messages` (`make messages`).

Known translations stay, new messages come in empty, messages no longer used go. English is the messages' own language
and needs no entries.
"""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from core.locale import LANGUAGES, catalogue_path

CORE = Path(__file__).parent.parent
SOURCES = {
    CORE: [("web/templates/**.html", "jinja2"), ("mail/templates/**", "jinja2"), ("**.py", "python")],
    CORE.parent / "pages": [("**.py", "python")],
}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
SOURCE_LANGUAGE = "en"
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""
_WIDTH = 110

Message = str | tuple[str, ...]


def used() -> set[Message]:
    """Every message of code and templates; a plural is the pair of its forms."""
    return {
        found[2]
        for folder, methods in SOURCES.items()
        for found in extract_from_dir(folder, methods, keywords=KEYWORDS)
    }


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it lies."""
    with catalogue_path(language).open("rb") as source:
        return read_po(source, locale=language)


def in_step(language: str, messages: set[Message]) -> str:
    """The text of a catalogue that has exactly these messages, in order, with the translations it has."""
    known = {entry.id: entry.string for entry in catalogue(language)}
    renewed = Catalog(locale=language)
    for message in sorted(messages, key=str):
        renewed.add(message, known.get(message, ""))
    for entry in renewed:
        entry.flags.clear()
    out = BytesIO()
    write_po(out, renewed, omit_header=True, no_location=True, sort_output=True, width=_WIDTH)
    return f"{HEADER.format(language=language)}\n{out.getvalue().decode()}"


def main() -> None:
    """Write the catalogues of every language but the messages' own."""
    messages = used()
    for language in LANGUAGES.keys() - {SOURCE_LANGUAGE}:
        catalogue_path(language).write_text(in_step(language, messages), encoding="utf-8")


if __name__ == "__main__":
    main()
