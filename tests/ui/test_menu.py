"""The map of the portal: every page is in it, and is reached both from the menu and from another page."""

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.access import Access, Role
from core.ui import menu
from tests.people import Person
from tests.ui.conftest import ROOT, Opener, say

PAGES = sorted((ROOT / "pages").glob("*.py"))
LINKS = [(entry, page) for entry in menu.ENTRIES.values() for page in entry.linked_from]


def test_every_page_file_is_in_the_map() -> None:
    assert {f"pages/{path.name}" for path in PAGES} == {entry.file for entry in menu.ENTRIES.values()}


def test_every_page_is_linked_from_another_page() -> None:
    assert all(set(entry.linked_from) - {entry.key} for entry in menu.ENTRIES.values())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_page_starts_with_the_guard(path: Path) -> None:
    statements = [
        node
        for node in ast.parse(path.read_text()).body
        if not isinstance(node, ast.Import | ast.ImportFrom)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    assert ast.unparse(statements[0]) == f"view = open_page('{path.stem}')"


@pytest.mark.parametrize(("entry", "host"), LINKS, ids=lambda value: getattr(value, "key", value))
def test_a_page_holds_a_link_to_the_page(entry: menu.Entry, host: str, opened: Opener) -> None:
    assert entry.path in {link.proto.page for link in page_links(opened(host))}


def page_links(app: AppTest) -> list[object]:
    return [element for element in app.main if element.type == "page_link"]


def test_the_menu_shows_every_page_the_visitor_may_see(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, object]] = []
    monkeypatch.setattr(menu.st, "Page", lambda file, **options: shown.append({"file": file, **options}))
    menu.pages(Access.system("test"), str)
    assert [page["file"] for page in shown] == [entry.file for entry in menu.ENTRIES.values()]
    assert [page["default"] for page in shown].count(True) == 1


def test_a_visitor_without_the_grant_to_see_invoices_has_contracts_plan_and_assets() -> None:
    bruno = Access(Role.SUB_USER, 1, 1, frozenset(), "bruno")
    open_to_all = [menu.HOME, "contracts", "amortization", "assets"]
    assert [entry.key for entry in menu.ENTRIES.values() if entry.open_to(bruno)] == open_to_all


def test_the_breadcrumb_leads_home(opened: Opener, anna: Person) -> None:
    app = opened("invoices")
    assert menu.trail("invoices") == [menu.ENTRIES[menu.HOME]]
    assert say("Home") in {link.proto.label for link in page_links(app)}
