"""Every rule of the monitor catches a defect planted behind the database's back, and is silent on sound data."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event

from core import db
from core.access import Access, Grant, Role
from core.analysis.frames import RULES, findings
from core.analysis.rules import described
from core.kit.errors import NotFound
from tests.intake.books import imported, small

SYSTEM = Access.system("check")
TODAY = date(2024, 4, 5)
GUARDED = ("payment", "allocation")
CHECKS = ("ck_due_item_paid_within_gross", "ck_due_item_paid_only_when_invoiced", "ck_payment_negative_reverses")
ITEM = "(select id from due_item where kind = 'ANTICIPO')"
RISCATTO = "(select id from due_item where kind = 'RISCATTO')"
PAYMENT = "(select id from payment where reference = 'TRN 3')"
NEW_PAYMENT = "insert into payment (customer_id, paid_on, method, reference, amount_cents) select customer_id, paid_on,"


@pytest.fixture
def book(database: str, tmp_path: Path) -> str:
    """The small book, in a database that no longer defends itself."""
    imported(tmp_path, small())
    for statement in _disarm_sqlite() if database == "sqlite" else _disarm_postgresql():
        run(statement)
    return database


def _disarm_sqlite() -> list[str]:
    """The generated column becomes a plain one in the schema's text; stored generated values lie in the same place."""
    plain = "replace(sql, 'GENERATED ALWAYS AS (net_cents + fees_cents + vat_cents) STORED', 'DEFAULT 0')"
    return [
        *(f"drop trigger {table}_no_{deed}" for table in GUARDED for deed in ("update", "delete")),
        "pragma writable_schema = on",
        f"update sqlite_schema set sql = {plain} where name = 'due_item'",
        "pragma writable_schema = reset",
    ]


def _disarm_postgresql() -> list[str]:
    return [
        *(f"drop trigger {table}_append_only on {table}" for table in GUARDED),
        *(f"alter table {check[3:].split('_')[0]} drop constraint {check}" for check in CHECKS if "payment" in check),
        *(f"alter table due_item drop constraint {check}" for check in CHECKS if "due_item" in check),
        "alter table due_item alter column gross_cents drop expression",
    ]


def run(statement: str) -> None:
    with db.database().engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        if db.database().sqlite:
            raw.execute("pragma ignore_check_constraints = on")
            raw.execute("pragma query_only = off")
        raw.execute(statement)
        raw.commit()


def told(*statements: str) -> list[tuple[str, str, str]]:
    for statement in statements:
        run(statement)
    db.use(db.database().url.render_as_string(hide_password=False))  # SQLite reads its schema when it opens
    return [(finding.rule, finding.subject, finding.detail) for finding in findings(SYSTEM, TODAY)]


def test_a_sound_book_has_no_findings(book: str) -> None:
    assert told() == []


def test_a_paid_sum_that_is_not_the_sum_of_its_allocations(book: str) -> None:
    assert told(f"update due_item set paid_cents = 12100 where id = {ITEM}") == [
        ("paid_sums", "due item 100 ANTICIPO 0 of 2024-01-15", "paid 121.00, its allocations come to 122.00")
    ]


def test_an_allocation_that_vanished(book: str) -> None:
    rules = {rule for rule, _, _ in told(f"delete from allocation where due_item_id = {ITEM}")}
    assert rules == {"paid_sums", "orphan_payment"}


def test_a_gross_amount_that_was_tampered_with(book: str) -> None:
    assert told("update due_item set gross_cents = 12201 where kind = 'ANTICIPO'") == [
        ("gross", "due item 100 ANTICIPO 0 of 2024-01-15", "gross 122.01, net + fees + VAT is 122.00")
    ]


def test_a_plan_that_does_not_repay_the_price(book: str) -> None:
    assert told("update contract set price_cents = 100001 where number = '100'")[0] == (
        "plan_adds_up",
        "contract 100",
        "the principal of its plan comes to 1000.00, its price is 1000.01",
    )


def test_an_outstanding_capital_that_does_not_follow_the_principal(book: str) -> None:
    assert told("update plan_row set outstanding_cents = 41001 where number = 1") == [
        (
            "plan_outstanding",
            "plan row 100 CANONE 1 of 2024-01-31",
            "outstanding 410.01, price less principal so far is 410.00",
        )
    ]


def test_a_ledger_net_that_is_not_its_plan_rows_amount(book: str) -> None:
    plan = "update plan_row set amount_cents = 1001, interest_cents = 1 where kind = 'RISCATTO'"
    assert told(plan) == [
        (
            "ledger_follows_plan",
            "due item 100 RISCATTO 3 of 2024-06-30",
            "net 10.00 and VAT 2.20, by its plan row 10.01 and 2.20",
        )
    ]


@pytest.mark.parametrize(("net", "fees", "right"), [(1000, 0, 220), (1, 1, 0), (25, 0, 6), (-25, 0, -6), (-2, 0, 0)])
def test_vat_is_rounded_half_up_once_on_net_and_fees_negatives_too(book: str, net: int, fees: int, right: int) -> None:
    for vat, rules in ((right, []), (right + 1, ["ledger_follows_plan"]), (right - 1, ["ledger_follows_plan"])):
        values = f"net_cents = {net}, fees_cents = {fees}, vat_cents = {vat}, gross_cents = {net + fees + vat}"
        plan = f"amount_cents = {net}, interest_cents = {net - 1000}"
        found = told(
            f"update due_item set {values} where id = {RISCATTO}",
            f"update plan_row set {plan} where kind = 'RISCATTO'",
        )
        assert [rule for rule, _, _ in found] == rules


def test_a_planned_payment_that_is_not_in_the_ledger(book: str) -> None:
    gone = f"delete from due_item where id = {RISCATTO}"
    assert told(gone) == [
        ("plan_in_ledger", "plan row 100 RISCATTO 3 of 2024-06-30", "10.00 is in the plan but not in the ledger")
    ]
    assert told("update contract set terminated_on = '2024-04-30' where number = '100'") == []


def test_a_plan_whose_ledger_has_not_begun_is_sound(book: str, tmp_path: Path) -> None:
    tables = small()
    rows = [row | {"contract": "200"} for row in tables["plan_rows"]]
    rows[2] |= {"amount": "1405,00", "principal": "1400,00"}
    for row, left in zip(rows, ("1900,00", "1410,00", "10,00", "10,00", "0,00"), strict=True):
        row["outstanding"] = left
    contracts = [tables["contracts"][1] | {"terminated_on": ""}]
    imported(tmp_path / "more", {"contracts": contracts, "plan_rows": rows})
    assert told() == []


def test_a_settlement_outside_the_plan_is_sound(book: str) -> None:
    number = f"update due_item set number = 2, plan_row_id = null where id = {RISCATTO}"
    assert told(number, "update contract set terminated_on = '2024-06-30' where number = '100'") == []


def test_a_payment_that_pays_nothing(book: str) -> None:
    assert told(f"{NEW_PAYMENT} 'MAV', 'M1', 5000 from payment where id = {PAYMENT}") == [
        ("orphan_payment", "payment MAV M1", "50.00 pays nothing while an invoice is overdue")
    ]


@pytest.mark.parametrize(
    "settle",
    [
        "update due_item set due_on = '2024-04-05' where kind = 'CANONE'",
        "update due_item set paid_cents = gross_cents where kind = 'CANONE'",
        "update due_item set invoice_id = null, paid_cents = 0 where kind = 'CANONE'",
    ],
    ids=["due today", "paid", "not invoiced"],
)
def test_money_that_came_before_an_invoice_is_no_orphan_while_nothing_is_overdue(book: str, settle: str) -> None:
    found = told(f"{NEW_PAYMENT} 'MAV', 'M1', 5000 from payment where id = {PAYMENT}", settle)
    assert "orphan_payment" not in [rule for rule, _, _ in found]


def test_money_of_another_customer_is_no_orphan(book: str) -> None:
    other = "(select id from customer where code = 'B2')"
    statement = "insert into payment (customer_id, paid_on, method, reference, amount_cents)"
    assert told(f"{statement} values ({other}, '2024-02-20', 'MAV', 'M1', 5000)") == []


def test_a_payment_taken_back_is_no_orphan(book: str) -> None:
    back = "insert into payment (customer_id, paid_on, method, reference, amount_cents, reverses_id)"
    assert (
        told(
            f"{NEW_PAYMENT} 'MAV', 'M1', 5000 from payment where id = {PAYMENT}",
            f"{back} select customer_id, paid_on, 'MAV', 'M1-R', -5000, id from payment where reference = 'M1'",
        )
        == []
    )


def test_a_payment_that_pays_more_than_it_is(book: str) -> None:
    assert told(f"update payment set amount_cents = 62219 where id = {PAYMENT}") == [
        ("overallocated_payment", "payment BONIFICO TRN 3", "of 622.19, its allocations come to 622.20")
    ]


def test_a_payment_that_came_in_twice_under_another_spelling(book: str) -> None:
    found = told(
        f"{NEW_PAYMENT} method, 'trn-3', amount_cents from payment where id = {PAYMENT}",
        f"insert into allocation (payment_id, due_item_id, amount_cents)"
        f" select id, {RISCATTO}, 1 from payment where reference = 'trn-3'",
    )
    detail = "2 payments by BONIFICO of 700.00 on 2024-02-20: "
    assert [(rule, subject) for rule, subject, text in found if text.startswith(detail)] == [
        ("duplicate_payment", "customer A1")
    ]


def test_a_reversal_that_is_not_the_opposite_of_its_payment(book: str) -> None:
    assert told("update payment set amount_cents = -62221 where reference = 'S2-R'") == [
        (
            "untrue_reversal",
            "payment SDD S2-R",
            "-622.21 is not the opposite of S2, 622.20, or of what that had paid",
        )
    ]


def test_a_reversal_that_takes_back_less_than_was_paid(book: str) -> None:
    found = told("delete from allocation where payment_id = (select id from payment where reference = 'S2-R')")
    assert ("untrue_reversal", "payment SDD S2-R") in [finding[:2] for finding in found]


def test_an_item_paid_without_an_invoice(book: str) -> None:
    found = told(
        f"update due_item set paid_cents = 100 where id = {RISCATTO}",
        f"insert into allocation (payment_id, due_item_id, amount_cents) values ({PAYMENT}, {RISCATTO}, 100)",
    )
    assert found == [("paid_without_invoice", "due item 100 RISCATTO 3 of 2024-06-30", "paid 1.00 but not invoiced")]


@pytest.mark.parametrize(
    ("table", "row", "subjects"),
    [
        (
            "due_item",
            "kind = 'CANONE' and number = 1",
            ["due item of contract 100", "invoice 2/2024", "payment S2", "payment S2-R", "payment TRN 3"],
        ),
        ("invoice", "number = '2/2024'", ["document of invoice 2/2024", "invoice 2/2024"]),
        ("document", "title = 'Contratto 100'", ["document Contratto 100"]),
        ("payment", "reference = 'TRN 3'", ["payment TRN 3"]),
    ],
)
def test_rows_that_belong_together_and_are_of_two_customers(
    book: str, table: str, row: str, subjects: list[str]
) -> None:
    found = told(f"update {table} set customer_id = (select id from customer where code = 'B2') where {row}")
    ours = [(subject, detail) for rule, subject, detail in found if rule == "one_customer"]
    assert [subject for subject, _ in ours] == subjects
    owners = {"is of customer A1, what it belongs with of B2", "is of customer B2, what it belongs with of A1"}
    assert {detail for _, detail in ours} <= owners


@pytest.mark.parametrize(
    "spoilt",
    [
        "sha256 = null where title = 'Nuovi orari'",
        "issued_on = null where title = 'Nuovi orari'",
        "kind = 'PIANO' where title = 'Fattura 1/2024'",
    ],
)
def test_a_document_that_cannot_be_shown(book: str, spoilt: str) -> None:
    title = spoilt.split("'")[-2]
    assert told(f"update document set {spoilt}") == [
        ("documents", f"document {title} of customer A1", "lacks its invoice, file or day")
    ]


def test_each_rule_is_one_statement(book: str) -> None:
    ran: list[object] = []
    event.listen(db.database().engine, "before_cursor_execute", lambda *a: ran.append(a[2]))
    findings(SYSTEM, TODAY)
    assert sum(str(statement).startswith("SELECT") for statement in ran) == len(RULES)


def test_only_the_system_looks_across_customers(database: str) -> None:
    with pytest.raises(NotFound):
        findings(Access(Role.CUSTOMER, 1, 1, frozenset(Grant), actor="anna"), TODAY)


def test_a_finding_reads_as_one_line() -> None:
    finding = described("paid_sums", "due item {number}", "paid {paid_cents}", {"number": 3, "paid_cents": -5})
    assert str(finding) == "paid_sums: due item 3: paid -0.05"
