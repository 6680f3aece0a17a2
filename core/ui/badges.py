"""Badges: always an icon and a word. One status per row, and at most one chip beside it."""

from core.kit import words
from core.ui.guard import View
from core.ui.tables import escape

_ITEMS = {"paid": ("green", "check_circle"), "upcoming": ("gray", "schedule"), "overdue": ("red", "error")}
_CONTRACTS = {"active": ("green", "task_alt"), "closed": ("gray", "lock"), "terminated": ("gray", "lock")}

_PLAN_ICONS = {"ANTICIPO": "first_page", "RISCATTO": "last_page"}


def _badge(colour: str, icon: str, word: str) -> str:
    return f":{colour}-badge[:material/{icon}: {word}]"


def item(view: View, state: str) -> str:
    """The state of a due item."""
    return _badge(*_ITEMS[state], view._(words.ITEM_STATES[state]))


def partial(view: View, paid_cents: int, gross_cents: int) -> str:
    """Part of a due item is paid; the amounts are always read aloud and shown where the table has room."""
    amounts = {"paid": view.formats.money(paid_cents), "gross": view.formats.money(gross_cents)}
    how_much = view._("(paid %(paid)s of %(gross)s)") % amounts
    label = words.CHIPS["partial"]
    return _badge("orange", "timelapse", " ".join((view._(label), f"**{how_much}**")))


def returned(view: View, reason: str) -> str:
    """A direct debit came back, for the bank's reason."""
    label = words.CHIPS["returned"]
    return _badge("red", "cancel", " ".join((view._(label), escape(reason))).rstrip())


def contract(view: View, status: str) -> str:
    """The state of a contract."""
    return _badge(*_CONTRACTS[status], view._(words.CONTRACT_STATUSES[status]))


def count(text: str) -> str:
    """A count beside a title."""
    return f":gray-badge[{text}]"


def plan_row(view: View, kind: str) -> str:
    """What a row of the plan is, a rent in plain words. By their emphasis the style sheet knows the other kinds."""
    label = view._(words.PLAN_KINDS[kind])
    if kind == "INDICIZZAZIONE":
        return _badge("gray", "sync_alt", f"*{label}*")
    return _badge("primary", _PLAN_ICONS[kind], f"**{label}**") if kind in _PLAN_ICONS else label
