"""What a movement is called, whatever it is."""

from dataclasses import replace
from datetime import date

import pytest

from core.billing.frames import Movement
from core.billing.wording import bank_reason, described
from core.formats import Formats
from core.locale import translations

RENT = Movement(
    source="item",
    source_id=1,
    day=date(2024, 3, 16),
    document="55/2024",
    document_id=None,
    contract="91689",
    kind="CANONE",
    causale="Pagamento",
    number=16,
    due_on=date(2024, 3, 31),
    method="SDD",
    reason=None,
    reversed_on=None,
    debit_cents=59_316,
    credit_cents=None,
    balance_cents=59_316,
)
PAID = replace(RENT, source="payment", kind=None, causale=None, number=None, due_on=None)
BACK = replace(PAID, source="return", reason="AM04", reversed_on=date(2024, 4, 1))


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (RENT, "Canone n. 16, scadenza 31/03/24"),
        (replace(RENT, causale="Canone di marzo"), "Canone di marzo, scadenza 31/03/24"),
        (replace(RENT, kind="RISCATTO", causale="Valore residuo"), "Valore residuo, scadenza 31/03/24"),
        (PAID, "Pagamento – Addebito in c/c tramite SEPA"),
        (BACK, "Insoluto dell’addebito del 01/04/24: AM04, fondi insufficienti"),
        (replace(BACK, reason=None), "Insoluto dell’addebito del 01/04/24"),
        (replace(BACK, reason=None, method="BONIFICO"), "Storno del pagamento del 01/04/24"),
    ],
)
def test_a_movement_says_what_it_is(move: Movement, said: str) -> None:
    assert described(translations("it").gettext, Formats("it").day, move) == said


def test_a_code_nobody_knows_is_said_as_it_is() -> None:
    assert bank_reason(translations("it").gettext, "XX99") == "XX99"
