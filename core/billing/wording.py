"""What a movement of the account is called, on the screen, in workbooks and on paper alike."""

from collections.abc import Callable
from datetime import date
from typing import Protocol

from core.kit import words
from core.kit.errors import N_

# The codes of returned direct debits (ISO 20022), as far as they say something to the debtor.
_RETURNS = {
    "AC01": N_("wrong account number"),
    "AC04": N_("account closed"),
    "AC06": N_("account blocked"),
    "AM04": N_("insufficient funds"),
    "MD01": N_("no valid mandate"),
    "MD06": N_("refund asked for by the debtor"),
    "MD07": N_("debtor deceased"),
    "MS02": N_("refused by the debtor"),
    "MS03": N_("reason not stated"),
}


class _Charge(Protocol):
    @property
    def kind(self) -> str | None: ...
    @property
    def causale(self) -> str | None: ...
    @property
    def number(self) -> int | None: ...


class _Moved(_Charge, Protocol):
    @property
    def method(self) -> str: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def reversed_on(self) -> date | None: ...


def charge(gettext: Callable[[str], str], item: _Charge) -> str:
    """A due item: `Canone n. 23`, `Valore residuo`, or the company's own words."""
    message = words.causale_message(item.kind or "", item.causale or "")
    # A rent is `Pagamento` in the ledger, where it can be nothing else; beside payments it is called what it is.
    if message == words.KINDS["CANONE"]:
        return gettext(N_("Rent no. %(number)s")) % {"number": item.number}
    return gettext(message)


def bank_reason(gettext: Callable[[str], str], code: str) -> str:
    """The bank's code of a return, with its meaning where it is known: `AM04, fondi insufficienti`."""
    return ", ".join((code, gettext(_RETURNS[code]))) if code in _RETURNS else code


def described(gettext: Callable[[str], str], day: Callable[[date], str], moved: _Moved) -> str:
    """What a movement is: the item with its due date, how a payment came, what came back and why; `day` writes days."""
    if moved.due_on is not None:
        return gettext(N_("%(charge)s, due on %(day)s")) % {"charge": charge(gettext, moved), "day": day(moved.due_on)}
    if moved.reversed_on is None:
        method = words.METHODS[moved.method]
        return gettext(N_("Payment – %(method)s")) % {"method": gettext(method)}
    returned = moved.method == "SDD"
    message = N_("Returned debit of %(day)s") if returned else N_("Reversal of the payment of %(day)s")
    said = gettext(message) % {"day": day(moved.reversed_on)}
    return f"{said}: {bank_reason(gettext, moved.reason)}" if moved.reason else said
