"""The house keeps its own rules: floors are import-linter's, the rest is here."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

import core
from core.access import Access

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("core/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "Home.py"])
PAGES = sorted(ROOT.glob("pages/*.py"))

# Sign-in has no Access yet; visitor and subscriber are where it is made.
WITHOUT_ACCESS = {"core.identity.frames.visitor", "core.identity.frames.subscriber"}


def test_modules_stay_under_300_lines_and_pages_under_80() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in MODULES
        if "versions" not in path.parts
        and (lines := len(path.read_text().splitlines())) > (80 if path in PAGES else 300)
    }
    assert long == {}


def test_functions_stay_under_40_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in MODULES
        if "versions" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 - _docstring_lines(node) > 40
    ]
    assert long == []


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return len((ast.get_docstring(node, clean=False) or "").splitlines())


def data_layer() -> Iterator[ModuleType]:
    """Every module of reads and writes, found by its name."""
    for info in pkgutil.walk_packages(core.__path__, "core."):
        if {"frames", "actions"} & set(info.name.split(".")):
            yield importlib.import_module(info.name)


def public_functions() -> list[FunctionType]:
    return [
        member
        for module in data_layer()
        for name, member in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_") and member.__module__ == module.__name__
    ]


def test_the_data_layer_is_found() -> None:
    names = {function.__name__ for function in public_functions()}
    assert {"schedule", "overview", "situation", "contracts", "open_document", "sign_out"} <= names


@pytest.mark.parametrize("function", public_functions(), ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_every_function_of_the_data_layer_takes_the_access_first(function: FunctionType) -> None:
    if f"{function.__module__}.{function.__name__}" in WITHOUT_ACCESS:
        return
    first = next(iter(inspect.signature(function).parameters.values()), None)
    assert first is not None
    assert (first.name, first.annotation) == ("access", Access)
    assert first.default is inspect.Parameter.empty


@pytest.mark.parametrize("function", public_functions(), ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_every_function_of_the_data_layer_says_what_it_does(function: FunctionType) -> None:
    assert function.__doc__


def test_only_the_clock_reads_time() -> None:
    readers = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in MODULES
        if path.name != "clock.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}
        if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}
    ]
    assert readers == []


def test_no_secret_comes_from_a_guessable_generator() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Import) and any(alias.name == "random" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "random")
    ]
    assert guilty == []


def test_no_message_hides_in_a_formatted_text_where_it_is_not_found() -> None:
    """Babel reads the parts of an f-string only from Python 3.12 on; a message in one would stay untranslated."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in MODULES
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and _name(call.func) in {"_", "gettext", "ngettext", "N_"}
    ]
    assert hidden == []


def test_no_code_is_translated_as_if_it_were_a_message() -> None:
    """`_(words.STATES["paid"])` would put `paid` into the catalogue: the label is looked up before."""
    wrong = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in MODULES
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and _name(call.func) in {"_", "gettext"}
        if call.args and isinstance(call.args[0], ast.Subscript) and isinstance(call.args[0].slice, ast.Constant)
    ]
    assert wrong == []


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
