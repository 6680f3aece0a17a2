"""`python -m tests.bench [NAME ...]`: run the benches that are named, or all, and write what they found."""

import argparse
import importlib
import sys
from pathlib import Path

from tests.bench import report

_BESIDE = {"__init__", "__main__", "report"}


def names() -> list[str]:
    """The benches: every module here that has a `measure`."""
    modules = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _BESIDE)
    return [name for name in modules if hasattr(importlib.import_module(f"tests.bench.{name}"), "measure")]


def main() -> None:
    """Run, print and write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[*names(), []], help="which benches; all of them by default")
    for name in parser.parse_args().name or names():
        sys.stderr.write(f"{name} ...\n")
        section = importlib.import_module(f"tests.bench.{name}").measure()
        sys.stdout.write(section.text() + "\n")
        report.write([section])


if __name__ == "__main__":
    main()
