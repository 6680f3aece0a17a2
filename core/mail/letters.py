"""The mails as people read them: three templates per mail (subject, text, HTML), filled in one language."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from core.locale import short, translations
from core.mail.bodies import Body
from core.settings import settings

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def letter(name: str, lang: str, **values: object) -> tuple[str, Body]:
    """Subject and body of the mail `name` in the language of a BCP-47 tag; `values` are the template's own."""
    words = translations(lang)
    context = {
        "_": words.gettext,
        "ngettext": words.ngettext,
        "lang": short(lang),
        "company": settings().company_name,
        **values,
    }
    subject, text, html = (
        _TEMPLATES.get_template(f"{name}.{part}").render(context) for part in ("subject.txt", "txt", "html")
    )
    return subject, Body(text, html)
