"""A calendar program at the door: a token in its address stands in place of a session."""

from dataclasses import replace
from typing import NoReturn

from core import audit, db, limits
from core.access import Access
from core.identity import attempts, frames, rules
from core.identity.frames import Visitor
from core.identity.tables import ADDRESS_LENGTH
from core.kit import clock
from core.kit.errors import NotFound, TooMany


def subscriber(token: str, *, address: str) -> Visitor:
    """The person whose calendar it is. Raises NotFound for a token that opens nothing, TooMany for one too many.

    A right one is never refused: calendar services ask for all their users from a few addresses, and nobody may lock
    the others out by asking for wrong ones. Unknown, revoked, of an ended account: it is the same way for all.
    """
    return frames.subscriber(token, address=address) or _refuse(address)


def _refuse(address: str) -> NoReturn:
    visit = replace(Access.system("calendar"), address=rules.printable(address, ADDRESS_LENGTH))
    with db.transaction(visit) as connection:
        wait = limits.reserve(connection, [attempts.of_calendars(address)], clock.now())
        if not wait:
            audit.write(connection, visit, "calendar_refused")
    raise TooMany(wait) if wait else NotFound
