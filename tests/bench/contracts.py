"""The contracts page for a customer with 500 contracts beside one with 5."""

import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert, select

from core import db
from core.access import Access
from core.billing.tables import DueItem
from core.book.tables import Asset, Contract, PlanRow
from core.identity.tables import Customer
from tests.bench.pages import GOLDEN_DAY, Cost, cost
from tests.bench.pages_client import again
from tests.bench.report import Line, Section
from tests.server import Server, running
from tests.web.streaming import Run, Tab, sign_in, tab

# Customers of the demo, and how many contracts they have here.
MANY, FEW = ("10094", 500), ("10096", 5)
RENTS, ROUNDS, WARM, MOST = 60, 7, 10, 1.15
SEARCH = "search"
_SYSTEM = Access.system("bench")
_FIRST = date(2023, 6, 30)


def fill(url: str) -> dict[str, list[str]]:
    """Give both customers their contracts, each with an asset, a plan and due items; the numbers by customer."""
    db.use(url)
    try:
        return {code: _contracts(code, wanted) for code, wanted in (MANY, FEW)}
    finally:
        db.use(None)


def _contracts(code: str, wanted: int) -> list[str]:
    with db.transaction(_SYSTEM) as connection:
        customer = connection.execute(select(Customer.id).where(Customer.code == code)).scalar_one()
        had = connection.execute(select(Contract.number).where(Contract.customer_id == customer)).scalars().all()
        numbers = [f"{code}-{place}" for place in range(wanted - len(had))]
        connection.execute(insert(Contract), [_contract(customer, number, n) for n, number in enumerate(numbers)])
        made = select(Contract.id, Contract.number).where(Contract.number.in_(numbers))
        ids = {number: id_ for id_, number in connection.execute(made).all()}
        connection.execute(insert(Asset), [_asset(ids[number], number) for number in numbers])
        connection.execute(insert(PlanRow), [_rent(ids[number], n) for number in numbers for n in range(1, RENTS + 1)])
        connection.execute(
            insert(DueItem), [_item(customer, ids[number], n) for number in numbers for n in range(1, RENTS + 1)]
        )
    return numbers


def _contract(customer: int, number: str, place: int) -> dict[str, Any]:
    return {
        "customer_id": customer,
        "number": number,
        "product": "Leasing targato",
        "signed_on": _FIRST - timedelta(days=20),
        "starts_on": _FIRST - timedelta(days=15),
        "ends_on": _day(RENTS) + timedelta(days=10 + place),
        "months": RENTS,
        "instalments": RENTS,
        "in_advance": False,
        "price_cents": 4_000_000,
        "deposit_cents": 0,
        "rent_cents": 72_000,
        "residual_cents": 40_000,
        "rate_ppm": 43_000,
    }


def _day(number: int) -> date:
    return _FIRST + timedelta(days=30 * (number - 1))


def _asset(contract: int, number: str) -> dict[str, Any]:
    described = f"Furgone, targa GQ {contract:04} QO"
    amounts = {"price_cents": 4_000_000, "residual_cents": 40_000}
    return {"contract_id": contract, "code": number, "kind": "VEICOLI", "description": described, **amounts}


def _rent(contract: int, number: int) -> dict[str, Any]:
    day, left = _day(number), 4_000_000 - 66_000 * number
    amounts = {"amount_cents": 72_000, "principal_cents": 66_000, "interest_cents": 6_000, "outstanding_cents": left}
    days = {"due_on": day, "accrues_from": day, "accrues_to": day}
    return {"contract_id": contract, "kind": "CANONE", "number": number, **days, **amounts}


def _item(customer: int, contract: int, number: int) -> dict[str, Any]:
    day = _day(number)
    told = {"kind": "CANONE", "number": number, "plan_due_on": day, "due_on": day, "causale": "Pagamento"}
    amounts = {"net_cents": 72_000, "vat_cents": 15_840}
    return {"customer_id": customer, "contract_id": contract, "method": "SDD", **told, **amounts}


def deeds(numbers: list[str]) -> dict[str, Callable[[Tab, int], Run]]:
    """What is measured: opening one contract after another, running the page once more, searching."""
    return {
        "open a contract": lambda client, number: client.run("contracts", f"contract={numbers[number]}"),
        "full rerun": again,
        SEARCH: lambda client, number: client.use("contracts_q", numbers[number]),
    }


def measure() -> Section:
    """Each deed for both customers in rounds that alternate, on one portal."""
    with tempfile.TemporaryDirectory() as name, running(Path(name), PORTAL_CLOCK=GOLDEN_DAY) as server:
        numbers = fill(server.environment["PORTAL_DATABASE_URL"])
        with (
            tab(server.url, sign_in(server.url, MANY[0])) as many,
            tab(server.url, sign_in(server.url, FEW[0])) as few,
        ):
            lines = _lines(server, {MANY: many, FEW: few}, numbers)
    return Section(
        "Contracts page",
        f"The contracts page on SQLite for a customer with {MANY[1]} contracts beside one with {FEW[1]}, on one "
        f"portal. CPU is the server process's own, the median of {ROUNDS} alternating rounds.",
        lines,
        [
            "The page reads at most 101 contracts to know that they are many, and offers 25; the others are found by "
            "number, product, asset code, plate or serial number. A search goes through the texts of all contracts and "
            "assets of the customer, so it costs more where there are more."
        ],
    )


def _lines(server: Server, tabs: dict[tuple[str, int], Tab], numbers: dict[str, list[str]]) -> list[Line]:
    lines = []
    for what in deeds([]):
        found: dict[tuple[str, int], list[Cost]] = {customer: [] for customer in tabs}
        for round_ in range(ROUNDS + 1):
            for customer, client in tabs.items():
                do = deeds(numbers[customer[0]])[what]
                if round_ == 0:
                    _warm(client)
                spent = cost(server, lambda number, do=do, client=client: do(client, number))
                found[customer].append(spent)
        lines += _said(what, {customer: spent[1:] for customer, spent in found.items()})
    return lines


def _warm(client: Tab) -> None:
    client.run("contracts")
    for _ in range(WARM):
        client.again()


def _said(what: str, found: dict[tuple[str, int], list[Cost]]) -> list[Line]:
    ratio = median(many.cpu / few.cpu for many, few in zip(found[MANY], found[FEW], strict=True))
    each = {
        customer: Cost(*(median(asdict(c)[f] for c in of) for f in asdict(of[0]))) for customer, of in found.items()
    }
    lines = [
        Line(f"{what}, {count} contracts", f"CPU {c.cpu:.1f} ms, wall {c.wall:.1f} ms, {c.size / 1000:.0f} KB")
        for (_, count), c in each.items()
    ]
    return [
        *lines,
        Line(f"{what}: CPU with {MANY[1]} by that with {FEW[1]}", f"{ratio:.2f}", f"≤ {MOST}", ratio <= MOST),
    ]
