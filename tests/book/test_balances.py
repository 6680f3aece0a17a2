"""What is left of the principal on a day, and the principal in what is not paid."""

from datetime import date
from fractions import Fraction

from core.book import rules
from tests.book.leases import CAR, DENTAL, plan


def test_outstanding_on_a_day_is_that_of_the_last_row_due_by_then() -> None:
    balances = [(date(2022, 6, 15), 87_786_88), (date(2022, 6, 30), 85_987_35)]
    days = date(2022, 6, 14), date(2022, 6, 29), date(2022, 6, 30), date(2030, 1, 1)
    left = [rules.outstanding_on(balances, 97_540_98, day) for day in days]
    assert left == [97_540_98, 87_786_88, 85_987_35, 85_987_35]


def test_after_every_row_it_is_the_price_without_what_was_repaid() -> None:
    for terms in (CAR, DENTAL):
        rows = plan(terms)
        repaid = [Fraction(row.principal_cents) for row in rows]
        for place, row in enumerate(rows, start=1):
            assert rules.outstanding(Fraction(terms.price_cents), repaid[:place]) == row.outstanding_cents
        assert rules.outstanding(Fraction(terms.price_cents), []) == terms.price_cents


def test_a_half_paid_rent_leaves_half_its_principal_unpaid() -> None:
    principal, gross = Fraction(237_97), Fraction(514_11)
    assert rules.unpaid_principal(principal, gross, gross) == principal
    assert rules.unpaid_principal(principal, gross / 2, gross) == 118_99
    assert rules.unpaid_principal(principal, Fraction(0), gross) == 0
