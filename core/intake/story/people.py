"""Made-up customers of a generated book: each follows from its place in the book alone.

Their numbers have the right check characters and are plainly made up: VAT numbers count on from 9800000, the place of
birth is Z999, which is none, accounts count on from 7000000 at the bank of the demo, addresses end in `.example`.
"""

import hashlib
from collections.abc import Callable, Sequence
from itertools import count
from typing import TypeVar

from schwifty import IBAN
from stdnum import luhn
from stdnum.it import codicefiscale

from core.intake.story.cast import Person

_FIRST_CODE = 500_000
_FIRST_VAT_NUMBER, _PROVINCES = 9_800_000, 100
_FIRST_ACCOUNT, _BANK, _BRANCH = 7_000_000, "05428", "11101"
_SOLE_TRADERS_PERCENT = 25
_BIRTHPLACE, _MONTHS, _DAYS_OF_WOMEN = "Z999", "ABCDEHLMPRST", 40
_VOWELS, _PART, _LONG = "AEIOU", 3, 4
_TRADES = (
    *("Officine", "Trasporti", "Panificio", "Falegnameria", "Tipografia", "Costruzioni", "Autonoleggio", "Cantina"),
    *("Lavanderia", "Carpenteria", "Farmacia", "Caseificio", "Vivai", "Serramenti", "Studio Dentistico", "Logistica"),
)
_PLACES = (
    *("Belvento", "Altariva", "Montechiaro", "Valserena", "Pontelungo", "Roccabruna", "Acquafonda", "Campodoro"),
    *("Collemaggio", "Frassineta", "Terralta", "Boscovivo", "Rivalunga", "Sassofermo", "Fontescura", "Pratolieve"),
)
_FORMS = ("S.r.l.", "S.r.l.", "S.r.l.", "S.p.A.", "S.n.c.", "Società cooperativa")
_SURNAMES = ("Ferri", "Galbusera", "Moretti", "Bassi", "Colnaghi", "Vezzali", "Orsini", "Prandi", "Zanella", "Fo")
_WOMEN = ("Anna", "Lucia", "Chiara", "Federica", "Ornella")
_MEN = ("Mario", "Luca", "Giancarlo", "Pietro", "Enea")
_STREETS = ("Via dei Tigli", "Via del Mulino", "Strada della Dogana", "Via Artigianato", "Viale dell'Industria")
_TOWNS = (
    *("31100 Treviso TV", "36100 Vicenza VI", "35127 Padova PD", "30030 Salzano VE", "37135 Verona VR"),
    *("41122 Modena MO", "40138 Bologna BO", "24126 Bergamo BG", "25125 Brescia BS", "38121 Trento TN"),
)

Dice = Callable[[int], int]
_T = TypeVar("_T")


def dice_of(place: int) -> Dice:
    """The dice of a customer: given a number of sides they fall on 0 to sides − 1, in the same order every time."""
    throws = count()

    def throw(sides: int) -> int:
        fallen = hashlib.blake2b(f"{place}/{next(throws)}".encode(), digest_size=8).digest()
        return int.from_bytes(fallen, "big") % sides

    return throw


def one_of(dice: Dice, options: Sequence[_T]) -> _T:
    """One of some options."""
    return options[dice(len(options))]


def person(place: int, dice: Dice) -> Person:
    """The customer at a place of the book, counted from 0."""
    code = str(_FIRST_CODE + place)
    trade, name = one_of(dice, _TRADES), one_of(dice, _PLACES)
    tax_code, ending = _sole_trader(dice) if dice(100) < _SOLE_TRADERS_PERCENT else ("", one_of(dice, _FORMS))
    return Person(
        code=code,
        name=f"{trade} {name} {ending}",
        vat_no=_vat_number(place),
        pec=f"{name.lower()}.{code}@pec.example",
        address=f"{one_of(dice, _STREETS)} {1 + dice(120)}, {one_of(dice, _TOWNS)}",
        tax_code=tax_code,
    )


def account(place: int) -> str:
    """The IBAN of the account that a customer is debited on."""
    number = f"{_FIRST_ACCOUNT + place:012}"
    return str(IBAN.generate("IT", bank_code=_BANK, branch_code=_BRANCH, account_code=number))


def _vat_number(place: int) -> str:
    group, province = divmod(place, _PROVINCES)
    number = f"{_FIRST_VAT_NUMBER + group}{province + 1:03}"
    return f"{number}{luhn.calc_check_digit(number)}"


def _sole_trader(dice: Dice) -> tuple[str, str]:
    """A tax code and what the firm of that person is called after its trade."""
    woman, surname = dice(2), one_of(dice, _SURNAMES)
    name = one_of(dice, _WOMEN if woman else _MEN)
    born = f"{50 + dice(50)}{one_of(dice, _MONTHS)}{1 + dice(28) + woman * _DAYS_OF_WOMEN:02}"
    number = f"{_surname_part(surname)}{_name_part(name)}{born}{_BIRTHPLACE}"
    return f"{number}{codicefiscale.calc_check_digit(number)}", f"di {surname} {name}"


def _consonants(name: str) -> str:
    return "".join(letter for letter in name.upper() if letter not in _VOWELS)


def _surname_part(name: str) -> str:
    vowels = "".join(letter for letter in name.upper() if letter in _VOWELS)
    return f"{_consonants(name)}{vowels}XX"[:_PART]


def _name_part(name: str) -> str:
    consonants = _consonants(name)
    return consonants[0] + consonants[2:_LONG] if len(consonants) >= _LONG else _surname_part(name)
