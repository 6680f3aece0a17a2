"""Leased assets, contract by contract: a card where a contract has one, a table with a total where it has more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import streamlit as st

from core.book import frames as book
from core.book.frames import AssetFilters, AssetSums, LeasedAsset
from core.kit import words
from core.tabular import each
from core.ui import badges, cards, fields, filters, sections, states, tables
from core.ui.cards import Card, Link
from core.ui.guard import View
from core.ui.lease_words import percent
from core.ui.tables import Column, Kind, Table, escape

PREFIX = "assets"


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the table, in Markdown."""

    contract: str
    code: str
    description: str
    kind: str
    price: str
    residual: str
    ends_on: str


def _written(key: str) -> Callable[[View, _Line], str]:
    return lambda _view, line: str(getattr(line, key))


TABLE = Table(
    "assets",
    (
        Column("contract", words.ASSET["contract"], write=_written("contract")),
        Column("code", words.ASSET["code"], write=_written("code")),
        Column("description", words.ASSET["description"], write=_written("description")),
        Column("kind", words.ASSET["kind"], write=_written("kind")),
        Column("price", words.ASSET["price_cents"], Kind.MONEY, _written("price")),
        Column("residual", words.ASSET["residual_cents"], Kind.MONEY, _written("residual")),
        Column("ends_on", words.ASSET["ends_on"], write=_written("ends_on")),
    ),
    phone="cards",
)


def wanted() -> AssetFilters:
    """The filters in the address."""
    return AssetFilters.of(st.query_params.to_dict())


def workbook(filtered: AssetFilters, **more: str) -> str:
    """The address of the filtered assets as a workbook."""
    return filters.link("/exports/assets.xlsx", contract=filtered.contract, q=filtered.query, **more)


def lead(view: View, sums: AssetSums) -> str:
    """The line under the title: how many assets, in how many contracts, and what they cost."""
    counts = view._("%(assets)s in %(contracts)s") % {
        "assets": view.ngettext("%(n)s asset", "%(n)s assets", sums.assets) % {"n": view.formats.count(sums.assets)},
        "contracts": view.ngettext("%(n)s contract", "%(n)s contracts", sums.contracts)
        % {"n": view.formats.count(sums.contracts)},
    }
    value = view._("value %(amount)s") % {"amount": f"**{view.formats.money(sums.price_cents)}**"}
    return " · ".join((counts, value, view._("net of VAT")))


def part(view: View, filtered: AssetFilters) -> None:
    """The part of the page that the pager changes: it reruns by itself."""
    page = book.assets(view.access, view.today, filtered, filters.page_number())
    if not page.sums.assets:
        _none(view, filtered)
        return
    with st.container(key=tables.key_of(TABLE)):
        for number, assets in groupby(each(page.rows, LeasedAsset), key=lambda asset: asset.contract):
            _contract(view, number, list(assets))
    if page.sums.contracts > page.size:
        tables.pager(view, PREFIX, page.number, page.size, page.sums.contracts)
    fields.export_as_before(view, workbook(filtered, headers="manual"))


def _none(view: View, filtered: AssetFilters) -> None:
    if filtered == AssetFilters():
        line = view._("They appear here once a contract starts.")
        states.empty("inventory_2", view._("There are no leased assets"), line)
        return
    named = [view._("contract %(number)s") % {"number": escape(filtered.contract)}] if filtered.contract else []
    named += [view._("“%(text)s”") % {"text": escape(filtered.query)}] if filtered.query else []
    sentence = view._("No asset for: %(filters)s") % {"filters": " · ".join(named)}
    states.no_match(view, sentence, view._("Assets are found by contract, code, description, plate or serial number."))


def _contract(view: View, number: str, assets: Sequence[LeasedAsset]) -> None:
    first = assets[0]
    with st.container(horizontal=True, vertical_alignment="center", key=f"asset_head_{number}"):
        title = view._("Contract %(number)s") % {"number": escape(number)}
        st.header(title, anchor=False, width="content")
        count = view.ngettext("%(n)s asset", "%(n)s assets", len(assets)) % {"n": view.formats.count(len(assets))}
        said = cards.quiet(" · ".join((escape(first.product), count)))
        ended = "" if first.status == "active" else badges.contract(view, first.status)
        st.markdown(f"{said} {ended}".rstrip(), width="stretch")
        if len(assets) > 1:
            _documents(view, number, len(assets))
    if len(assets) > 1:
        lines = [*(_line(view, asset) for asset in assets), _total(view, assets)]
        alt = view._("Assets of contract %(number)s") % {"number": number}
        tables.draw(view, TABLE, lines, alt=alt)
    else:
        _card(view, first)


def _documents(view: View, number: str, assets: int) -> None:
    label = view.ngettext("Documents of the asset", "Documents of the assets", assets)
    sections.ways(view, f"asset_{number}", [Link("documents", label, {"contract": number})], "content")


def _card(view: View, asset: LeasedAsset) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            code = view._("asset code %(code)s") % {"code": escape(asset.code)}
            named = f":primary[:material/inventory_2:] **{escape(asset.description)}**  \n{cards.quiet(code)}"
            st.markdown(named, width="stretch")
            _documents(view, asset.contract, 1)
        sections.strip(f"asset_{asset.code}", _cards(view, asset))


def _cards(view: View, asset: LeasedAsset) -> list[Card]:
    titles = {key: view._(title) for key, title in words.ASSET.items()}
    share = percent(view, asset.residual_cents, asset.price_cents) if asset.price_cents else ""
    return [
        Card(titles["contract"], escape(asset.contract)),
        Card(titles["kind"], escape(asset.kind)),
        Card(titles["price_cents"], view.formats.money(asset.price_cents), view._("net of VAT")),
        Card(titles["residual_cents"], view.formats.money(asset.residual_cents), share),
        Card(titles["ends_on"], view.formats.day(asset.ends_on), _time_left(view, asset)),
    ]


def _time_left(view: View, asset: LeasedAsset) -> str:
    if asset.status != "active":
        status = words.CONTRACT_STATUSES[asset.status]
        return view._(status)
    days = (asset.ends_on - view.today).days
    said = view.ngettext("in %(n)s day", "in %(n)s days", days)
    return said % {"n": view.formats.count(days)} if days else view._("today")


def _line(view: View, asset: LeasedAsset) -> _Line:
    return _Line(
        escape(asset.contract),
        escape(asset.code),
        escape(asset.description),
        escape(asset.kind),
        tables.money(view, asset.price_cents),
        tables.money(view, asset.residual_cents),
        view.formats.day(asset.ends_on),
    )


def _total(view: View, assets: Sequence[LeasedAsset]) -> _Line:
    said = view._("Total of contract %(number)s") % {"number": escape(assets[0].contract)}
    price = view.formats.money(sum(asset.price_cents for asset in assets))
    residual = view.formats.money(sum(asset.residual_cents for asset in assets))
    return _Line(f"**{said}**", "", "", "", f"**{price}**", f"**{residual}**", "")
