"""The private address of a calendar: opened, replaced, revoked, and who is behind it."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from core import db, keys
from core.access import Access, Grant, Role
from core.audit import AuditLine
from core.identity import actions, frames
from core.identity.flows import feeds
from core.identity.tables import Account, CalendarFeed
from core.kit import clock
from core.kit.errors import NotFound, TooMany
from core.settings import settings
from tests.identity.conftest import MORNING, Passes, account, statements
from tests.test_db import another_process_writing

TOKEN = "a" * 43
ADDRESS = "192.0.2.1"


@pytest.fixture
def access(anna: int, passes: Passes) -> Access:
    return Access(Role.CUSTOMER, 1, anna, frozenset(Grant), actor="10093")


def behind(token: str) -> int | None:
    person = frames.subscriber(token, address=ADDRESS)
    return person and person.access.account_id


def live() -> int:
    with db.reading(Access.system("test")) as connection:
        return connection.execute(select(func.count()).where(CalendarFeed.revoked_at.is_(None))).scalar_one()


def trail(action: str) -> list[AuditLine]:
    with db.reading(Access.system("test")) as connection:
        return list(connection.execute(select(AuditLine.__table__).where(AuditLine.action == action)))


def test_an_address_leads_to_the_account_with_its_own_language_and_grants(access: Access, anna: int) -> None:
    actions.open_feed(access, TOKEN)
    person = frames.subscriber(TOKEN, address="198.51.100.7\n")
    assert (person.access.account_id, person.access.role, person.access.grants) == (
        anna,
        Role.CUSTOMER,
        frozenset(Grant),
    )
    assert (person.access.session_id, person.access.address, person.access.actor) == (None, "198.51.100.7", "10093")
    assert (person.name, person.lang) == ("Anna Prova", "it-IT")


def test_a_token_says_nothing_and_only_its_digest_is_kept(access: Access) -> None:
    token = keys.new_token()
    actions.open_feed(access, token)
    with db.reading(access) as connection:
        kept = connection.execute(select(CalendarFeed.token_hash)).scalar_one()
    assert len(token) == 43
    assert kept == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(trail("calendar_opened"))


def test_a_new_address_is_the_end_of_the_former(access: Access, anna: int) -> None:
    actions.open_feed(access, TOKEN)
    actions.open_feed(access, "b" * 43)
    assert (behind(TOKEN), behind("b" * 43), live()) == (None, anna, 1)
    assert [line.data for line in trail("calendar_opened")] == [{"replaced": False}, {"replaced": True}]


def test_the_same_deed_sent_twice_is_done_once(access: Access, anna: int) -> None:
    for _ in range(3):
        actions.open_feed(access, TOKEN)
    assert (behind(TOKEN), live(), len(trail("calendar_opened"))) == (anna, 1, 1)


def test_a_deed_that_arrives_again_late_takes_nothing_from_the_address_made_since(access: Access, anna: int) -> None:
    for token in (TOKEN, "b" * 43, TOKEN):
        actions.open_feed(access, token)
    assert (behind(TOKEN), behind("b" * 43), len(trail("calendar_opened"))) == (None, anna, 2)


def test_the_database_knows_no_second_address_of_an_account(access: Access, anna: int, system: Access) -> None:
    actions.open_feed(access, TOKEN)
    with pytest.raises(IntegrityError), db.transaction(system) as connection:
        connection.execute(insert(CalendarFeed).values(account_id=anna, token_hash="0" * 64, created_at=clock.now()))


def test_of_two_at_once_one_address_stays(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    both_there, revoke = Barrier(2), actions._revoke_feed

    def revoke_and_wait_for_the_other(*args: object, **kwargs: object) -> bool:
        revoked = revoke(*args, **kwargs)
        with suppress(BrokenBarrierError):  # who comes second is let in only when the first is through
            both_there.wait(0.3)
        return revoked

    monkeypatch.setattr(actions, "_revoke_feed", revoke_and_wait_for_the_other)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(partial(actions.open_feed, access), [TOKEN, "b" * 43]))
    assert live() == 1
    assert [line.data["replaced"] for line in trail("calendar_opened")] == [False, True]


def test_a_revoked_address_leads_nowhere_and_revoking_again_does_nothing(access: Access) -> None:
    actions.open_feed(access, TOKEN)
    actions.revoke_feed(access)
    actions.revoke_feed(access)
    assert (behind(TOKEN), frames.feed(access), len(trail("calendar_revoked"))) == (None, None, 1)
    actions.open_feed(access, TOKEN)
    assert behind(TOKEN) is None, "a revoked address does not come back"


@pytest.mark.parametrize("column", ["disabled_at", "deleted_at"])
def test_an_address_dies_with_its_account(access: Access, system: Access, column: str) -> None:
    actions.open_feed(access, TOKEN)
    with db.transaction(system) as connection:
        connection.execute(update(Account).values({column: clock.now()}))
    assert behind(TOKEN) is None
    for deed in (lambda: actions.open_feed(access, "b" * 43), lambda: actions.revoke_feed(access)):
        with pytest.raises(NotFound):
            deed()


def test_nobody_has_a_calendar_without_an_account(database: str, system: Access) -> None:
    with pytest.raises(NotFound):
        actions.open_feed(system, TOKEN)
    assert frames.feed(system) is None


def test_each_account_has_its_own(access: Access, system: Access) -> None:
    carla = Access(Role.CUSTOMER, 2, account(system, "10094"), frozenset(Grant), actor="10094")
    actions.open_feed(access, TOKEN)
    actions.open_feed(carla, "c" * 43)
    actions.revoke_feed(access)
    assert (behind(TOKEN), behind("c" * 43)) == (None, carla.account_id)


def test_the_state_says_since_when_and_knows_its_token(access: Access, passes: Passes) -> None:
    assert frames.feed(access) is None
    actions.open_feed(access, TOKEN)
    passes(60)
    feed = frames.feed(access)
    assert feed.created_at == MORNING
    assert (feed.opened_with(TOKEN), feed.opened_with("b" * 43)) == (True, False)
    assert feed.token_hash not in repr(feed)


@pytest.mark.parametrize("wrong", ["", "x", "\ud800", "\0", "a" * 42])
def test_a_wrong_token_is_not_found_and_leaves_a_line_without_it(access: Access, wrong: str) -> None:
    actions.open_feed(access, TOKEN)
    with pytest.raises(NotFound):
        feeds.subscriber(wrong, address=ADDRESS)
    line = trail("calendar_refused")[0]
    assert (line.account_id, line.address, line.entity_id, line.data) == (None, ADDRESS, None, {})


def test_an_address_may_be_wrong_so_often_in_an_hour(
    access: Access, passes: Passes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "signin_address_per_hour", 3)
    for _ in range(3):
        with pytest.raises(NotFound):
            feeds.subscriber("x", address="2001:db8::1")
    with pytest.raises(TooMany) as refused:
        feeds.subscriber("x", address="2001:db8::2")
    assert refused.value.seconds == 3600
    assert len(trail("calendar_refused")) == 3, "who is over the limit does not fill the trail"
    with pytest.raises(NotFound):
        feeds.subscriber("x", address=ADDRESS)
    passes(3600)
    with pytest.raises(NotFound):
        feeds.subscriber("x", address="2001:db8::1")


def test_wrong_tokens_from_an_address_lock_nobody_else_out(
    access: Access, anna: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "signin_address_per_hour", 1)
    actions.open_feed(access, TOKEN)
    for _ in range(3):
        with pytest.raises((NotFound, TooMany)):
            feeds.subscriber("x", address=ADDRESS)
    assert feeds.subscriber(TOKEN, address=ADDRESS).access.account_id == anna


def test_a_right_token_is_one_select_and_waits_for_nobody_who_writes(access: Access, anna: int) -> None:
    actions.open_feed(access, TOKEN)
    with statements() as sent, another_process_writing():
        assert feeds.subscriber(TOKEN, address=ADDRESS).access.account_id == anna
    assert [one for one in sent if one != "BEGIN"] == ["SELECT"]


def test_handing_out_leaves_a_line(access: Access, anna: int) -> None:
    actions.note_feed_read(access)
    assert [(line.account_id, line.entity_id) for line in trail("calendar_read")] == [(anna, str(anna))]
