"""Faults that a row shows by itself, and rows that name the same thing twice."""

from collections.abc import Iterator

from sqlalchemy import and_, delete, func, select

from core.intake.columns import ALLOCATIONS, CONTRACTS, DUE_ITEMS, FORMATS, PAPERS, PAYMENTS, PLAN_ROWS
from core.intake.faults.case import Case, Rule
from core.intake.names import LONGEST_NAME
from core.intake.rules.book import INVOICED_KINDS, Fault
from core.intake.staging import ANY_DAY, NAMED_ON, TABLES, alike, gross, name_columns

_contract, _plan, _item = TABLES[CONTRACTS].c, TABLES[PLAN_ROWS].c, TABLES[DUE_ITEMS].c
_payment, _allocation = TABLES[PAYMENTS].c, TABLES[ALLOCATIONS].c
_split = _plan.principal_cents + _plan.interest_cents
_parts = gross(_item)
_name_length = func.length(TABLES[PAPERS].c.file)
_LINES_AT_ONCE = 1_000
_NOT_NEGATIVE = ("deposit_cents", "rent_cents", "residual_cents")

RULES = (
    Rule(CONTRACTS, "ends_on", _contract.ends_on <= _contract.starts_on, "must come after starts_on"),
    Rule(CONTRACTS, "terminated_on", _contract.terminated_on < _contract.starts_on, "must not come before starts_on"),
    Rule(CONTRACTS, "price_cents", _contract.price_cents <= 0, "must be above zero"),
    *(Rule(CONTRACTS, name, _contract[name] < 0, "must not be negative") for name in _NOT_NEGATIVE),
    Rule(
        CONTRACTS,
        "index_code",
        _contract.index_code.is_(None) != _contract.index_base_ppm.is_(None),
        "and index_base go together",
    ),
    Rule(
        PLAN_ROWS,
        "amount_cents",
        _plan.amount_cents != _split,
        "must be principal + interest, %(total_cents)s",
        {"total_cents": _split},
    ),
    Rule(PLAN_ROWS, "accrues_to", _plan.accrues_to < _plan.accrues_from, "must not come before accrues_from"),
    Rule(
        DUE_ITEMS,
        "gross_cents",
        _item.gross_cents != _parts,
        "must be net + fees + vat, %(total_cents)s",
        {"total_cents": _parts},
    ),
    Rule(
        DUE_ITEMS,
        "invoice",
        and_(_item.kind.in_(sorted(INVOICED_KINDS)), _item.invoice.is_(None)),
        "is needed: %(kind)s is a due item only once it is invoiced",
    ),
    Rule(
        PAYMENTS,
        "amount_cents",
        and_(_payment.reverses.is_(None), _payment.amount_cents < 0),
        "is negative: name the payment it takes back under reverses",
    ),
    Rule(
        PAYMENTS,
        "amount_cents",
        and_(_payment.reverses.is_not(None), _payment.amount_cents >= 0),
        "must be negative: the row takes a payment back",
    ),
    Rule(PAYMENTS, "reverses", _payment.reverses == _payment.reference, "is the reference of the row itself"),
    Rule(ALLOCATIONS, "amount_cents", _allocation.amount_cents == 0, "must not be zero"),
    Rule(
        PAPERS,
        "file",
        _name_length > LONGEST_NAME,
        f"is %(length)s characters long, at most {LONGEST_NAME} leave room for a mark of its content",
        {"length": _name_length},
    ),
)


def faults(case: Case) -> Iterator[Fault]:
    """Faults within each file."""
    for rule in RULES:
        yield from rule.faults(case)
    for file in FORMATS:
        yield from _repeated(case, file)


def _repeated(case: Case, file: str) -> Iterator[Fault]:
    """Rows whose name an earlier one has; a row whose name could not be read has none."""
    staged = TABLES[file]
    name = [staged.c[column] for column in name_columns(FORMATS[file])]
    twice = (
        select(*name, func.min(staged.c.line).label("first"))
        .where(*(column.is_not(None) for column in name))
        .group_by(*name)
        .having(func.count() > 1)
        .subquery()
    )
    same = alike(staged.c, twice.c, name_columns(FORMATS[file]))
    later = select(staged, twice.c.first).join(twice, same).where(staged.c.line != twice.c.first)
    repeated = []
    for row in case.rows(later):
        repeated.append(row["line"])
        fields = [f for f in FORMATS[file].key[:-1] if f in row] if row.get(NAMED_ON) == ANY_DAY else FORMATS[file].key
        shown = " ".join(str(row[field]) for field in fields)
        column = FORMATS[file].column_of(fields[-1])
        reason = f"is already in row {row['first']}"
        yield Fault(case.names.get(file, file), row["line"], column, shown, reason)
    _drop(case, file, repeated)


def _drop(case: Case, file: str, lines: list[int]) -> None:
    """Take repeated rows away once they are told: a name is of one row for all other rules."""
    staged = TABLES[file]
    for start in range(0, len(lines), _LINES_AT_ONCE):
        some = lines[start : start + _LINES_AT_ONCE]
        case.connection.execute(delete(staged).where(staged.c.line.in_(some)))
