"""The committed demo book is what the story writes, and tells what was promised of its four customers."""

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from core.intake import story
from core.intake.columns import PAPER_KINDS
from core.kit.money import parse_cents
from tests.intake.demobook import DEMO, day, key

GOLDEN, TODAY = date(2024, 4, 5), date(2026, 11, 20)


def test_the_committed_book_is_what_the_story_writes(tmp_path: Path) -> None:
    story.write(tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in story.DEMO.glob("*.csv")}


def test_the_documents_named_are_there_and_are_pdfs() -> None:
    folder, named = story.DEMO / "documents", [*DEMO.sheet("documents"), *DEMO.sheet("papers")]
    assert {row["file"] for row in named} == {path.name for path in folder.iterdir()}
    assert all((folder / row["file"]).read_bytes().startswith(b"%PDF-") for row in named)
    assert all(row["invoice"] in DEMO.issued for row in DEMO.sheet("documents"))


def test_every_named_contract_has_every_kind_of_paper() -> None:
    kinds: dict[str, set[str]] = defaultdict(set)
    for row in DEMO.sheet("papers"):
        assert row["customer"] == DEMO.contracts[row["contract"]]["customer"]
        kinds[row["contract"]].add(row["kind"])
    assert set(kinds) == {"84963", "91207", "94118", "92455", "91689", "91752"}
    assert all(found == set(PAPER_KINDS) for found in kinds.values())


def test_the_plans_on_paper_have_the_rows_of_the_book() -> None:
    for paper in DEMO.sheet("papers"):
        if paper["kind"] == "PIANO":
            pages = PdfReader(story.DEMO / "documents" / paper["file"]).pages
            words = "\n".join(page.extract_text() for page in pages).replace(".", "").split()
            plan = (row for row in DEMO.sheet("plan_rows") if row["contract"] == paper["contract"])
            rows = [row for row in plan if row["kind"] != "INDICIZZAZIONE"]
            assert all(
                {row["amount"], row["principal"], row["interest"], row["outstanding"]} <= set(words) for row in rows
            )


def test_the_home_page_of_the_manual() -> None:
    open_items = [(day(row["due_on"]), saldo) for row, saldo, _ in DEMO.owed("10093", GOLDEN) if saldo > 0]
    next_due_on = min(due_on for due_on, _ in open_items if due_on >= GOLDEN)
    assert DEMO.overdue("10093", GOLDEN) == []
    assert next_due_on == date(2024, 4, 30)
    assert sum(saldo for due_on, saldo in open_items if due_on == next_due_on) == 2_316_38
    advances = [row for row, saldo, _ in DEMO.owed("10093", GOLDEN) if row["kind"] == "ANTICIPO" and not saldo]
    assert [row["net"] for row in advances] == ["9754,10"]


def test_84963_is_the_manuals_and_wholly_paid() -> None:
    rows = sorted((row for row in DEMO.sheet("due_items") if row["contract"] == "84963"), key=lambda row: row["due_on"])
    assert len(rows) == 88
    assert [row["gross"] for row in rows] == ["716,63", *["514,11"] * 86, "343,43"]
    assert sum(parse_cents(row["gross"]) for row in rows) == 45_273_52
    assert [row["number"] for row in rows if row["method"] == "BONIFICO"] == ["3", "88"]
    assert (rows[0]["due_on"], rows[86]["due_on"], rows[87]["due_on"]) == ("2016-06-01", "2023-08-01", "2023-09-01")
    paid = DEMO.paid_by(date(2023, 9, 1))
    assert all(paid[key(row)] == parse_cents(row["gross"]) for row in rows)


def test_the_car_has_56_plan_rows_in_april_and_58_in_october_2024() -> None:
    rows = [row for row in DEMO.sheet("plan_rows") if row["contract"] == "91207"]
    for on, count in ((GOLDEN, 56), (date(2024, 10, 1), 58)):
        assert sum(row["kind"] != "INDICIZZAZIONE" or day(row["due_on"]) <= on for row in rows) == count


def test_index_rows_of_the_car_are_collected_four_weeks_after_the_quarter() -> None:
    rows = [row for row in DEMO.sheet("due_items") if row["contract"] == "91207" and row["kind"] == "INDICIZZAZIONE"]
    assert [(row["plan_due_on"], row["due_on"], row["net"]) for row in rows[:2]] == [
        ("2022-09-30", "2022-10-27", "187,43"),
        ("2022-12-31", "2023-01-28", "433,29"),
    ]
    first_of_2024 = next(row for row in rows if row["plan_due_on"] == "2024-03-31")
    assert DEMO.issued[first_of_2024["invoice"]] > GOLDEN
    assert date(2024, 4, 27) <= day(first_of_2024["due_on"]) != date(2024, 4, 30)


def test_who_has_what_today() -> None:
    counts = Counter(row["customer"] for row in DEMO.sheet("contracts") if day(row["signed_on"]) <= TODAY)
    assert counts == {"10093": 3, "10094": 1, "10095": 40, "10096": 2}
    assert [row["number"] for row in DEMO.running("10093", TODAY)] == ["94118"]
    assert len(DEMO.running("10094", GOLDEN)) == len(DEMO.running("10094", TODAY)) == 1
    assert len(DEMO.running("10095", TODAY)) >= 25
    assert sum(bool(row["terminated_on"]) for row in DEMO.sheet("contracts")) == 1


@pytest.mark.parametrize("on", [date(2023 + month // 12, month % 12 + 1, 1) for month in range(5, 8 * 12 + 10)])
def test_10096_always_has_overdue_partly_paid_and_returned_items(on: date) -> None:
    late = DEMO.overdue("10096", on)
    returned = {row["reverses"] for row in DEMO.sheet("payments") if row["reverses"] and day(row["paid_on"]) <= on}
    came_back = {key(row) for row in DEMO.sheet("allocations") if row["reference"] in returned}
    assert any(saldo == parse_cents(row["gross"]) for row, saldo in late)
    assert any(0 < saldo < parse_cents(row["gross"]) for row, saldo in late)
    assert any(key(row) in came_back for row, _ in late)


def test_the_others_are_hardly_ever_late() -> None:
    for on in (GOLDEN, TODAY):
        assert DEMO.overdue("10094", on) == []
        assert [row["contract"] for row, _ in DEMO.overdue("10095", on)] == ["91034"]


def test_a_credit_note_is_offset_by_the_debit_of_the_next_rent() -> None:
    notes = [row for row in DEMO.sheet("due_items") if row["kind"] == "NOTA_CREDITO" and row["contract"] == "92660"]
    assert len(notes) >= 8
    paid_with = {key(row): row["reference"] for row in DEMO.sheet("allocations")}
    amounts = {row["reference"]: parse_cents(row["amount"]) for row in DEMO.sheet("payments")}
    for note in notes:
        together = [DEMO.items[name] for name, reference in paid_with.items() if reference == paid_with[key(note)]]
        assert sorted(row["kind"] for row in together) == ["CANONE", "NOTA_CREDITO"]
        assert sum(parse_cents(row["gross"]) for row in together) == amounts[paid_with[key(note)]] > 0


def test_the_book_has_variety() -> None:
    rows = DEMO.sheet("contracts")
    assert {row["period_months"] for row in rows} == {"1", "3"}
    assert {row["in_advance"] for row in rows} == {"yes", "no"}
    assert len({row["product"] for row in rows}) == 4
    assert {row["subsidy"] for row in rows} == {"", "Nuova Sabatini"}
    assert {row["method"] for row in DEMO.sheet("payments")} == {"SDD", "BONIFICO", "MAV", "PAGOPA"}
    assert sum(row["index_code"] == "EURIBOR3M" for row in rows) == 3
