"""Many rows at once: values as they are on both databases, ids that nobody has, errors in our own words."""

from datetime import date

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Date, MetaData, Table, Text, insert, select
from sqlalchemy.schema import CreateTable

from core import bulk, db, engines
from core.access import Access
from core.identity.tables import Customer
from core.kit.errors import NoSpace
from tests.test_db import ON_POSTGRESQL

STAGED = Table(
    "staged",
    MetaData(),
    *(Column("number", BigInteger), Column("name", Text), Column("day", Date), Column("flag", Boolean)),
    prefixes=["TEMPORARY"],
)
ROWS = {
    "number": [1, -(10**15), None],
    "name": ["a\tb\nc\\d", "", None],
    "day": [date(2024, 2, 29), None, date(1950, 1, 1)],
    "flag": [True, False, None],
}


def test_rows_arrive_as_they_are(database: str, system: Access) -> None:
    with db.holding(system) as held, held.scratch() as connection:
        connection.execute(CreateTable(STAGED))
        bulk.load(connection, STAGED, ROWS)
        bulk.load(connection, STAGED, {name: [] for name in ROWS})
        found = connection.execute(select(STAGED)).all()
    assert [tuple(row) for row in found] == list(zip(*ROWS.values(), strict=True))


def test_temporary_tables_go_with_their_connection(database: str, system: Access) -> None:
    for _ in range(2):
        with db.holding(system) as held, held.scratch() as connection:
            connection.execute(CreateTable(STAGED))


def test_ids_are_of_no_other_row(database: str, system: Access) -> None:
    texts = {"name": "A", "pec": "a@pec.example", "address": "Via Roma 1"}
    with db.transaction(system) as connection:
        for code in ("A", "B"):
            connection.execute(insert(Customer).values(code=code, **texts))
        taken = set(connection.execute(select(Customer.id)).scalars())
        fresh = select(bulk.fresh_ids(connection, Customer, Customer.code))
        found = connection.execute(fresh.select_from(Customer)).scalars().all()
    assert len(set(found)) == len(found) == 2
    assert taken.isdisjoint(found)


@ON_POSTGRESQL
def test_a_full_disk_is_told_by_a_copy_too(database: str, system: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text where a number belongs stands for the disk."""
    monkeypatch.setattr(engines, "_FULL", {"22P02"})
    with db.holding(system) as held, held.scratch() as connection:
        connection.execute(CreateTable(STAGED))
        with pytest.raises(NoSpace):
            bulk.load(connection, STAGED, {"number": ["x"]})
