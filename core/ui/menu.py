"""The map of the portal: every page with its address, its place in the menu and the pages that link to it."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import Page

from core.access import Access, Grant
from core.kit.errors import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """A page. `parent` is the page above it in the breadcrumb; `linked_from` names pages that hold a link to it."""

    key: str
    path: str
    title: str
    section: str
    icon: str
    parent: str | None
    linked_from: tuple[str, ...]
    grant: Grant | None = None

    @property
    def file(self) -> str:
        """The script of the page, from the folder of Home.py."""
        return f"pages/{self.key}.py"

    def open_to(self, access: Access) -> bool:
        """Whether the visitor may see the page at all."""
        return self.grant is None or self.grant in access.grants


HOME = "situation"
LEASING = N_("Your leasing")

ENTRIES = {
    entry.key: entry
    for entry in (
        Entry(HOME, "", N_("Your situation"), LEASING, "home", None, ("invoices",)),
        Entry(
            "invoices",
            "invoices",
            N_("Invoices and payments"),
            LEASING,
            "receipt_long",
            HOME,
            ("situation",),
            Grant.SEE_INVOICES,
        ),
        Entry(
            "statement",
            "statement",
            N_("Statement of account"),
            LEASING,
            "account_balance",
            "invoices",
            ("invoices",),
            Grant.SEE_INVOICES,
        ),
        Entry("contracts", "contracts", N_("Active contracts"), LEASING, "description", HOME, ("situation",)),
        Entry(
            "amortization",
            "amortization",
            N_("Amortization plan"),
            LEASING,
            "stacked_line_chart",
            "contracts",
            ("contracts",),
        ),
        Entry("assets", "assets", N_("Leased assets"), LEASING, "inventory_2", "contracts", ("situation", "contracts")),
        Entry(
            "documents",
            "documents",
            N_("Documents"),
            LEASING,
            "folder_open",
            "contracts",
            ("contracts",),
            Grant.SEE_INVOICES,
        ),
    )
}


def require(access: Access, key: str) -> None:
    """Raise NotFound where the visitor lacks the grant of a page."""
    grant = ENTRIES[key].grant
    if grant is not None:
        access.require(grant)


def pages(access: Access, translate: Callable[[str], str]) -> dict[str, list[Page]]:
    """The menu of a visitor: sections with their pages, in the order of the map."""
    sections: dict[str, list[Page]] = {}
    for entry in ENTRIES.values():
        if entry.open_to(access):
            sections.setdefault(translate(entry.section), []).append(_page(entry, translate(entry.title)))
    return sections


def _page(entry: Entry, title: str) -> Page:
    return st.Page(
        entry.file,
        title=title,
        icon=f":material/{entry.icon}:",
        url_path=entry.path or entry.key,
        default=entry.key == HOME,
    )


def every_path_to(outcome: Callable[[], None]) -> list[Page]:
    """All addresses of the portal leading to one function, for a browser whose session has ended."""
    return [
        st.Page(outcome, title=entry.key, url_path=entry.path or entry.key, default=entry.key == HOME)
        for entry in ENTRIES.values()
    ]


def trail(key: str) -> list[Entry]:
    """The pages above a page, from the home page down."""
    parent = ENTRIES[key].parent
    return [*trail(parent), ENTRIES[parent]] if parent else []
