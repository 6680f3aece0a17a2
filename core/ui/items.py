"""How the codes of a due item are said, wherever items are listed."""

from typing import Protocol

from core.kit import words
from core.ui.guard import View
from core.ui.tables import escape


class _Item(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def causale(self) -> str: ...
    @property
    def method(self) -> str: ...


def reason(view: View, item: _Item) -> str:
    """What the item is for: the label of its kind, or the company's own words."""
    return escape(view._(words.causale_message(item.kind, item.causale)))


def means(view: View, item: _Item) -> str:
    """How the item is paid."""
    return escape(view._(words.METHODS[item.method]))
