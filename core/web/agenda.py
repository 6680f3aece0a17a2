"""A customer's agenda as an iCalendar text: the same bytes for the same data, day and language.

Each event lasts a day, blocks no time and rings no alarm.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from icalendar import Calendar, Event, vDuration

from core import keys
from core.billing.frames import Agenda, Due, End, Entry
from core.formats import Formats
from core.kit import words
from core.locale import translations
from core.settings import settings

_HOURS = 12  # after which a program should ask again
_UID_LENGTH = 32
_LETTERS = str.maketrans("0123456789", "ghijklmnop")  # so that no number stands in a UID by chance


@dataclass(frozen=True, slots=True)
class _Reader:
    """In whose language the calendar speaks."""

    formats: Formats
    _: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]


def text(agenda: Agenda, lang: str, revised_at: datetime) -> bytes:
    """The agenda in a language; `revised_at` is the instant from which on it says what it says."""
    catalogue, stamp = translations(lang), revised_at.astimezone(UTC)
    reader = _Reader(Formats(lang), catalogue.gettext, catalogue.ngettext)
    calendar = _empty(reader)
    for due in agenda.dues:
        calendar.add_component(_due(reader, due, stamp))
    for end in agenda.ends:
        calendar.add_component(_end(reader, end, stamp))
    written: bytes = calendar.to_ical(sorted=False)
    return written


def _empty(reader: _Reader) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Canone//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.calendar_name = reader._("Due dates · %(company)s") % {"company": settings().company_name}
    calendar.add("refresh-interval", vDuration(timedelta(hours=_HOURS), {"VALUE": "DURATION"}))
    calendar.add("x-published-ttl", f"PT{_HOURS}H")  # for programs that do not know the other
    return calendar


def _due(reader: _Reader, due: Due, stamp: datetime) -> Event:
    """`Canone 12 · contratto 91207 · 2.316,38 €`, with `Scaduto` before it where it is."""
    count = len(due.entries)
    several = reader.ngettext("%(n)s due item", "%(n)s due items", count) % {"n": reader.formats.count(count)}
    title = _line(
        reader._("Overdue") if due.overdue else "",
        several if count > 1 else _name(reader, due.entries[0]),
        reader._("contract %(number)s") % {"number": due.contract},
        _money(reader, due.balance_cents),
    )
    return _event(f"due {due.contract} {due.due_on}", due.due_on, stamp, title, _about(reader, due))


def _about(reader: _Reader, due: Due) -> Iterator[str]:
    """What is to pay and how, each of several items, and where to read more."""
    if len(due.entries) > 1:
        yield from (_line(_name(reader, entry), _money(reader, entry.balance_cents)) for entry in due.entries)
    if due.balance_cents is not None:
        yield reader._("To pay: %(amount)s, VAT included") % {"amount": _money(reader, due.balance_cents)}
    methods = dict.fromkeys(reader._(words.METHODS[entry.method]) for entry in due.entries)
    yield ": ".join((reader._("Payment"), ", ".join(methods)))
    yield _address("/invoices", due.contract)


def _end(reader: _Reader, end: End, stamp: datetime) -> Event:
    title = _line(reader._("End of contract %(number)s") % {"number": end.contract}, end.product)
    return _event(f"end {end.contract}", end.ends_on, stamp, title, [_address("/contracts", end.contract)])


def _event(name: str, day: date, stamp: datetime, title: str, about: Iterable[str]) -> Event:
    """An event of one day. The same `name` is the same event, and its UID tells nobody the name."""
    event = Event()
    event.add("uid", keys.digest("calendar", name)[:_UID_LENGTH].translate(_LETTERS))
    event.add("dtstamp", stamp)
    event.add("dtstart", day)
    event.add("summary", title)
    event.add("description", "\n".join(about))
    event.add("transp", "TRANSPARENT")
    return event


def _name(reader: _Reader, entry: Entry) -> str:
    if entry.kind == "CANONE" and entry.causale == words.CAUSALI["CANONE"]:
        return reader._("Rent %(number)s") % {"number": entry.number}
    return reader._(words.causale_message(entry.kind, entry.causale))


def _money(reader: _Reader, cents: int | None) -> str:
    return "" if cents is None else reader.formats.money(cents)


def _line(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _address(page: str, contract: str) -> str:
    return f"{settings().public_url}{page}?{urlencode({'contract': contract})}"
