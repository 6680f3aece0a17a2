"""What leaves the database comes in again: the same files from both databases, before and after."""

import csv
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event, update

from core import db, files, schema
from core.access import Access, Grant, Role
from core.book.tables import Document
from core.intake import story
from core.intake.actions import import_book
from core.intake.columns import FORMATS
from core.intake.leaving import FolderInUse, LostFile, export_book
from core.intake.names import LONGEST_NAME
from core.intake.reading import open_book
from core.intake.story import portfolio
from core.kit.errors import NotFound
from core.kit.words import CAUSALI
from tests.intake import books

# By then debits have come back, credit notes are taken off rents, a contract has ended early, items are overdue.
TODAY = date(2026, 11, 20)
MB = 1024 * 1024


def bring_in(folder: Path, as_of: date | None = None) -> None:
    import_book(Access.system("import"), open_book(folder, largest_document=MB), as_of=as_of)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(folder: Path, name: str) -> list[list[str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def start_again() -> None:
    schema.drop()
    schema.migrate()


def test_a_book_as_of_a_day_comes_in_again_and_leaves_the_same(database: str, system: Access, tmp_path: Path) -> None:
    bring_in(story.DEMO, TODAY)
    counts = export_book(system, tmp_path / "first")
    assert counts == {name: len(rows(tmp_path / "first", name)) - 1 for name in FORMATS}
    assert min(counts.values()) > 0
    start_again()
    bring_in(tmp_path / "first")
    assert export_book(system, tmp_path / "again") == counts
    assert contents(tmp_path / "again") == contents(tmp_path / "first")


def test_the_files_are_those_that_came_in_by_name_and_with_what_was_understood(
    database: str, system: Access, tmp_path: Path
) -> None:
    bring_in(story.DEMO)
    export_book(system, tmp_path / "book")
    for name, file in FORMATS.items():
        header, *came = rows(story.DEMO, name)
        assert header == [column.name for column in file.columns]
        places = [header.index(file.column_of(field)) for field in file.key]
        numbers = {place for place in places if header[place] == "number" and "kind" in header}
        came.sort(key=lambda row: [int(row[at]) if at in numbers else row[at] for at in places])
        for row in came:
            if name == "due_items.csv":
                row[header.index("causale")] = row[header.index("causale")] or CAUSALI[row[header.index("kind")]]
            if name == "documents.csv":
                row[header.index("file")] = _left_as(row[1], f"fattura_{row[0].replace('/', '-')}")
            if name == "papers.csv":
                row[header.index("file")] = _left_as(row[4], row[4].removesuffix(".pdf"))
        assert rows(tmp_path / "book", name) == [header, *came]


def _left_as(file: str, name: str) -> str:
    """The file that a document leaves as: a name of its own, with the bytes that came in."""
    key = files.put((story.DEMO / "documents" / file).read_bytes())
    return f"{name}_{key[:16]}.pdf"


def test_the_papers_leave_with_their_bytes(database: str, system: Access, tmp_path: Path) -> None:
    bring_in(story.DEMO)
    export_book(system, tmp_path / "book")
    came = {path.read_bytes() for path in (story.DEMO / "documents").iterdir()}
    assert {path.read_bytes() for path in (tmp_path / "book" / "documents").iterdir()} == came
    named = {row[1] for row in rows(tmp_path / "book", "documents.csv")[1:]}
    named |= {row[4] for row in rows(tmp_path / "book", "papers.csv")[1:]}
    assert named == {path.name for path in (tmp_path / "book" / "documents").iterdir()}


def test_what_left_comes_in_again_as_the_same_papers(database: str, system: Access, tmp_path: Path) -> None:
    books.imported(tmp_path / "in", books.small())
    export_book(system, tmp_path / "left")
    counts = import_book(system, open_book(tmp_path / "left", largest_document=MB))
    assert counts["papers.csv"] == {"new": 0, "changed": 0, "same": 2}


def test_a_paper_with_the_longest_name_comes_in_again(database: str, system: Access, tmp_path: Path) -> None:
    tables = books.small()
    tables["papers"][0]["file"] = f"{'a' * (LONGEST_NAME - 4)}.pdf"
    books.imported(tmp_path / "in", tables)
    export_book(system, tmp_path / "left")
    counts = import_book(system, open_book(tmp_path / "left", largest_document=MB))
    assert counts["papers.csv"] == {"new": 0, "changed": 0, "same": 2}


def test_papers_of_two_customers_that_are_called_alike_keep_their_own_files(
    database: str, system: Access, tmp_path: Path
) -> None:
    books.imported(tmp_path / "first", books.small())
    paper = books.SMALL["papers"][1] | {"customer": "B2"}
    folder = books.write(tmp_path / "second", {"papers": [paper]})
    (folder / "documents" / "lettera.pdf").write_bytes(books.PDF + b"%other\n")
    bring_in(folder)
    export_book(system, tmp_path / "left")
    kept = {(row[0], row[5]): row[4] for row in rows(tmp_path / "left", "papers.csv")[1:]}
    documents = tmp_path / "left" / "documents"
    assert (documents / kept["A1", "Nuovi orari"]).read_bytes() == books.PDF
    assert (documents / kept["B2", "Nuovi orari"]).read_bytes() == books.PDF + b"%other\n"


def test_the_order_is_that_of_the_bytes_whatever_the_database_thinks(
    database: str, system: Access, tmp_path: Path
) -> None:
    codes = ["a2", "B1", "A-1", "Zeta", "a 1", "É9", "z", "_"]
    customers = [books.SMALL["customers"][0] | {"code": code} for code in codes]
    books.imported(tmp_path, {"customers": customers})
    asked: list[str] = []
    event.listen(db.database().engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    export_book(system, tmp_path / "left")
    assert [row[0] for row in rows(tmp_path / "left", "customers.csv")[1:]] == sorted(codes)
    # The databases of the tests have no locale that could show it, others do.
    by = 'ORDER BY customer.code COLLATE "C"' if database == "postgresql" else "ORDER BY customer.code"
    assert any(statement.endswith(by) for statement in asked)


def test_texts_of_several_lines_with_quotes_and_separators_survive(
    database: str, system: Access, tmp_path: Path
) -> None:
    address = 'Via "Nuova"; 3\nscala B\t=1+1'
    customers = [books.SMALL["customers"][0] | {"address": address, "name": "=cmd, S.p.A."}]
    books.imported(tmp_path, {"customers": customers})
    export_book(system, tmp_path / "left")
    _, (_, name, *_, left) = rows(tmp_path / "left", "customers.csv")
    assert (name, left) == ("=cmd, S.p.A.", address)
    bring_in(tmp_path / "left")
    export_book(system, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(tmp_path / "left")


def test_rates_keep_every_decimal_that_they_have(database: str, system: Access, tmp_path: Path) -> None:
    contract = books.SMALL["contracts"][0] | {"rate": "7,93", "index_base": "-0,3861", "late_spread": "2,5"}
    books.imported(tmp_path, books.small() | {"contracts": [contract | {"vat": "4"}, _second(contract)]})
    export_book(system, tmp_path / "left")
    header, first, _ = rows(tmp_path / "left", "contracts.csv")
    found = dict(zip(header, first, strict=True))
    assert [found[name] for name in ("rate", "index_base", "late_spread", "vat")] == ["7,9300", "-0,3861", "2,50", "4"]


def test_a_contract_leaves_with_the_method_of_its_index(database: str, system: Access, tmp_path: Path) -> None:
    contracts = [
        row | {"index_method": method} for row, method in zip(books.SMALL["contracts"], ("simple", ""), strict=True)
    ]
    books.imported(tmp_path, books.small() | {"contracts": contracts})
    export_book(system, tmp_path / "left")
    header, *left = rows(tmp_path / "left", "contracts.csv")
    assert [row[header.index("index_method")] for row in left] == ["SIMPLE", "QUARTERLY"]


def _second(like: dict[str, str]) -> dict[str, str]:
    other = books.SMALL["contracts"][1]
    return dict.fromkeys(like, "") | other | {"vat": "22", "late_spread": ""}


def test_two_invoices_whose_numbers_look_alike_keep_their_own_files(
    database: str, system: Access, tmp_path: Path
) -> None:
    tables = books.small()
    for table, column in (("invoices", "number"), ("due_items", "invoice")):
        for row in tables[table]:
            row[column] = row[column].replace("2/2024", "1-2024")
    tables["documents"] = [
        {"invoice": number, "file": name, "title": ""} for number, name in (("1/2024", "a.pdf"), ("1-2024", "b.pdf"))
    ]
    folder = books.write(tmp_path, tables)
    (folder / "documents" / "b.pdf").write_bytes(books.PDF + b"%other\n")
    bring_in(folder)
    export_book(system, tmp_path / "left")
    kept = {row[0]: tmp_path / "left" / "documents" / row[1] for row in rows(tmp_path / "left", "documents.csv")[1:]}
    assert {number: path.read_bytes() for number, path in kept.items()} == {
        "1/2024": books.PDF,
        "1-2024": books.PDF + b"%other\n",
    }


def test_a_generated_book_leaves_as_it_was_written(database: str, system: Access, tmp_path: Path) -> None:
    (tmp_path / "written").mkdir()
    portfolio.write(tmp_path / "written", 2)
    import_book(system, portfolio.source(2))
    counts = export_book(system, tmp_path / "left")
    for name in portfolio.FILES:
        assert counts[name] == len(rows(tmp_path / "written", name)) - 1
    start_again()
    bring_in(tmp_path / "written")
    export_book(system, tmp_path / "again")
    left, again = contents(tmp_path / "left"), contents(tmp_path / "again")
    assert left | {"index_rates.csv": b""} == again | {"index_rates.csv": b""}


def test_an_empty_database_leaves_headers(database: str, system: Access, tmp_path: Path) -> None:
    assert set(export_book(system, tmp_path / "deep" / "left").values()) == {0}
    assert {path.name for path in (tmp_path / "deep" / "left").iterdir()} == set(FORMATS)


def test_progress_is_told_row_by_row(database: str, system: Access, tmp_path: Path) -> None:
    books.imported(tmp_path, books.small())
    heard: list[int] = []
    counts = export_book(system, tmp_path / "left", advance=lambda _what, rows: heard.append(rows))
    assert sum(counts.values()) == sum(heard) > 0


def test_a_folder_that_holds_something_is_left_alone(database: str, system: Access, tmp_path: Path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "notes.txt").write_text("mine")
    for place in (tmp_path / "used", tmp_path / "used" / "notes.txt"):
        with pytest.raises(FolderInUse):
            export_book(system, place)
    assert contents(tmp_path / "used") == {"notes.txt": b"mine"}
    (tmp_path / "empty").mkdir()
    export_book(system, tmp_path / "empty")
    assert {path.name for path in (tmp_path / "empty").iterdir()} == set(FORMATS)


def test_what_fails_half_way_leaves_nothing(database: str, system: Access, tmp_path: Path) -> None:
    books.imported(tmp_path / "in", books.small())
    lost = "0" * 64
    with db.transaction(system) as connection:
        connection.execute(update(Document).where(Document.sha256.is_not(None)).values(sha256=lost))
    (tmp_path / "out").mkdir()
    with pytest.raises(LostFile, match="1/2024"):
        export_book(system, tmp_path / "out" / "book")
    assert list((tmp_path / "out").iterdir()) == []


def test_only_the_system_exports(database: str, tmp_path: Path) -> None:
    someone = Access(Role.CUSTOMER, 1, 1, frozenset(Grant), actor="someone")
    with pytest.raises(NotFound):
        export_book(someone, tmp_path / "book")
    assert not (tmp_path / "book").exists()
