"""The demo stands at today: loaded once, added to on a later day, never in production. On both databases."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select, text

from core import db, demo, schema
from core.access import Access, Grant, Role
from core.analysis.frames import findings
from core.billing.frames import Filters, ledger
from core.billing.tables import Allocation, DueItem, Invoice, Payment
from core.book.tables import Contract, IndexRate, PlanRow
from core.identity.tables import Account, Customer
from core.intake.rules.book import Refused
from core.intake.tables import ImportBatch
from core.kit import clock
from core.kit.errors import Misconfigured
from core.settings import settings
from tests.intake.books import imported, small
from tests.people import Person

GOLDEN = date(2024, 4, 5)
SYSTEM = Access.system("test")


def count(table: type[db.Base]) -> int:
    with db.reading(SYSTEM) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def counts() -> dict[str, int]:
    tables = (Customer, Contract, PlanRow, Invoice, DueItem, Payment, Allocation, IndexRate, Account, ImportBatch)
    return {table.__tablename__: count(table) for table in tables}


def stands_at() -> list[date | None]:
    with db.reading(SYSTEM) as connection:
        return list(connection.execute(select(ImportBatch.as_of).order_by(ImportBatch.id)).scalars())


def test_the_golden_day_holds_what_had_happened_by_then(database: str) -> None:
    demo.load(GOLDEN)
    assert counts() == {
        "customer": 4,
        "contract": 33,
        "plan_row": 2153,
        "invoice": 1029,
        "due_item": 2151,
        "payment": 1045,
        "allocation": 1073,
        "index_rate": 99,
        "account": 4,
        "import_batch": 1,
    }
    with db.reading(SYSTEM) as connection:
        latest = [
            connection.execute(select(func.max(column))).scalar_one()
            for column in (Contract.signed_on, Invoice.issued_on, Payment.paid_on)
        ]
        assert connection.execute(select(func.max(IndexRate.month))).scalar_one() == date(2024, 3, 1)
    assert all(day <= GOLDEN for day in latest)


def test_a_later_day_adds_what_has_happened_since(database: str) -> None:
    demo.load(GOLDEN)
    before = counts()
    demo.load(GOLDEN + timedelta(days=30))
    after = counts()
    assert after["invoice"] > before["invoice"]
    assert after["payment"] > before["payment"]
    assert stands_at() == [GOLDEN, GOLDEN + timedelta(days=30)]
    stepwise = counts() | {"import_batch": 1}
    demo.reset()
    demo.load(GOLDEN + timedelta(days=30))
    assert counts() == stepwise


def test_the_monitor_is_silent_on_the_demo_at_any_day(database: str) -> None:
    for day in (
        date(2017, 3, 1),
        date(2021, 1, 1),
        date(2021, 9, 29),
        date(2021, 9, 30),
        date(2022, 9, 30),
        GOLDEN,
        date(2026, 11, 20),
        date(2031, 12, 31),
    ):
        demo.load(day)
        assert findings(SYSTEM, day) == []


def written_off(on: date) -> list[tuple[date, str, bool]]:
    """What the contract that ends early owes on a day: due date, causale, whether it is invoiced."""
    with db.reading(SYSTEM) as connection:
        customer_id = connection.execute(select(Customer.id).where(Customer.code == "10095")).scalar_one()
    fleet = Access(Role.CUSTOMER, customer_id, None, frozenset(Grant), actor="10095")
    with ledger(fleet, on, Filters(contract="87990")) as (_, rows):
        return [(row["due_on"], row["causale"], row["invoice"] is not None) for row in rows]


def test_an_early_termination_is_not_known_before_its_day(database: str) -> None:
    ends_on, settled = date(2021, 9, 30), (date(2021, 9, 30), "Estinzione anticipata", True)
    demo.load(date(2021, 1, 1))
    rents = written_off(date(2021, 1, 1))
    assert settled[:2] not in [row[:2] for row in rents]
    assert (rents[-1][0], len(rents)) == (date(2024, 6, 27), 61)
    demo.load(ends_on)
    stepwise = written_off(ends_on)
    assert all(invoiced for _, _, invoiced in stepwise)
    assert settled in stepwise
    assert (stepwise[-1][0], len(stepwise)) == (ends_on, 30)
    demo.reset()
    demo.load(ends_on)
    assert written_off(ends_on) == stepwise


def test_ensure_makes_schema_book_and_accounts_from_nothing() -> None:
    clock.set_to("2024-04-05")
    demo.ensure()
    assert schema.current() == schema.newest()
    assert stands_at() == [GOLDEN]
    with db.reading(SYSTEM) as connection:
        people = connection.execute(
            select(Account.username, Account.first_name, Account.last_name, Account.email).order_by(Account.username)
        ).all()
        addresses = dict(connection.execute(select(Customer.code, Customer.pec)).all())
    assert people[0][:3] == ("10093", "Mario", "Rossi")
    assert {person.username: person.email for person in people} == addresses


def test_ensure_does_nothing_twice_a_day_and_adds_on_the_next(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.set_to("2024-04-05")
    demo.ensure()
    loaded: list[date] = []
    monkeypatch.setattr(demo, "load", loaded.append)
    demo.ensure()
    assert loaded == []
    clock.set_to("2024-04-06")
    demo.ensure()
    assert loaded == [date(2024, 4, 6)]


def test_ensure_makes_an_account_that_is_missing(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.set_to("2016-07-01")
    with monkeypatch.context() as fewer:
        fewer.setattr(demo, "ACCOUNTS", demo.ACCOUNTS[:1])
        demo.ensure()
    assert count(Account) == 1
    demo.ensure()
    assert count(Account) == 4


def test_ensure_leaves_a_book_that_is_not_the_demos_alone(database: str) -> None:
    with db.transaction(SYSTEM) as connection:
        row = {"code": "10093", "name": "Altri", "pec": "altri@pec.example", "address": "Via Po"}
        connection.execute(Customer.__table__.insert(), [row])
    demo.ensure()
    assert counts()["customer"] == 1
    assert count(Account) == 0


def test_the_demo_does_not_go_back_in_time(database: str) -> None:
    demo.load(GOLDEN)
    with pytest.raises(demo.AheadOfDay, match="2024-04-05"):
        demo.load(GOLDEN - timedelta(days=1))


def test_reset_empties_the_database_to_its_tables(database: str) -> None:
    demo.load(date(2016, 7, 1))
    demo.reset()
    assert set(counts().values()) == {0}
    schema.require_current()


def test_reset_takes_away_the_portals_tables_only(database: str) -> None:
    demo.load(date(2016, 7, 1))
    with db.transaction(SYSTEM) as connection:
        connection.execute(text("create table someone_elses (id integer)"))
        connection.execute(text("insert into someone_elses values (1)"))
        if database == "postgresql":
            body = "returns trigger language plpgsql as $$ begin return null; end $$"
            connection.execute(text(f"create function someone_elses_append_only() {body}"))
    schema.drop()
    with db.reading(SYSTEM) as connection:
        assert inspect(connection).get_table_names() == ["someone_elses"]
        assert connection.execute(text("select count(*) from someone_elses")).scalar_one() == 1
        if database == "postgresql":
            guards = text("select proname from pg_proc where proname ~ '_append_only$'")
            assert connection.execute(guards).scalars().all() == ["someone_elses_append_only"]
    schema.migrate()


def test_reset_works_where_there_is_nothing_yet() -> None:
    demo.reset()
    schema.require_current()


OTHERS = {
    "a book without the demo": lambda folder: imported(folder, small()),
    "a book beside the demo": lambda folder: (demo.load(date(2016, 7, 1)), imported(folder, small())),
    "customers of no import": lambda _: Person("10093", "Anna"),
}


@pytest.mark.parametrize("deed", [demo.reset, lambda: demo.load(GOLDEN)], ids=["reset", "load"])
@pytest.mark.parametrize("fill", OTHERS.values(), ids=OTHERS.keys())
def test_the_demo_leaves_a_database_with_other_customers_alone(
    database: str, tmp_path: Path, fill: Callable[[Path], object], deed: Callable[[], object]
) -> None:
    fill(tmp_path)
    before = counts()
    with pytest.raises(Misconfigured, match="book or customers that are not the demo's"):
        deed()
    assert counts() == before


def test_ensure_adds_no_day_to_a_demo_with_a_book_of_ones_own(database: str, tmp_path: Path) -> None:
    clock.set_to("2016-07-01")
    demo.ensure()
    imported(tmp_path, small())
    clock.set_to("2016-07-02")
    demo.ensure()
    assert stands_at() == [date(2016, 7, 1), None]


def test_a_spoilt_demo_book_is_refused(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "BOOK", tmp_path)
    (tmp_path / "customers.csv").write_text("code\n")
    with pytest.raises(Refused):
        demo.load(GOLDEN)


def test_a_database_that_held_the_demo_is_known(database: str) -> None:
    demo.require_absent()
    demo.load(date(2016, 7, 1))
    with pytest.raises(Misconfigured, match="the database holds the demo book"):
        demo.require_absent()


@pytest.mark.parametrize("deed", [demo.ensure, demo.reset, lambda: demo.load(GOLDEN)])
def test_production_has_no_demo(database: str, deed: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_MODE", "production")
    monkeypatch.setenv("PORTAL_SECRET_KEY", "x" * 40)
    monkeypatch.setenv("PORTAL_PUBLIC_URL", "https://portal.example")
    monkeypatch.setenv("PORTAL_SMTP_URL", "smtp://mail.example")
    monkeypatch.setenv("PORTAL_PASSWORD_ROUNDS", "12")
    settings.cache_clear()
    with pytest.raises(Misconfigured, match="PORTAL_MODE=demo"):
        deed()
    assert set(counts().values()) == {0}
