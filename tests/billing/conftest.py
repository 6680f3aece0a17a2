"""Anna and Carla, customers with an empty ledger each, and the day of the tests."""

from datetime import date

import pytest

from tests.people import Person

TODAY = date(2024, 4, 5)
GROSS = 12_200


@pytest.fixture
def anna(database: str) -> Person:
    return Person("10093", "Anna")


@pytest.fixture
def carla(database: str) -> Person:
    return Person("10094", "Carla")
