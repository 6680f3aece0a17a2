"""Accounts are made, changed and left."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from core import db
from core.access import Access, Role
from core.audit import AuditLine
from core.identity import actions
from core.identity.flows import login
from core.identity.frames import visitor
from core.identity.tables import Account, Challenge, WebSession
from core.kit import clock
from core.kit.errors import NotFound, PortalError, SessionEnded, WrongCredentials
from tests.identity.conftest import Browser, account


def stored(system: Access, *columns: str) -> tuple[object, ...]:
    with db.reading(system) as connection:
        return tuple(connection.execute(select(*(getattr(Account, column) for column in columns))).one())


def test_an_account_is_stored_folded_with_its_hash(database: str, system: Access) -> None:
    account(system, username="Mario.Rossi", lang="en-US", first_name=" Mario ")
    assert stored(system, "username", "lang", "first_name", "password_scheme") == (
        "mario.rossi",
        "en-GB",
        "Mario",
        "bcrypt-4/sha256-b64",
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"username": "perché"}, "user name"),
        ({"username": "10093"}, "taken"),
        ({"email": "a@b.it, c@d.it"}, "one e-mail address"),
        ({"email": "a@b.it\r\nBcc: c@d.it"}, "one e-mail address"),
        ({"password": "short"}, "at least 12"),
        ({"password": "x" * 129}, "at most 128"),
        ({"customer_code": "99999"}, "no customer with code 99999"),
        ({"role": Role.DESK}, "names its customer"),
        ({"customer_code": None}, "names its customer"),
        ({"role": Role.SUB_USER}, "names its customer"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_the_reason(
    anna: int, system: Access, change: dict[str, object], said: str
) -> None:
    values: dict = {
        "username": "new",
        "customer_code": "10093",
        "role": Role.CUSTOMER,
        "email": "new@pec.example",
        "first_name": "",
        "last_name": "",
        "lang": "it",
        "password": "correct horse battery",
    }
    with pytest.raises(PortalError, match=said):
        actions.create_account(system, **values | change)
    assert stored(system, "username") == ("10093",)


def test_a_staff_account_has_no_customer(database: str, system: Access, laptop: Browser) -> None:
    account(system, username="desk", customer_code=None, role=Role.DESK)
    seen = visitor(laptop.sign_in("desk").token, touch=True)
    assert (seen.access.role, seen.access.customer_id, seen.customer_name) == (Role.DESK, None, "")
    assert seen.access.grants == frozenset()


def test_people_make_no_accounts_and_set_no_passwords(anna: int, laptop: Browser) -> None:
    access = visitor(laptop.sign_in().token, touch=True).access
    with pytest.raises(NotFound):
        actions.set_password(access, "10093", "another horse battery")
    with pytest.raises(NotFound):
        account_of(access)


def account_of(access: Access) -> int:
    return actions.create_account(
        access,
        username="new",
        customer_code="10093",
        role=Role.CUSTOMER,
        email="new@pec.example",
        first_name="",
        last_name="",
        lang="it",
        password="correct horse battery",
    )


def test_a_new_password_replaces_the_old_one_and_ends_sessions_and_codes(
    anna: int, system: Access, laptop: Browser
) -> None:
    token = laptop.sign_in().token
    laptop.begin()
    actions.set_password(system, " 10093 ", "another horse battery")
    assert visitor(token, touch=True) is None
    assert login.pending("browser") is None
    with pytest.raises(WrongCredentials):
        laptop.begin()
    laptop.begin(password="another horse battery")


def test_a_new_password_leaves_other_accounts_alone(anna: int, system: Access, laptop: Browser) -> None:
    account(system, "10094")
    token = laptop.sign_in("10094").token
    actions.set_password(system, "10093", "another horse battery")
    assert visitor(token, touch=True) is not None


@pytest.mark.parametrize("deed", [actions.set_password, actions.set_language])
def test_an_unknown_user_name_is_not_found(anna: int, system: Access, deed) -> None:
    with pytest.raises(NotFound):
        deed(system, "nobody", "another horse battery")


def test_a_language_is_set_for_the_account_and_the_session_that_asks(
    anna: int, system: Access, laptop: Browser
) -> None:
    token, other = laptop.sign_in().token, laptop.sign_in().token
    actions.set_language(visitor(token, touch=True).access, "10093", "es")
    assert stored(system, "lang") == ("es-ES",)
    assert (visitor(token, touch=True).lang, visitor(other, touch=True).lang) == ("es-ES", "it-IT")


def test_nobody_sets_another_s_language(anna: int, system: Access, laptop: Browser) -> None:
    account(system, "10094")
    access = visitor(laptop.sign_in("10094").token, touch=True).access
    with pytest.raises(NotFound):
        actions.set_language(access, "10093", "es")


def test_signing_out_ends_this_session_only_and_is_written_once(anna: int, system: Access, laptop: Browser) -> None:
    token, other = laptop.sign_in().token, laptop.sign_in().token
    access = visitor(token, touch=True).access
    actions.sign_out(access)
    actions.sign_out(access)
    assert visitor(token, touch=True) is None
    assert visitor(other, touch=True) is not None
    with db.reading(system) as connection:
        lines = connection.execute(select(AuditLine.actor).where(AuditLine.action == "sign_out")).all()
    assert lines == [("10093",)]


def test_there_is_nothing_to_sign_out_of_without_a_session(system: Access) -> None:
    with pytest.raises(SessionEnded):
        actions.sign_out(system)


def left(system: Access) -> tuple[int, int]:
    """How many sessions and challenges there are."""
    with db.reading(system) as connection:
        sessions, challenges = (
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (WebSession, Challenge)
        )
    return sessions, challenges


def test_sessions_and_challenges_go_some_time_after_their_end(
    anna: int, system: Access, laptop: Browser, passes: Callable[[float], datetime]
) -> None:
    laptop.sign_in()
    day = 86_400
    passes(day + 600)
    assert (actions.purge(system, clock.now()), left(system)) == (0, (1, 1))
    passes(1)
    assert (actions.purge(system, clock.now()), left(system)) == (1, (1, 0))
    passes(29 * day + 8 * 3600 - 601)
    assert actions.purge(system, clock.now()) == 0
    passes(1)
    assert (actions.purge(system, clock.now()), left(system)) == (1, (0, 0))


def test_a_revoked_session_goes_thirty_days_after_it_was_ended(
    anna: int, system: Access, laptop: Browser, passes: Callable[[float], datetime]
) -> None:
    laptop.sign_in()
    with db.transaction(system) as connection:
        connection.execute(update(WebSession).values(revoked_at=clock.now()))
    later = clock.now() + timedelta(days=30)
    actions.purge(system, later)
    assert left(system)[0] == 1
    actions.purge(system, later + timedelta(seconds=1))
    assert left(system)[0] == 0


def test_what_was_done_in_a_purged_session_stays_in_the_audit_trail(
    anna: int, system: Access, laptop: Browser, passes: Callable[[float], datetime]
) -> None:
    token = laptop.sign_in().token
    actions.sign_out(visitor(token, touch=False).access)
    assert actions.purge(system, clock.now() + timedelta(days=99)) == 2
    with db.reading(system) as connection:
        actors = connection.execute(select(AuditLine.actor).where(AuditLine.action == "sign_out")).scalars().all()
    assert actors == ["10093"]


def test_only_the_system_purges(anna: int, laptop: Browser) -> None:
    access = visitor(laptop.sign_in().token, touch=False).access
    with pytest.raises(NotFound):
        actions.purge(access, clock.now())
