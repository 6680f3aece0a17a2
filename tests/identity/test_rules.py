"""Rules of accounts and sessions."""

from datetime import UTC, datetime, timedelta

import pytest

from core.access import Grant, Role
from core.identity import rules
from core.kit.errors import PortalError

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "stored"), [(" Mario ", "mario"), ("１００９３", "10093"), ("STRASSE", "strasse"), ("straße", "strasse")]
)
def test_user_names_fold_to_one_spelling(typed: str, stored: str) -> None:
    assert rules.fold_username(typed) == stored


def test_a_greek_letter_is_another_user_name() -> None:
    assert rules.fold_username("mariο") != rules.fold_username("mario")


@pytest.mark.parametrize("typed", ["10093\0", "\ud800"])
def test_what_no_database_takes_folds_to_what_matches_nobody(typed: str) -> None:
    folded = rules.fold_username(typed)
    assert folded.encode().decode() == folded
    assert "?" in folded


@pytest.mark.parametrize("name", ["", "a", "mariο", "a b", "x" * 41, ".mario", "mario\n"[:-1] + "\r\nx", "perché"])
def test_new_user_names_are_plain(name: str) -> None:
    with pytest.raises(PortalError):
        rules.require_username(name)


@pytest.mark.parametrize(("name", "kept"), [("10093.1", "10093.1"), ("Desk", "desk"), ("m@x.it", "m@x.it")])
def test_usual_user_names_are_taken(name: str, kept: str) -> None:
    assert rules.require_username(name) == kept


@pytest.mark.parametrize("length", [12, 64, 128])
def test_passwords_of_12_to_128_characters_are_taken_verbatim(length: int) -> None:
    assert rules.require_password(" " * length) == " " * length


@pytest.mark.parametrize(("length", "said"), [(11, "at least 12"), (129, "at most 128")])
def test_shorter_and_longer_passwords_are_refused_with_the_reason(length: int, said: str) -> None:
    with pytest.raises(PortalError, match=said):
        rules.require_password("è" * length)


@pytest.mark.parametrize(
    ("wish", "tag"), [("it", "it-IT"), ("en-US", "en-GB"), ("es_ES", "es-ES"), ("de", "it-IT"), ("", "it-IT")]
)
def test_languages_have_one_tag(wish: str, tag: str) -> None:
    assert rules.language(wish) == tag


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_address_limits_count_an_ipv6_network_as_one(address: str, counted: str) -> None:
    assert rules.network(address) == counted


def test_texts_of_browsers_lose_control_characters_and_length() -> None:
    assert rules.printable("Fire\r\nfox\0" * 100, 7) == "Firefox"


def test_a_mail_address_is_shown_masked() -> None:
    assert rules.masked_email("mario.rossi@pec.example") == "m•••@pec.example"


@pytest.mark.parametrize(
    ("first", "last", "name", "badge"),
    [
        ("Mario", "Rossi", "Mario Rossi", "MR"),
        ("Anna Maria", "De Luca", "Anna Maria De Luca", "AL"),
        (None, None, "10093", "1"),
        ("Anna", None, "Anna", "A"),
    ],
)
def test_names_and_badges(first: str | None, last: str | None, name: str, badge: str) -> None:
    assert rules.full_name(first, last, "10093") == name
    assert rules.initials(name) == badge


def test_only_a_customer_has_grants_of_its_own() -> None:
    assert rules.grants(Role.CUSTOMER) == frozenset(Grant)
    assert all(rules.grants(role) == frozenset() for role in Role if role is not Role.CUSTOMER)


def lives_at(now: datetime, **changes: datetime) -> bool:
    hour = timedelta(hours=1)
    times = {"created_at": NOON - hour, "seen_at": NOON, "ends_at": NOON + 7 * hour} | changes
    return rules.session_lives(now, **times, idle_seconds=900)


@pytest.mark.parametrize(
    ("idle", "lives"), [(0, True), (899, True), (900, False), (-86_400, True)], ids=["now", "14:59", "15:00", "ahead"]
)
def test_a_session_idles_out_after_15_minutes(idle: int, lives: bool) -> None:
    assert lives_at(NOON, seen_at=NOON - timedelta(seconds=idle)) is lives


def test_a_session_ends_at_its_end_however_busy() -> None:
    assert not lives_at(NOON, seen_at=NOON, ends_at=NOON)


@pytest.mark.parametrize(("ahead", "lives"), [(300, True), (301, False), (86_400, False)])
def test_a_session_ends_when_the_clock_goes_back_before_its_beginning(ahead: int, lives: bool) -> None:
    begun = NOON + timedelta(seconds=ahead)
    assert lives_at(NOON, created_at=begun, seen_at=begun) is lives


@pytest.mark.parametrize(("seconds", "needed"), [(59, False), (60, True), (-59, False), (-3600, True)])
def test_activity_is_written_once_a_minute(seconds: int, needed: bool) -> None:
    assert rules.needs_touch(NOON, NOON - timedelta(seconds=seconds), 900) is needed


def test_activity_is_written_more_often_where_a_session_may_be_idle_for_seconds_only() -> None:
    assert rules.needs_touch(NOON, NOON - timedelta(seconds=5), 20)
    assert not rules.needs_touch(NOON, NOON - timedelta(seconds=4), 20)
