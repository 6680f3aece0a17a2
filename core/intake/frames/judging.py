"""The verdict on a staged book: every fault, and how many rows of each file would do what."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Index, Integer, MetaData, Table, Text, case, exists, func, select

from core import bulk
from core.access import Access
from core.intake.blocks import Source
from core.intake.faults import Case, faults
from core.intake.rules.book import Fault
from core.intake.staging import TABLES, finish, remake
from core.intake.standing import STANDINGS

# Of a book that is not refused.
OUTCOMES = ("new", "changed", "same")
Counts = dict[str, dict[str, int]]
_REFUSED = Table(
    "refused_rows",
    MetaData(),
    Column("file", Text),
    Column("line", Integer),
    Index("ix_refused_rows", "file", "line"),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every fault in order, and rows by file and outcome: `new`, `changed`, `same`, `refused`."""

    faults: list[Fault]
    counts: Counts


def judge(access: Access, connection: Connection, source: Source) -> Verdict:
    """Judge a staged book against what the database holds of the things it names. Only for the system.

    The statements are as many for a million rows as for ten. Raises NotFound for anybody else.
    """
    access.require_system()
    case_ = Case(connection, frozenset(source.unread), source.names)
    found = sorted({*source.faults, *faults(case_)})
    files = {source.names.get(file, file): file for file in source.files}
    refused = {(files[fault.file], fault.row) for fault in found if fault.file in files and fault.row}
    _mark(connection, refused)
    told = Counter(file for file, _line in refused)
    return Verdict(found, {file: _counts(connection, file) | {"refused": told[file]} for file in source.files})


def _mark(connection: Connection, refused: Iterable[tuple[str, int]]) -> None:
    remake(connection, _REFUSED)
    rows = list(refused)
    if rows:
        files, lines = zip(*rows, strict=True)
        bulk.load(connection, _REFUSED, {"file": files, "line": lines})
    finish(connection, _REFUSED)


def _counts(connection: Connection, file: str) -> dict[str, int]:
    """The rows that are not refused, by outcome."""
    staged, stands = TABLES[file], STANDINGS[file]
    refused = exists().where(_REFUSED.c.file == file, _REFUSED.c.line == staged.c.line)
    outcome = case((~stands.is_there, "new"), (stands.changed, "changed"), else_="same")
    rows = select(outcome, func.count()).select_from(stands.rows).where(~refused).group_by(outcome)
    found: dict[str, int] = dict(connection.execute(rows).all())
    return {name: found.get(name, 0) for name in OUTCOMES}
