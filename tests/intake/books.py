"""A small leasing book for the tests, right to the cent, and ways to spoil it. Rows are dicts of cells as written."""

import copy
import csv
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core import db
from core.access import Access
from core.intake import staging
from core.intake.actions import import_book, preview
from core.intake.blocks import Source
from core.intake.cutting import cut
from core.intake.frames import Counts
from core.intake.reading import open_book
from core.intake.rules.book import Fault

Tables = dict[str, list[dict[str, str]]]
MB = 1024 * 1024
PDF = b"%PDF-1.7\n%%EOF\n"
IBAN = "IT60X0542811101000000123456"
SYSTEM = Access.system("import")


def _rows(header: str, *lines: str) -> list[dict[str, str]]:
    names = header.split(";")
    return [dict(zip(names, line.split(";"), strict=True)) for line in lines]


SMALL: Tables = {
    "customers": _rows(
        "code;name;tax_code;vat_no;pec;address",
        "A1;Anna S.r.l.;03598000267;03598000267;anna@pec.example;Via Roma 1, Treviso",
        "B2;Bruno Bianchi;RSSMRA85T1LA562V;;bruno@pec.example;Via Po 2, Torino",
    ),
    "contracts": _rows(
        "number;customer;product;signed_on;starts_on;ends_on;iban;months;instalments;in_advance;price;deposit;rent;"
        "residual;rate;index_code;index_base;terminated_on",
        f"100;A1;Leasing targato;2024-01-10;2024-01-15;2024-06-30;{IBAN};6;2;no;1000,00;100,00;500,00;10,00;7,9380;"
        "EURIBOR3M;-0,386;",
        "200;B2;Beni mobili;2024-02-20;2024-03-01;2025-03-01;;12;12;yes;2000,00;0;170,00;20,00;5,1;;;2024-12-31",
    ),
    "assets": _rows("code;contract;kind;description;price;residual", "T1;100;Targato;FURGONE;1000,00;10,00"),
    "plan_rows": _rows(
        "contract;kind;number;due_on;accrues_from;accrues_to;amount;principal;interest;outstanding",
        "100;ANTICIPO;0;2024-01-15;2024-01-15;2024-01-15;100,00;100,00;0,00;900,00",
        "100;CANONE;1;2024-01-31;2024-01-15;2024-01-31;500,00;490,00;10,00;410,00",
        "100;CANONE;2;2024-02-29;2024-02-01;2024-02-29;405,00;400,00;5,00;10,00",
        "100;INDICIZZAZIONE;0;2024-03-31;2024-01-15;2024-03-31;3,00;0,00;3,00;10,00",
        "100;RISCATTO;3;2024-06-30;2024-06-01;2024-06-30;10,00;10,00;0,00;0,00",
    ),
    "invoices": _rows(
        "number;customer;contract;issued_on",
        "1/2024;A1;100;2024-01-10",
        "2/2024;A1;100;2024-01-16",
        "3/2024;A1;100;2024-02-14",
        "4/2024;A1;100;2024-04-12",
    ),
    "due_items": _rows(
        "contract;kind;number;due_on;plan_due_on;invoice;causale;method;net;fees;vat;gross",
        "100;ANTICIPO;0;2024-01-15;;1/2024;;SDD;100,00;0,00;22,00;122,00",
        "100;CANONE;1;2024-01-31;;2/2024;;SDD;500,00;10,00;112,20;622,20",
        "100;CANONE;2;2024-02-29;;3/2024;Canone di febbraio;SDD;405,00;0,00;89,10;494,10",
        "100;RISCATTO;3;2024-06-30;;;;SDD;10,00;0,00;2,20;12,20",
        "100;INDICIZZAZIONE;0;2024-04-27;2024-03-31;4/2024;;SDD;3,00;0,00;0,66;3,66",
    ),
    "payments": _rows(
        "customer;paid_on;method;reference;amount;reverses;reason",
        "A1;2024-01-15;SDD;S1;122,00;;",
        "A1;2024-01-31;SDD;S2;622,20;;",
        "A1;2024-02-08;SDD;S2-R;-622,20;S2;AM04",
        "A1;2024-02-20;BONIFICO;TRN 3;700,00;;",
    ),
    "allocations": _rows(
        "method;reference;contract;kind;number;plan_due_on;amount",
        "SDD;S1;100;ANTICIPO;0;2024-01-15;122,00",
        "SDD;S2;100;CANONE;1;2024-01-31;622,20",
        "SDD;S2-R;100;CANONE;1;2024-01-31;-622,20",
        "BONIFICO;TRN 3;100;CANONE;1;2024-01-31;622,20",
    ),
    "documents": _rows("invoice;file;title", "1/2024;anticipo.pdf;"),
    "papers": _rows(
        "customer;contract;kind;issued_on;file;title",
        "A1;100;CONTRATTO;2024-01-10;contratto.pdf;Contratto 100",
        "A1;;COMUNICAZIONE;2024-02-12;lettera.pdf;Nuovi orari",
    ),
    "index_rates": _rows(
        "code;month;percent;source",
        "EURIBOR3M;2024-01;3,925;Banca",
        "EURIBOR3M;2024-02;3,923;Banca",
        "EURIBOR3M;2024-03;3,923;Banca",
        "EURIBOR3M;2024-04;3,886;Banca",
    ),
}


def small() -> Tables:
    """A copy of the small book, to change."""
    return copy.deepcopy(SMALL)


def write(
    folder: Path, tables: Tables, *, delimiter: str = ";", encoding: str = "utf-8", documents: bool = True
) -> Path:
    """The tables as CSV files, and the documents they name, in a folder that has nothing else."""
    folder = folder / "book"
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, list(SMALL[name][0]) if not rows else list(rows[0]), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
    for row in [*tables.get("documents", []), *tables.get("papers", [])] if documents else []:
        (folder / "documents" / row["file"]).write_bytes(PDF)
    return folder


def opened(folder: Path) -> Source:
    return open_book(folder, largest_document=MB)


def found(faults: list[Fault]) -> list[tuple[str, int, str, str]]:
    """Faults as (file, row, column, reason), in order."""
    return [(fault.file, fault.row, fault.column, fault.reason) for fault in sorted(faults)]


def judged(folder: Path, tables: Tables) -> list[tuple[str, int, str, str]]:
    """The faults of a book before the database of the test."""
    return found(preview(SYSTEM, opened(write(folder, tables))).faults)


def imported(folder: Path, tables: Tables) -> Counts:
    """Write the tables to a folder and import it into the database of the test."""
    return import_book(SYSTEM, opened(write(folder, tables)))


def staged(source: Source, as_of: date) -> dict[str, list[dict[str, Any]]]:
    """The rows of a book as they stand in the staging tables as of a day, by file."""
    with db.holding(SYSTEM) as held, held.scratch() as connection:
        for _ in staging.fill(connection, source.blocks):
            pass
        staging.index(connection)
        cut(connection, as_of)
        return {
            file: [dict(row) for row in connection.execute(select(table).order_by(table.c.line)).mappings()]
            for file, table in staging.TABLES.items()
        }
