"""One contract on its page: what it is found by, its figures, its sections, and the ways to what belongs to it."""

from dataclasses import replace

import streamlit as st

from core.billing.frames import Standing
from core.book import frames as book
from core.book.frames import ALL_STATES, STATES, ContractFilters, Details
from core.kit import words
from core.kit.errors import NotFound
from core.kit.figures import Explanation
from core.ui import badges, cards, contracts, fields, filters, sections, states, why
from core.ui.cards import Card, Link
from core.ui.guard import View
from core.ui.lease_words import after_row, first_row, iban, percent, rent_note
from core.ui.tables import escape

PREFIX = "contracts"
STATE = filters.one_of("state", (*STATES, ALL_STATES), "active")
STATE_WORDS = {name or ALL_STATES: label for name, label in words.CONTRACT_FILTERS.items()}
_NARROWEST_SECTION = 270
_OUTSTANDING = "outstanding"


def wanted(view: View) -> ContractFilters:
    """The filters in the address. One that names an ended contract and no state is about all contracts."""
    filtered, number = ContractFilters.of(st.query_params.to_dict()), filters.read(contracts.CONTRACT)
    if not number or STATE.key in st.query_params:
        return filtered
    named = book.known(view.access, view.today, number)
    return filtered if named is None or named.status == "active" else replace(filtered, state=None)


def workbook(filtered: ContractFilters) -> str:
    """The address of the filtered contracts as a workbook."""
    return filters.link("/exports/contracts.xlsx", state=filtered.state or ALL_STATES, q=filtered.query)


def controls(view: View, filtered: ContractFilters) -> None:
    """Which contracts there are to choose from: by state, by what is typed."""
    with st.container(horizontal=True, vertical_alignment="center", key="contract_filters"):
        state = filtered.state or ALL_STATES
        fields.switch(view, STATE, PREFIX, view._("State"), STATE_WORDS, value=state, changed=_narrow)
        contracts.search(view, PREFIX, _narrow)


def _narrow(wanted: filters.Filter, key: str) -> None:
    """Look among other contracts, in the state that is shown: the one that was chosen may not be there."""
    filters.store(wanted, key)
    filters.store(STATE, f"{PREFIX}_{STATE.key}")
    filters.write(contracts.CONTRACT, "")


def none(view: View, filtered: ContractFilters) -> None:
    """There is no contract to show."""
    if filtered == ContractFilters():
        line = view._("Contracts that have ended are found under “Closed ones”.")
        states.empty("description", view._("There are no active contracts."), line)
        return
    state = words.CONTRACT_FILTERS[filtered.state]
    sought = [view._(state), *([view._("“%(text)s”") % {"text": escape(filtered.query)}] if filtered.query else [])]
    sentence = view._("No contract for: %(filters)s") % {"filters": " · ".join(sought)}
    states.no_match(
        view, sentence, view._("Contracts are found by number, product, asset code, plate or serial number.")
    )


def lead(view: View, lease: Details) -> str:
    """The line under the title: what is still outstanding today."""
    return view._("Outstanding principal today %(amount)s on contract %(number)s") % {
        "amount": f"**{view.formats.money(lease.outstanding_cents)}**",
        "number": escape(lease.number),
    }


def show(view: View, lease: Details, standing: Standing | None) -> None:
    """The contract; without `standing`, what the ledger says of it is left out."""
    chosen = {"contract": lease.number}
    ways = [
        Link("assets", view._("Asset list"), chosen),
        Link("documents", view._("Go to the documents"), chosen),
        Link("amortization", view._("Amortization plan"), chosen),
        Link("invoices", view._("Invoices and payments"), chosen),
    ]
    sections.ways(view, "contract", ways)
    cards.row(_tiles(view, lease))
    _facts(view, lease)
    with st.container(border=True, key="lease_amounts"):
        _headline(view._("Amounts"), view._("net of VAT"))
        sections.strip("amounts", _amounts(view, lease))
        why.link(view, _OUTSTANDING, view._("Why this outstanding principal?"))
        _overdue(view, lease, standing)
    with st.container(border=True, key="lease_instalments"):
        _headline(view._("Instalment"), "")
        sections.strip("instalments", _instalments(view, lease, standing))
    _note(view, lease)


def explained(view: View, contract: str, subject: str) -> Explanation:
    """Why the principal outstanding today is what it is. Raises NotFound for any other amount."""
    if subject != _OUTSTANDING:
        raise NotFound
    return book.outstanding_explained(view.access, view.today, contract)


def _tiles(view: View, lease: Details) -> list[Card]:
    term = view._("%(months)s months, until %(day)s")
    assets = Link("assets", view._("Go to the assets"), {"contract": lease.number})
    return [
        Card(view._("No. of assets"), view.formats.count(lease.assets), link=assets),
        Card(view._("Amount"), view.formats.money(lease.price_cents), view._("net of VAT")),
        Card(
            view._("Signed on"),
            view.formats.day(lease.signed_on),
            term % {"months": view.formats.count(lease.months), "day": view.formats.day(lease.ends_on)},
        ),
    ]


def _facts(view: View, lease: Details) -> None:
    grid = st.grid(3, min_column_width=_NARROWEST_SECTION, border=True)
    dates = {
        view._("Start date"): view.formats.day(lease.starts_on),
        view._("End date"): view.formats.day(lease.ends_on),
        view._("Status"): badges.contract(view, lease.status),
    }
    if lease.status == "terminated" and lease.terminated_on:
        dates[view._("Terminated on")] = view.formats.day(lease.terminated_on)
    sections.facts(grid.cell(), "dates", view._("Dates and end"), dates)
    product = {
        view._("Product"): escape(lease.product),
        view._("Reference rate"): escape(words.rate_name(lease.index_code, view._)),
        view._("Subsidy"): escape(lease.subsidy) if lease.subsidy else view._("No subsidy"),
    }
    sections.facts(grid.cell(), "product", view._("Product"), product)
    general = {
        view._("Beneficiary code"): escape(lease.holder_code),
        view._("Beneficiary"): escape(lease.holder),
        view._("Contract number"): escape(lease.number),
        "IBAN": iban(lease.iban),
    }
    sections.facts(grid.cell(), "general", view._("General data"), general)


def _headline(title: str, note: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(title, anchor=False, width="content")
        if note:
            st.markdown(cards.quiet(note), width="stretch")


def _amounts(view: View, lease: Details) -> list[Card]:
    money = view.formats.money
    first, first_on = first_row(view, lease)
    return [
        Card(view._("Contract amount"), money(lease.price_cents)),
        Card(view._("First instalment"), first, first_on),
        Card(view._("Advance amount"), money(lease.deposit_cents)),
        Card(
            view._("Residual value amount"),
            money(lease.residual_cents),
            percent(view, lease.residual_cents, lease.price_cents),
        ),
        Card(view._("Outstanding principal today"), money(lease.outstanding_cents), after_row(view, lease)),
    ]


def _overdue(view: View, lease: Details, standing: Standing | None) -> None:
    """Principal that should have been paid stands apart: it is not part of what the plan still has."""
    if standing is None or not standing.overdue_principal_cents:
        return
    amount = f"**{view.formats.money(standing.overdue_principal_cents)}**"
    with st.container(horizontal=True, vertical_alignment="center", key="overdue_principal"):
        st.markdown(cards.alarm(view._("Overdue principal not paid: %(amount)s") % {"amount": amount}), width="content")
        cards.go_to(Link("invoices", view._("See the overdue items"), {"contract": lease.number, "state": "overdue"}))


def _instalments(view: View, lease: Details, standing: Standing | None) -> list[Card]:
    period = words.period_message(lease.period_months)
    collected = view._("%(n)s collected") % {"n": view.formats.count(standing.rents_paid)} if standing else ""
    rate, _, basis = words.rate_name(lease.index_code, view._).partition(" (")
    return [
        Card(view._("Instalment frequency"), view._(period) % {"n": lease.period_months}),
        Card(view._("No. of instalments"), view.formats.count(lease.instalments), collected),
        Card(view._("Instalment amount (net of VAT)"), view.formats.money(lease.rent_cents), rent_note(view, lease)),
        Card(view._("Duration (months)"), view.formats.count(lease.months)),
        Card(view._("Reference rate"), escape(rate), basis.rstrip(")")),
    ]


def _note(view: View, lease: Details) -> None:
    """The last rent is not the end of the contract: both days are said."""
    if lease.last_rent_on is None or lease.status == "terminated":
        return
    days = {"rent": view.formats.full_day(lease.last_rent_on), "end": view.formats.full_day(lease.ends_on)}
    if lease.residual_cents:
        said = view._("Last instalment on %(rent)s; redemption due at the end of the contract, on %(end)s.")
    else:
        said = view._("Last instalment on %(rent)s; the contract ends on %(end)s.")
    st.markdown(cards.quiet(f":material/info: {said % days}"))
